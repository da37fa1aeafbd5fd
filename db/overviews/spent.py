"""What of people's time the service took, by the moments that are stored anyway, and what it did not ask.

Only what was done at one sitting is measured: nobody knows what somebody did between two days. Sums are of whole
batches (`db/reports/sweeps.py`), of LEAST and more, and counts in fives, so that nothing is told of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diary.models import DiaryLine
from db.reports.models import PrivateFact
from db.reports.rules import down_to_fives
from db.reports.staff_queries import FactSum, facts_told

LEAST = 30
"""A mean of so many in whole minutes tells nothing of one of them."""
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Journey:
    """One way that people go: how many went it, in fives, and how many of them at one sitting.

    `minutes` is the mean of those, `hours` their sum, whole; none where they are too few.
    """

    code: str
    people: int
    sittings: int
    minutes: int | None
    hours: int | None


@dataclass(frozen=True, slots=True)
class Unasked:
    """What was filled in by itself: how often, in fives."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Journeys with their time, and what nobody was asked."""

    journeys: Sequence[Journey]
    unasked: Sequence[Unasked]


def hours(session: Session, caller: StaffCaller) -> int:
    """Returns how many hours of the people within reach are told."""
    return sum(one.hours or 0 for one in _journeys(session, caller))


def spent(session: Session, caller: StaffCaller) -> Spent:
    """Returns what the people within reach spent, and what they were not asked: of events, by their told lists."""
    lists = facts_told(session, caller, fact=PrivateFact.TURNOUT)
    unasked = {"registration": lists.count, "certificate": lists.sums.get("certificates", 0)}
    if caller.scope.is_regional:
        # What a diary wrote itself is the work of offices; of one municipality it would be that of one or two people.
        written = select(func.count()).where(DiaryLine.source.is_not(None))
        unasked["diary"] = down_to_fives(session.scalar(written) or 0)
    return Spent(_journeys(session, caller), [Unasked(code, count) for code, count in unasked.items()])


def _journeys(session: Session, caller: StaffCaller) -> list[Journey]:
    return [
        _journey(code, facts_told(session, caller, fact=fact))
        for code, fact in (
            ("diagnosis", PrivateFact.DIAGNOSIS_TIME),
            ("application", PrivateFact.APPLICATION_TIME),
        )
    ]


def _journey(code: str, found: FactSum) -> Journey:
    sittings, took = found.sums.get("sittings", 0), found.sums.get("seconds", 0)
    told = sittings >= LEAST
    return Journey(
        code,
        down_to_fives(found.count),
        down_to_fives(sittings),
        round(took / sittings / MINUTE) if told else None,
        round(took / HOUR) if told else None,
    )
