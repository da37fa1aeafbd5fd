"""Anything a screen takes, with every text as long as its field admits, made from the types that the screen names."""

import collections.abc
import dataclasses
import enum
import inspect
import random
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup
from sqlalchemy import inspect as mapped

from bot.ui.screens import Button
from db.applications.models import LeadsTo
from db.applications.queries import CriterionRow, Dossier
from db.base import Base, UtcDateTime
from db.diagnostics.content import Component, Item, Questionnaire, parse
from db.diagnostics.queries import ComponentResult, Result, Step
from db.diagnostics.rules import ItemMove, Score
from db.dictionaries.rules import Rules
from db.packs import FOLDER, Pack, load_pack
from db.people.rules import FIELDS
from db.surveys.content import SCREEN, Question, SurveyContent
from db.surveys.queries import SurveyStep, as_content
from db.surveys.rules import WORDS_LENGTH, Reply
from locales import Texts

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
LARGEST = 2**31 - 1  # what an id may be
NAME = 300
LIMITS = {
    name: most
    for most, names in {
        20: "number",
        30: "label",
        64: "order_number",
        100: "file_name locality",
        120: "address",
        200: "words",
        300: "title where place link remark contact corrected issued_by order_title warning",
        500: "reason",
        600: "question hint lead",
        1000: "comment how_to_join",
        2000: "about outcome goals topic typed",
        3000: "text previous_text",
    }.items()
    for name in names.split()
}
"""What a field's own form or rule admits; other texts are as long as a name's column."""

OURS = {"payload": 56, "code": 20, "component": 20, "back": 44, "of": 9, "action": 8, "stored_name": 60, "id": 9}
"""What no person types: the longest that we make ourselves. A code longer than 20 signs is not offered as a filter."""

LETTERS = ("я", "\U0001f393", "<", "&", "Ж ")
INSTRUMENT = {
    name: most
    for most, names in {
        30: "label options[]",
        40: "title name short deficit_name",
        64: "anchors[]",
        120: "description",
        160: "strong step",
        200: "finish",
        500: "intro",
    }.items()
    for name in names.split()
}
"""What the rules for instruments admit (`db/diagnostics/content.py`)."""

LINK = "https://t.me/opora_region_bot?start=ev_0123456789ab"
SIZES = (0, 1, 3, 40)


hints_of = cache(typing.get_type_hints)


@cache
def repeated(letter: str, most: int) -> str:
    """The letter as often as it fits."""
    return (letter * most)[:most]


class Fullest:
    """Makes values by chance, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._makers = self._known()

    def arguments(self, screen: Any) -> dict[str, Any]:
        """All that a screen takes but the texts; a third of what may be left out is."""
        hints = hints_of(screen)
        return {
            name: LINK if name == "link" else self.value(hints[name], name)
            for name in inspect.signature(screen).parameters
            if hints[name] is not Texts
        }

    def text(self, name: str) -> str:
        """As long as a field of this name may be."""
        if name in OURS:
            return "x" * OURS[name]
        if name == "field":
            return self.chance.choice(FIELDS)
        return repeated(self.chance.choice(LETTERS), LIMITS.get(name, NAME))

    def value(self, hint: Any, name: str) -> Any:
        """A value of a type, for a field of a name."""
        if name == "asked":
            return FIELDS
        if name == "extra":  # one more row, of another screen
            return [[self._plain(Button, name)]]
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return None if type(None) in inner and self.chance.random() < 1 / 3 else self._one_of(inner, name)
        if origin is typing.Literal:
            return self.chance.choice(inner)
        if origin is tuple and Ellipsis not in inner:
            return tuple(self.value(one, name) for one in inner)
        if origin is frozenset:
            return frozenset(self.value(inner[0], name) for _ in range(2))
        if origin in (list, tuple, collections.abc.Sequence, collections.abc.Iterable):
            found = [self.value(inner[0], name) for _ in range(self.chance.choice(SIZES))]
            if inner[0] is CriterionRow:
                found = [dataclasses.replace(self._plain(CriterionRow, name), number=number) for number in range(1, 7)]
            return tuple(found) if origin is tuple else found
        if origin in (dict, collections.abc.Mapping):
            return {self.value(inner[0], "code"): self.value(inner[1], name) for _ in range(self.chance.choice(SIZES))}
        return self._plain(hint, name)

    def _one_of(self, inner: tuple[Any, ...], name: str) -> Any:
        return self.value(self.chance.choice([one for one in inner if one is not type(None)]), name)

    def _known(self) -> dict[Any, Callable[[str], Any]]:
        """What is made in a way of its own, by its type."""
        return {
            Pack: lambda _: load_pack("chelyabinsk"),
            Rules: lambda _: Rules(quiet_weekdays=(1, 2, 3, 4, 5, 6)),
            Questionnaire: lambda _: longest_questionnaire(),
            Component: lambda _: self.chance.choice(longest_questionnaire().components),
            Item: lambda _: self.chance.choice(longest_questionnaire().items),
            Step: lambda _: self._step(),
            SurveyContent: lambda _: longest_survey(),
            Question: lambda _: self.chance.choice(longest_survey().questions),
            SurveyStep: lambda _: self._survey_step(),
            Dossier: lambda _: self._dossier(),
            Result: lambda _: self._result(),
            Markup: lambda name: Markup.escape(self.text(name)),
            object: lambda name: Markup.escape(self.text(name)),
            Any: self.text,
            str: lambda name: Markup.escape(self.text(name)) if name == "lead" else self.text(name),
            bool: lambda _: self.chance.random() < 0.5,
            int: self._number,
            float: lambda _: self.chance.uniform(0, 100),
            datetime: lambda _: (
                datetime(2026, 11, 28, 12, tzinfo=UTC) + timedelta(hours=self.chance.randint(-200, 200))
            ),
            date: lambda _: date(2026, 11, self.chance.randint(1, 28)),
            time: lambda _: time(self.chance.randint(0, 23), 30),
            Button: lambda _: Button("Назад", url=LINK),  # another screen's, which is held there
            ZoneInfo: lambda _: ZONE,
            tzinfo: lambda _: ZONE,
        }

    def _plain(self, hint: Any, name: str) -> Any:
        if hint in self._makers:
            return self._makers[hint](name)
        if issubclass(hint, enum.Enum):
            return self.chance.choice(list(hint))
        if issubclass(hint, Base):
            return self._row(hint)
        if issubclass(hint, CallbackData):
            return hint(**{field: self.value(one.annotation, field) for field, one in hint.model_fields.items()})
        hints = hints_of(hint)
        return hint(**{field.name: self.value(hints[field.name], field.name) for field in dataclasses.fields(hint)})

    def _number(self, name: str) -> int:
        if name == "appeal_days":
            return 90
        if name == "number":
            return self.chance.randint(1, 6)
        small = name in ("page", "letter", "step", "steps", "version")
        return self.chance.choice([0, 1, 5, 99] if small else [LARGEST])

    def _row(self, table: type[Base]) -> Base:
        row = table()
        for column in mapped(table).column_attrs:
            of = column.columns[0].type
            kind = datetime if isinstance(of, UtcDateTime) else of.python_type
            setattr(row, column.key, [] if kind in (list, dict) else self._plain(kind, column.key))
        for relation in mapped(table).relationships:
            if not relation.uselist:
                setattr(row, relation.key, self._row(relation.entity.class_))
        return row

    def _dossier(self) -> Dossier:
        hints = hints_of(Dossier)
        made = {field.name: self.value(hints[field.name], field.name) for field in dataclasses.fields(Dossier)}
        return Dossier(**{**made, "number": LARGEST, "decisions": made["decisions"][:3]})

    def _step(self) -> Step:
        content = longest_questionnaire()
        answers = {item.code: self.chance.randint(0, 3) for item in content.items[: self.chance.randint(0, 80)]}
        return Step(LARGEST, content, self.chance.choice(content.items), answers)

    def _survey_step(self) -> SurveyStep:
        content = longest_survey()
        question = self.chance.choice(content.questions)
        chosen = tuple(one.code for one in question.options)
        said = Reply(chosen) if chosen else Reply(words=self.text("outcome")[:WORDS_LENGTH])
        return SurveyStep(LARGEST, content, question, {question.code: said} if self.chance.random() < 0.7 else {})

    def _result(self) -> Result:
        content = longest_questionnaire()
        lines = []
        for component in content.components:
            level = self.value(float | None, "level")
            codes = tuple(item.code for item in component.items if self.chance.random() < 0.5)
            need = self.chance.choice([None, 0, 3])
            deficit = None if level is None else 100 - level
            score = Score(component.code, level, deficit, need, deficit, self.chance.random() < 0.5, codes)
            words = None if level is None else self.chance.choice(content.levels)
            moves = tuple(ItemMove(item, 0, 4) for item in component.items[: self.chance.randint(0, 5)])
            change = self.value(float | None, "")
            lines.append(ComponentResult(component, score, words, change, level, moves=moves))
        now = self.value(datetime, "")
        flags = [self.chance.random() < 0.5 for _ in range(4)]
        return Result(
            LARGEST,
            LARGEST,
            LARGEST,
            content,
            now,
            tuple(lines),
            now,
            flags[0],
            flags[1],
            now.date(),
            flags[2],
            flags[3],
        )


@cache
def longest_questionnaire() -> Questionnaire:
    """The service's own instrument with each text as long as the rules for instruments admit."""
    content = yaml.safe_load((FOLDER / "common" / "instruments" / "teacher.yaml").read_text(encoding="utf-8"))
    return parse(_longest(content, ""))


@cache
def longest_survey() -> SurveyContent:
    """The Terek survey with each text as long as its schema admits."""
    content = yaml.safe_load((FOLDER / "terek" / "instruments" / "needs.yaml").read_text(encoding="utf-8"))
    sign = "\U0001f393"
    for question in content["questions"]:
        options = question.get("options", [])
        question["text"] = sign * min(240, SCREEN - 40 * len(options))
        for option in options:
            option["text"] = sign * min(120, (SCREEN - len(question["text"])) // len(options))
    content |= {"title": sign * 60, "intro": sign * 500, "finish": sign * 300, "declined": sign * 30}
    return as_content(content)


def _longest(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _longest(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_longest(one, f"{name}[]") for one in value]
    return "\U0001f393" * INSTRUMENT[name] if isinstance(value, str) and name in INSTRUMENT else value


class Params(dict[str, Any]):
    """What a notice may carry, made as it is asked for; the same at each asking."""

    SIDES: typing.ClassVar = {
        "side": ("mentor", "mentee"),
        "verdict": ("approve", "reject", "return"),
        "mode": ("online",),
        "decided": ("publish", "return"),
        "reader": ("mentor", "head", "methodist"),
        "paper": ("programme", "report"),
    }

    def __init__(self, full: Fullest) -> None:
        super().__init__(number=LARGEST, campaign=full.text("title"), reason=full.text("comment"))
        self._full = full

    def __missing__(self, name: str) -> Any:
        self[name] = found = self._made(name)
        return found

    def get(self, name: str, default: Any = None) -> Any:
        return default if self._full.chance.random() < 0.2 and name not in self else self[name]

    def _made(self, name: str) -> Any:
        full = self._full
        if name in self.SIDES:
            return full.chance.choice(self.SIDES[name])
        if name == "appeal_until":
            return full.value(datetime, name).date().isoformat()
        if name == "step":
            return [full.text("next_step"), full.chance.choice([None, *LeadsTo])]
        if name.endswith(("_at", "until", "since")) or name == "at":
            return full.value(datetime, name).isoformat()
        if name in ("starts", "ends"):
            return full.value(datetime, name).date().isoformat()
        if name == "reasons":
            return [full.text("warning") for _ in range(full.chance.choice(SIZES[:3]))]
        if name == "remarks":
            return [{"number": one, "part": full.text("label"), "text": full.text("remark")} for one in range(7)]
        if name == "weeks":
            return full.chance.choice([1, 2])
        if name in ("trial", "waits", "dropped"):
            return full.chance.random() < 0.5
        if name in (
            "event",
            "pair",
            "request",
            "meeting",
            "attempt",
            "attempt_id",
            "line",
            "group",
            "decision",
            "share",
            "slot",
            "item",
            "record",
            "work",
            "turn",
            "done",
            "total",
            "number",
            "most",
            "months",
            "days",
            "signed",
            "minimum",
            "practice",
            "expert",
            "mentees",
            "count",
            "held",
            "quiet",
            "application",
            "criterion",
            "files",
        ):
            return LARGEST
        if name == "role":
            return full.chance.choice(["mentor", "active_member"])
        return full.text({"text": "about600"}.get(name, name))
