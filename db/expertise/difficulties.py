"""Difficulties that were seen at a hosted event or a visited lesson: of which component, of how many teachers.

Nobody is named. They hang on the line of the diary that tells of the event or the visit, and go with it; reports tell
of them a week later, by whole groups, once (`db/reports/sweeps.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diary.models import DiaryLine, DiaryMeaning, DiarySource
from db.diary.queries import line
from db.errors import DomainError, NotFoundError
from db.events.models import Event
from db.events.queries import component_names
from db.expertise.models import Difficulty
from db.people.models import Person
from db.upsert import insert

MOST = 500
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

    What reports have told of it they tell on: a number that comes after that is the diary's own.
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
        made = insert(session, Difficulty).values(
            line_id=diary_id,
            component=component,
            people=people,
            municipality_id=_place(session, there.line),
            noted_at=caller.now,
        )
        session.execute(made.on_conflict_do_update(index_elements=["line_id", "component"], set_={"people": people}))
    return noted(session, caller, diary_id=diary_id)


def _place(session: Session, row: DiaryLine) -> int | None:
    """The municipality of the event that a line tells of, else of whoever keeps the diary."""
    if row.source is DiarySource.EVENT and row.source_id is not None:
        of_event = session.scalar(select(Event.municipality_id).where(Event.id == row.source_id))
        if of_event is not None:
            return of_event
    return session.scalar(select(Person.municipality_id).where(Person.id == row.person_id))
