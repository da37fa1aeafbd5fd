"""Says what an application may become, what it lacks and what it risks. No Session here."""

import enum
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from db.applications.models import AnswerKind, ApplicationStatus, FilesRule, LeadsTo, Verdict
from db.clock import local_day
from db.errors import DomainError
from db.texts import comparable
from db.transitions import Transitions

UNDO = timedelta(seconds=10)
"""How long a decision may be taken back; its notice waits as long."""
MAX_DOCUMENTS = 10
"""Documents per criterion."""
ANSWER_LIMIT = 3000
"""Characters of an answer the commission reads; a longer one is kept, but not sent."""
SHORT_ANSWER = 20
"""Fewer letters than this say too little to decide by."""
STEM = range(5, 8)
"""Letters of a word's beginning that tells directions apart."""
MAX_SCORE = 3
"""Scores of a criterion go from 0 (not confirmed) to 3 (convincing)."""
MAX_WEIGHT = 10
"""A criterion's score counts at most so often; the table has the same as a constraint."""
MAX_CRITERIA = 8
"""A screen of the bot lists no more."""
MOST_DAYS = 90
"""Days of a selection's terms for appeals and their answers."""
MAX_REASONS = 9
"""Of one verdict: each has a digit as its key."""
MAX_TOLD = 3500
"""Letters of reasons, remarks and comment in one decision; with the frame around them they fit one message."""
DIRECTION = 0
"""The «criterion number» under which remarks to direction and category are kept."""

_S = ApplicationStatus
APPLICATION = Transitions(
    {
        _S.DRAFT: [_S.SUBMITTED, _S.WITHDRAWN],
        _S.SUBMITTED: [_S.APPROVED, _S.REJECTED, _S.RETURNED, _S.WITHDRAWN],
        _S.RETURNED: [_S.SUBMITTED, _S.WITHDRAWN],
        # A decision is final, except that whoever made it may take it back within UNDO, and that an administrator may
        # have it taken up again with a reason.
        _S.APPROVED: [_S.SUBMITTED],
        _S.REJECTED: [_S.SUBMITTED],
        # Withdrawn by mistake, or a change of mind while the campaign is open: the answers are still there.
        _S.WITHDRAWN: [_S.DRAFT],
    },
    refusal="application_moved_on",
)
OUTCOME = {
    Verdict.APPROVE: _S.APPROVED,
    Verdict.REJECT: _S.REJECTED,
    Verdict.RETURN: _S.RETURNED,
}
DECIDED = frozenset(OUTCOME.values())
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})


class Lack(enum.StrEnum):
    """What a criterion's answer lacks."""

    ANSWER = "answer"
    SHORT = "short"
    LONG = "long"
    DOCUMENT = "document"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to one criterion so far."""

    number: int
    kind: AnswerKind
    files: FilesRule
    text: str = ""
    choice: str | None = None
    documents: int = 0


def lacks(given: Given) -> tuple[Lack, ...]:
    """Everything the criterion still lacks, the most important first; empty when it is complete."""
    found: list[Lack] = []
    if given.kind is AnswerKind.TEXT:
        if not given.text:
            found.append(Lack.ANSWER)
        elif len(given.text) > ANSWER_LIMIT:
            found.append(Lack.LONG)
        elif _letters(given.text) < SHORT_ANSWER:
            found.append(Lack.SHORT)
    elif given.choice is None:
        found.append(Lack.ANSWER)
    elif given.kind is AnswerKind.YES_NO and given.choice == "no":
        found.append(Lack.NOT_READY)
    if given.files is FilesRule.REQUIRED and not given.documents:
        found.append(Lack.DOCUMENT)
    return tuple(found)


def blocks(given: Given) -> bool:
    """Whether it can't be sent like this: nothing was given at all, or more than anybody reads.

    Everything else is only warned of: a teacher may have a reason, and the commission decides.
    """
    found = lacks(given)
    return Lack.LONG in found or (Lack.ANSWER in found and not given.documents)


@dataclass(frozen=True, slots=True)
class Risk:
    """A typical reason of refusal and what would point to it (see `models.Reason`)."""

    number: int
    criteria: Sequence[int]
    warning: str
    direction: bool = False
    alarming: Sequence[str] = ()
    expected: Sequence[str] = ()


def risks(reasons: Sequence[Any]) -> list[Risk]:
    """The refusals that are warned of before sending."""
    return [
        Risk(row.number, row.criteria, row.warning, row.direction, row.alarming, row.expected)
        for row in reasons
        if row.verdict is Verdict.REJECT and row.warning
    ]


def step_of(reasons: Sequence[Any]) -> tuple[str, str | None] | None:
    """Returns the next step of the first reason that has one, and where it is walked: one is walked, two are not."""
    found = next((row for row in reasons if row.next_step), None)
    return (found.next_step, found.leads_to.value if found.leads_to else None) if found else None


def alike(now: Sequence[Any], before: Sequence[Any]) -> dict[int, int]:
    """Returns the number that a criterion had in an earlier selection, by its number now; its words are the same."""
    known = {(comparable(row.title), row.answer): row.number for row in before}
    found = {row.number: known.get((comparable(row.title), row.answer)) for row in now}
    return {number: former for number, former in found.items() if former is not None}


def asked(decisions: Sequence[Any], reasons: Sequence[Any]) -> dict[int, str]:
    """Returns what the last decision that stands wanted, in words by criterion; nothing after an approval."""
    standing = [row for row in decisions if row.undone_at is None]
    if not standing or standing[-1].verdict is Verdict.APPROVE:
        return {}
    last = standing[-1]
    said = {int(number): str(text) for number, text in last.remarks.items()}
    for reason in reasons:
        if reason.verdict is last.verdict and reason.number in last.reasons:
            for number in reason.criteria:
                said.setdefault(number, reason.gentle)
    return said


def appeal_until(decided_at: datetime, days: int | None, zone: ZoneInfo) -> date | None:
    """Returns the last day to appeal against a decision; none where the selection knows no appeals."""
    return local_day(decided_at, zone) + timedelta(days=days) if days else None


def appeal_terms(days: int | None, answer_days: int | None) -> tuple[int | None, int | None]:
    """Returns the terms of appeals and their answers as they are kept; none of both where nobody may appeal.

    Raises DomainError `campaign_appeal`.
    """
    if not days:
        return None, None
    if not 1 <= days <= MOST_DAYS or not 1 <= (answer_days or 0) <= MOST_DAYS:
        raise DomainError("campaign_appeal", most=MOST_DAYS, field="answer_days")
    return days, answer_days


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonDraft:
    """What is said of a reason; `criteria` and `direction` are what a return opens, or a warning looks at."""

    text: str
    short: str
    gentle: str
    warning: str
    criteria: frozenset[int]
    direction: bool
    next_step: str = ""
    leads_to: LeadsTo | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far an application is. `warnings` are risks of refusal; `missing` what each criterion lacks."""

    missing: dict[int, tuple[Lack, ...]]
    blocking: tuple[int, ...]
    direction: bool
    category: bool
    warnings: tuple[Risk, ...] = field(default=())

    @property
    def complete(self) -> int:
        """How many criteria lack nothing."""
        return sum(1 for found in self.missing.values() if not found)

    @property
    def sendable(self) -> bool:
        """Whether it may be sent, warnings or not."""
        return self.direction and self.category and not self.blocking


def readiness(
    given: Sequence[Given],
    risks: Sequence[Risk],
    *,
    direction: str | None,
    category: bool,
    directions: Sequence[str] = (),
) -> Readiness:
    """Measures how ready an application is.

    Of criterion 5 only what the teacher wrote or attached counts: the own result of a self-diagnosis is never looked at
    (DOMAIN: self-diagnosis is for growth, not for selection).
    """
    by_number = {item.number: item for item in given}
    missing = {item.number: lacks(item) for item in given}
    return Readiness(
        missing=missing,
        blocking=tuple(item.number for item in given if blocks(item)),
        direction=direction is not None,
        category=category,
        warnings=tuple(risk for risk in risks if _threatens(risk, by_number, missing, direction, directions)),
    )


def _threatens(
    risk: Risk,
    given: Mapping[int, Given],
    missing: Mapping[int, Sequence[Lack]],
    direction: str | None,
    directions: Sequence[str],
) -> bool:
    looked_at = [given[number] for number in risk.criteria if number in given]
    if any(missing[item.number] for item in looked_at):
        return True
    text = " ".join(item.text for item in looked_at)
    if any(mentions(text, stem) for stem in risk.alarming):
        return True
    if risk.expected and not any(mentions(text, stem) for stem in risk.expected):
        return True
    if risk.direction:
        return direction is None or not fits(text, direction, directions)
    return False


def mentions(text: str, stem: str) -> bool:
    """Whether a word of the text begins with the stem; a stem of up to three letters must be the whole word."""
    return _word(stem).search(comparable(text)) is not None


@cache
def _word(stem: str) -> re.Pattern[str]:
    end = r"\b" if len(stem) <= 3 else ""
    return re.compile(rf"\b{re.escape(comparable(stem))}{end}")


def fits(text: str, direction: str, directions: Sequence[str]) -> bool:
    """Whether a practice may belong to the direction, by words that tell the directions apart.

    It does when it names the direction, and also when it names none: silence is no sign of a mismatch. It does not when
    it names only others, or at least two others besides. One word in common with another direction is chance, two are
    naming it.
    """
    said = {word[:size] for word in re.findall(r"\w{5,}", comparable(text)) for size in STEM}
    named = {name: len(own & said) for name, own in _own_stems(frozenset({*directions, direction})).items()}
    others = sum(1 for name, count in named.items() if name != direction and count > 1)
    return others == 0 if not named[direction] else others < 2


@cache  # the directions are always the same few dozen
def _own_stems(names: frozenset[str]) -> dict[str, frozenset[str]]:
    """Beginnings of each name's longer words that no other name has: endings change with the case."""
    stems = {name: frozenset(word[: max(STEM)] for word in re.findall(r"\w{5,}", comparable(name))) for name in names}
    spread = Counter(stem for found in stems.values() for stem in found)
    return {name: frozenset(stem for stem in found if spread[stem] == 1) for name, found in stems.items()}


def _letters(text: str) -> int:
    return sum(1 for letter in text if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts of an application its author may change now."""

    direction: bool
    criteria: frozenset[int]


def open_parts(status: ApplicationStatus, remarked: frozenset[int], numbers: Sequence[int]) -> Parts:
    """Returns the numbers of the parts that its author may change (0 is the direction).

    All of a draft; of a returned one only what was remarked on, and all of it where a return named no part at all;
    nothing otherwise.
    """
    if status is _S.DRAFT or (status is _S.RETURNED and not remarked):
        return Parts(direction=True, criteria=frozenset(numbers))
    if status is _S.RETURNED:
        return Parts(direction=DIRECTION in remarked, criteria=frozenset(remarked - {DIRECTION}))
    return Parts(direction=False, criteria=frozenset())
