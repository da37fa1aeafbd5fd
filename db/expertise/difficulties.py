"""Difficulties that were seen at a hosted event or a visited lesson: of which component, of how many teachers.

Nobody is named. They hang on the line of the diary that tells of the event or the visit, and go with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller, StaffCaller
from db.diary.models import DiaryLine, DiaryMeaning, DiarySource
from db.diary.queries import line
from db.errors import DomainError, NotFoundError
from db.events.models import Event
from db.events.queries import component_names
from db.expertise.models import Difficulty
from db.people.models import Person
from db.upsert import insert

MOST = 500
COUNTED_FOR = timedelta(days=366)
OF = (DiarySource.EVENT, DiarySource.VISIT)


@dataclass(frozen=True, slots=True)
class Noted:
    """What is noted at a line of one's own: `names` are all components, `people` how many had difficulties.

    `may` says whether anything may be noted there: the line tells of an event or of a visit.
    """

    line: DiaryLine
    may: bool
    names: Mapping[str, str]
    people: Mapping[str, int]


def noted(session: Session, caller: PersonCaller, *, diary_id: int) -> Noted:
    """Returns a line of one's own diary with the difficulties that are noted there. Raises NotFoundError."""
    row = line(session, caller, diary_id=diary_id)
    visit = exists().where(DiaryMeaning.source == DiarySource.VISIT, DiaryMeaning.activity_id == row.activity_id)
    may = row.source in OF or bool(session.scalar(select(visit)))
    found = session.execute(select(Difficulty.component, Difficulty.people).where(Difficulty.line_id == row.id)).all()
    return Noted(row, may, component_names(session), {row.component: row.people for row in found})


def note(session: Session, caller: PersonCaller, *, diary_id: int, component: str, people: int) -> Noted:
    """Notes how many teachers had difficulties of a component; a later number takes its place, 0 takes it away.

    Raises DomainError `difficulty_people`, NotFoundError.
    """
    there = noted(session, caller, diary_id=diary_id)
    if not there.may or component not in there.names:
        raise NotFoundError
    if not 0 <= people <= MOST:
        raise DomainError("difficulty_people", most=MOST)
    own = Difficulty.line_id == diary_id, Difficulty.component == component
    if people == 0:
        session.execute(delete(Difficulty).where(*own))
    else:
        values = {"people": people, "noted_at": caller.now}
        session.execute(
            insert(session, Difficulty)
            .values(line_id=diary_id, component=component, **values)
            .on_conflict_do_update(index_elements=["line_id", "component"], set_=values)
        )
    return noted(session, caller, diary_id=diary_id)


def by_place(session: Session, caller: StaffCaller) -> dict[int | None, dict[str, int]]:
    """Counts the difficulties of a year within reach by municipality and component: the event's, else the noter's."""
    since: date = (caller.now - COUNTED_FOR).astimezone(caller.zone).date()
    place = func.coalesce(Event.municipality_id, Person.municipality_id)
    of_event = (DiaryLine.source == DiarySource.EVENT) & (Event.id == DiaryLine.source_id)
    rows = session.execute(
        select(place, Difficulty.component, func.sum(Difficulty.people))
        .join_from(Difficulty, DiaryLine, DiaryLine.id == Difficulty.line_id)
        .join(Person, Person.id == DiaryLine.person_id)
        .outerjoin(Event, of_event)
        .where(DiaryLine.dropped_at.is_(None), DiaryLine.day >= since)
        .group_by(place, Difficulty.component)
    )
    found: dict[int | None, dict[str, int]] = {}
    for number, component, people in rows:
        if caller.scope.sees(number):
            found.setdefault(number, {})[component] = int(people)
    return found
