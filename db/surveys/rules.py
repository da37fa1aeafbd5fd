"""The walk through a survey, as pure functions."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from db.diagnostics.rules import Score
from db.errors import DomainError, StaleError
from db.people.rules import Option, match
from db.surveys.content import Question, QuestionKind, SurveyContent
from db.texts import comparable

WORDS_LENGTH = 500
NUDGE_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was replied to a question: options by their codes, or words; neither is «не хочу отвечать»."""

    chosen: tuple[str, ...] = ()
    words: str | None = None

    def __bool__(self) -> bool:
        return bool(self.chosen or self.words)


def next_question(content: SurveyContent, replied: Collection[str], after: str | None = None) -> Question | None:
    """The next question without a reply: after the given one, else from the beginning; none when all have one."""
    codes = [one.code for one in content.questions]
    start = codes.index(after) + 1 if after in codes else 0
    questions = (*content.questions[start:], *content.questions[:start])
    return next((one for one in questions if one.code not in replied), None)


def previous_question(content: SurveyContent, code: str) -> Question | None:
    """The question before this one; none before the first."""
    place = [one.code for one in content.questions].index(code)
    return content.questions[place - 1] if place else None


def choose(question: Question, before: Collection[str], option: str, *, on: bool) -> tuple[str, ...]:
    """Returns what is chosen after a tap on an option, in the question's order.

    Raises StaleError for what can't be chosen so, `surveys_most` beyond what the question admits.
    """
    codes = [one.code for one in question.options]
    if option not in codes:
        raise StaleError
    if question.kind is QuestionKind.ONE:
        return (option,)
    wanted = {*before, option} if on else {*before} - {option}
    if len(wanted) > question.most:
        raise DomainError("surveys_most", most=question.most)
    return tuple(code for code in codes if code in wanted)


def typed_reply(question: Question, said: str, *, letters: str) -> Reply:
    """Reads a reply that was typed: words, or options by number («1, 3»), letter or wording.

    Raises DomainError `surveys_unclear`, `surveys_most`, `text_too_long`.
    """
    if question.kind is QuestionKind.WORDS:
        if len(said) > WORDS_LENGTH:
            raise DomainError("text_too_long", length=len(said), limit=WORDS_LENGTH, start=said[:60])
        return Reply(words=said)
    places = _places(said, letters[: len(question.options)])
    if not places:
        wordings = [Option(place, one.text, aliases=(one.short,)) for place, one in enumerate(question.options)]
        sure = match(said, wordings).sure
        places = [sure.id] if sure else []
    several = len(places) > 1 and question.kind is QuestionKind.ONE
    if not places or several or max(places) >= len(question.options):
        raise DomainError("surveys_unclear", typed=said[:60])
    chosen: tuple[str, ...] = ()
    for place in places:
        chosen = choose(question, chosen, question.options[place].code, on=True)
    return Reply(chosen)


def _places(said: str, letters: str) -> list[int]:
    """Which options are meant by numbers or letters; nothing where the text has anything else."""
    signs = [sign for sign in re.split(r"[\s,.;()]+", comparable(said)) if sign]
    if all(re.fullmatch(r"[1-9]", sign) for sign in signs):
        return [int(sign) - 1 for sign in signs]
    return [letters.index(sign) for sign in signs] if all(len(one) == 1 and one in letters for one in signs) else []


def counted(content: SurveyContent, replies: Mapping[str, Reply]) -> tuple[Score, ...]:
    """What reports count of a survey: one row a question, without a level; nothing of what was left unanswered.

    Options stand where a self-diagnosis has its hard items, so the same groups keep both from telling of one person.
    """
    return tuple(_counted(question, replies.get(question.code, Reply())) for question in content.questions)


def _counted(question: Question, said: Reply) -> Score:
    return Score(
        component=question.code,
        level=None,
        deficit=0.0 if said else None,
        need=None,
        priority=None,
        borderline=False,
        point_deficits=said.chosen,
    )
