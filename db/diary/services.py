"""Writes lines of diaries: by what happened, once for each thing, and by hand."""

from collections import Counter
from datetime import date, datetime, time

from sqlalchemy import delete, func, literal, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller, PersonCaller
from db.diary import queries
from db.diary.models import DiaryLine, DiaryMeaning, DiarySource, DiaryTally
from db.diary.notices import MONTH
from db.diary.queries import keeping
from db.diary.rules import LONGEST, MOST_A_DAY, month_of, school_year, writable
from db.errors import DomainError, ForbiddenError
from db.notices import services as notices
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.upsert import insert


def note(
    session: Session,
    caller: Caller,
    *,
    person_id: int,
    source: str,
    source_id: int,
    on: date,
    text: str = "",
    hours: int | None = None,
) -> None:
    """Writes what somebody did into their diary, once for each thing of a source (see `DiarySource`).

    Nothing is written for who keeps no diary, and where the region's pack does not say what the source means.
    """
    told = DiarySource(source)
    what = select(
        Person.id,
        DiaryMeaning.activity_id,
        literal(on, DiaryLine.day.type),
        literal(texts.quoted(text)[:LONGEST]),
        literal(hours, DiaryLine.hours.type),
        literal(told, DiaryLine.source.type),
        literal(source_id),
        literal(caller.now, DiaryLine.written_at.type),
    )
    of = what.join_from(Person, DiaryMeaning, DiaryMeaning.source == told).where(Person.id == person_id, keeping())
    columns = ("person_id", "activity_id", "day", "text", "hours", "source", "source_id", "written_at")
    written = session.scalar(
        insert(session, DiaryLine)
        .from_select(columns, of)
        .on_conflict_do_nothing(index_elements=["person_id", "source", "source_id"])
        .returning(DiaryLine.activity_id)
    )
    if written is not None:
        _count(session, person_id, written, on, 1)


def remove(session: Session, caller: Caller, *, source: str, source_id: int, person_id: int | None = None) -> None:
    """Takes away what was written of a thing that did not happen after all, of one person or of everybody."""
    whose = [] if person_id is None else [DiaryLine.person_id == person_id]
    gone = session.execute(
        delete(DiaryLine)
        .where(DiaryLine.source == DiarySource(source), DiaryLine.source_id == source_id, *whose)
        .returning(DiaryLine.person_id, DiaryLine.activity_id, DiaryLine.day, DiaryLine.dropped_at)
    ).all()
    for row in gone:
        if row.dropped_at is None:
            _count(session, row.person_id, row.activity_id, row.day, -1)


def turn(session: Session, caller: Caller, *, source: str, into: str, source_id: int) -> None:
    """Makes lines of a thing lines of another source, as when a talk was a visit; what its person deleted stays so.

    A source that means nothing in this region leaves no line.
    """
    activity_id = session.scalar(select(DiaryMeaning.activity_id).where(DiaryMeaning.source == DiarySource(into)))
    of = DiaryLine.source == DiarySource(source), DiaryLine.source_id == source_id
    for row in session.scalars(select(DiaryLine).where(*of).with_for_update()).all():
        if row.dropped_at is None:
            _count(session, row.person_id, row.activity_id, row.day, -1)
        row.source = DiarySource(into)
        if activity_id is None and row.dropped_at is None:
            session.delete(row)
        elif activity_id is not None:
            row.activity_id = activity_id
            if row.dropped_at is None:
                _count(session, row.person_id, activity_id, row.day, 1)
    session.flush()


def add(session: Session, caller: PersonCaller, *, activity_id: int, text: str) -> DiaryLine:
    """Writes a line by hand, of today.

    Raises DomainError `diary_words`, `diary_many`, `person_withdrawn`, ForbiddenError `diary_not_kept`, NotFoundError.
    """
    session.scalar(select(Person.id).where(Person.id == caller.person_id).with_for_update())
    if not queries.keeps(session, person_id=caller.person_id):
        raise ForbiddenError("diary_not_kept")
    refuse_withdrawn(session, caller.person_id)
    activity = queries.activity(session, caller, activity_id=activity_id)
    today = caller.now.astimezone(caller.zone).date()
    begins = datetime.combine(today, time(), caller.zone)
    written = select(func.count()).where(
        DiaryLine.person_id == caller.person_id, DiaryLine.source.is_(None), DiaryLine.written_at >= begins
    )
    if (session.scalar(written) or 0) >= MOST_A_DAY:
        raise DomainError("diary_many", most=MOST_A_DAY)
    row = DiaryLine(
        person_id=caller.person_id, activity_id=activity.id, day=today, text=_words(text), written_at=caller.now
    )
    session.add(row)
    session.flush()
    _count(session, row.person_id, row.activity_id, today, 1)
    return row


def say(session: Session, caller: PersonCaller, *, diary_id: int, text: str) -> DiaryLine:
    """Writes a line of one's own in other words. Raises DomainError `diary_words`, NotFoundError."""
    row = _mine(session, caller, diary_id)
    row.text = _words(text)
    session.flush()
    return row


def put_day(session: Session, caller: PersonCaller, *, diary_id: int, day: date) -> DiaryLine:
    """Puts a line by hand on another day; when the rest happened is known. Raises DomainError `diary_day`."""
    row = _mine(session, caller, diary_id)
    if row.source is not None or not writable(day, today=caller.now.astimezone(caller.zone).date()):
        raise DomainError("diary_day")
    _count(session, row.person_id, row.activity_id, row.day, -1)
    row.day = day
    _count(session, row.person_id, row.activity_id, day, 1)
    session.flush()
    return row


def drop(session: Session, caller: PersonCaller, *, diary_id: int) -> date:
    """Deletes a line of one's own; what the system wrote is not written again. Returns its day.

    Raises NotFoundError.
    """
    row = _mine(session, caller, diary_id)
    day = row.day
    _count(session, row.person_id, row.activity_id, day, -1)
    if row.source is None:
        session.delete(row)
    else:
        row.text, row.dropped_at = "", caller.now
    session.flush()
    return day


def order(session: Session, caller: PersonCaller, *, of: date, request: str) -> bool:
    """Owes the person a month of their diary as a file, once for a request. Returns whether it is new."""
    month = month_of(of).isoformat()
    return notices.owe(
        session,
        caller,
        key=f"{MONTH}.{caller.person_id}.{month}.{request}",
        person_id=caller.person_id,
        kind=MONTH,
        params={"month": month},
    )


def recount(session: Session, *, person_id: int) -> None:
    """Counts somebody's lines anew, as when two people become one."""
    session.execute(delete(DiaryTally).where(DiaryTally.person_id == person_id))
    lines = session.execute(
        select(DiaryLine.activity_id, DiaryLine.day).where(
            DiaryLine.person_id == person_id, DiaryLine.dropped_at.is_(None)
        )
    ).all()
    for (activity_id, year), number in Counter((one.activity_id, school_year(one.day)) for one in lines).items():
        session.add(DiaryTally(person_id=person_id, activity_id=activity_id, year=year, lines=number))
    session.flush()


def _count(session: Session, person_id: int, activity_id: int, day: date, change: int) -> None:
    """Keeps the tally: every write of a line comes here."""
    key = {"person_id": person_id, "activity_id": activity_id, "year": school_year(day)}
    session.execute(
        insert(session, DiaryTally)
        .values(**key, lines=change)
        .on_conflict_do_update(index_elements=list(key), set_={"lines": DiaryTally.lines + change})
    )


def _words(text: str) -> str:
    words = texts.quoted(text)
    if not 3 <= len(words) <= LONGEST:
        raise DomainError("diary_words", most=LONGEST)
    return words


def _mine(session: Session, caller: PersonCaller, diary_id: int) -> DiaryLine:
    session.scalar(select(DiaryLine.id).where(DiaryLine.id == diary_id).with_for_update())
    row = queries.line(session, caller, diary_id=diary_id)
    session.refresh(row)
    return row
