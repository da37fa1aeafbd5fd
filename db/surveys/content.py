"""What a survey asks, as its file in the pack says it. Its versions are immutable, as those of questionnaires."""

import enum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from db.diagnostics.content import form
from db.diagnostics.models import InstrumentKind
from db.dictionaries.models import Audience
from db.packs.sections import Button, Entry, Line, Prose, Section

OPTIONS = 8
SCREEN = 560
"""Signs of a question with its options: a screen holds 700, its own words take the rest."""

Asked = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")]


class QuestionKind(enum.StrEnum):
    """How a question is answered: by one option, by several, by own words."""

    ONE = "one"
    MANY = "many"
    WORDS = "words"


class SurveyOption(Entry):
    """One option; `short` stands over a column of the report."""

    code: Asked
    text: Annotated[Line, StringConstraints(max_length=120)]
    short: Button


class Question(Entry):
    """One question. `most` options may be chosen; `source` tells staff where it is from."""

    code: Asked
    kind: QuestionKind
    text: Annotated[Line, StringConstraints(max_length=240)]
    source: Line
    most: Annotated[int, Field(ge=2, le=OPTIONS)] = OPTIONS
    options: Annotated[tuple[SurveyOption, ...], Field(max_length=OPTIONS)] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Question":
        codes = [one.code for one in self.options]
        if (self.kind is QuestionKind.WORDS) is not (not codes):
            raise ValueError("give options to a question of kind one or many, and none to one of kind words")
        if len(set(codes)) < len(codes):
            raise ValueError("give every option a code of its own")
        if len(self.text) + sum(len(one.text) for one in self.options) > SCREEN:
            raise ValueError(f"the question and its options have more than {SCREEN} signs together: shorten them")
        return self

    @property
    def form(self) -> str:
        """The same in every version that offers the same options here."""
        return form(self.code, [one.code for one in self.options])


class SurveyContent(Section):
    """A survey: `instruments/<name>.yaml` of kind `survey`. `whom` says by whose positions it is offered."""

    FILE: ClassVar[str] = "instruments/*"

    kind: Literal[InstrumentKind.SURVEY]
    key: Asked
    version: Annotated[int, Field(ge=1, le=10_000)]
    title: Annotated[Line, StringConstraints(max_length=60)]
    whom: Audience = Audience.TEACHER
    minutes: Annotated[int, Field(ge=1, le=60)]
    intro: Annotated[Prose, StringConstraints(max_length=500)]
    declined: Button
    finish: Annotated[Prose, StringConstraints(max_length=300)]
    questions: Annotated[list[Question], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _apart(self) -> "SurveyContent":
        codes = [one.code for one in self.questions]
        if len(set(codes)) < len(codes):
            raise ValueError("give every question a code of its own")
        return self

    def question(self, code: str) -> Question | None:
        """The question of a code, where this version has it."""
        return next((one for one in self.questions if one.code == code), None)
