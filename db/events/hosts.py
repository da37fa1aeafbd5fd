"""Keeps who leads, speaks, judges or organises, how a name stands on a certificate, what is left for those who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.dictionaries.models import Term, TermKind
from db.documents import scans
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import services
from db.events.models import (
    Certificate,
    Event,
    EventHost,
    EventMaterial,
    EventQuestion,
    EventStatus,
    HostRole,
    Registration,
)
from db.events.rules import link as tidy_link
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.storage import StoredFile

MOST_HOSTS = 30
CONTEST = "contest"
"""The group of those forms of an event whose people come to a result."""
MOST_MATERIALS = 6
FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True)
class HostRow:
    """One of an event's hosts. `person_id` is empty for a guest by name, `name` for a person whose data were erased."""

    id: int
    person_id: int | None
    name: str | None
    role: HostRole


def hosts(session: Session, caller: StaffCaller, *, event_id: int) -> list[HostRow]:
    """Lists the hosts as they were entered. Names are for those within whose reach the event is."""
    event = session.get(Event, event_id)
    if event is None or not (caller.scope.sees(event) and caller.scope.sees_names):
        return []
    rows = session.execute(
        select(EventHost.id, EventHost.person_id, EventHost.name, Person.full_name, EventHost.role)
        .outerjoin(Person, Person.id == EventHost.person_id)
        .where(EventHost.event_id == event_id)
        .order_by(EventHost.id)
    )
    return [HostRow(number, person, name or full_name, role) for number, person, name, full_name, role in rows]


def add_host(
    session: Session, caller: StaffCaller, *, event_id: int, role: HostRole, person_id: int | None, name: str
) -> None:
    """Names a host: a person of ours or, without one, a guest by name. A person has one role: the last one said.

    Raises NotFoundError, ForbiddenError, DomainError `host_name`, `host_many`, `person_withdrawn`.
    """
    event = _locked(session, caller, event_id)
    known = session.scalars(select(EventHost).where(EventHost.event_id == event_id)).all()
    mine = next((one for one in known if person_id is not None and one.person_id == person_id), None)
    if mine is None and len(known) >= MOST_HOSTS:
        raise DomainError("host_many", most=MOST_HOSTS)
    if person_id is not None:
        person = session.get(Person, person_id)
        if person is None or person.erased_at is not None or not caller.scope.sees(person):
            raise NotFoundError
        refuse_withdrawn(session, person_id)
    word = texts.quoted(name) if person_id is None else ""
    if person_id is None and not word:
        raise DomainError("host_name")
    if mine is None:
        session.add(EventHost(event_id=event_id, person_id=person_id, name=word or None, role=role))
    else:
        mine.role = role
    session.flush()
    audit.record(
        session,
        caller,
        action="events.add_host",
        object_type="event",
        object_id=event_id,
        subject_person_id=person_id,
        municipality_id=event.municipality_id,
        role=role.value,
    )


def drop_host(session: Session, caller: StaffCaller, *, event_id: int, host_id: int) -> None:
    """Takes a host off. Raises NotFoundError, ForbiddenError."""
    event = _locked(session, caller, event_id)
    host = session.get(EventHost, host_id)
    if host is None or host.event_id != event_id:
        raise NotFoundError
    audit.record(
        session,
        caller,
        action="events.drop_host",
        object_type="event",
        object_id=event_id,
        subject_person_id=host.person_id,
        municipality_id=event.municipality_id,
    )
    if host.person_id is not None:
        told = DiarySource.EVENT
        diary.remove(session, caller, source=told, source_id=event_id, person_id=host.person_id)
    session.delete(host)


def add_material(
    session: Session, caller: StaffCaller, *, event_id: int, title: str, link: str, stored: StoredFile | None = None
) -> None:
    """Adds what those who came may read, a link or a checked file; they are told once, when the event is over.

    Raises NotFoundError, ForbiddenError, DomainError `material_title`, `event_link`, `material_both`, `material_many`.
    """
    event = _locked(session, caller, event_id)
    word, address = texts.quoted(title), tidy_link(link)
    if not word:
        raise DomainError("material_title")
    if stored is not None and link:
        raise DomainError("material_both")
    # A messenger shows no button with an address that has no dot.
    if stored is None and (address is None or "." not in address.split("/")[2]):
        raise DomainError("event_link")
    known = session.scalars(select(EventMaterial.id).where(EventMaterial.event_id == event_id)).all()
    if len(known) >= MOST_MATERIALS:
        raise DomainError("material_many", most=MOST_MATERIALS)
    scan_id = scans.keep(session, caller, stored=stored) if stored is not None else None
    row = EventMaterial(event_id=event_id, title=word, link=address or "", scan_id=scan_id, added_at=caller.now)
    session.add(row)
    session.flush()
    audit.record(
        session,
        caller,
        action="events.add_material",
        object_type="event",
        object_id=event_id,
        municipality_id=event.municipality_id,
        material=row.id,
    )


def drop_material(session: Session, caller: StaffCaller, *, event_id: int, material_id: int) -> None:
    """Takes a material off. Raises NotFoundError, ForbiddenError."""
    event = _locked(session, caller, event_id)
    row = session.get(EventMaterial, material_id)
    if row is None or row.event_id != event_id:
        raise NotFoundError
    audit.record(
        session,
        caller,
        action="events.drop_material",
        object_type="event",
        object_id=event_id,
        municipality_id=event.municipality_id,
        material=material_id,
    )
    _remove_material(session, row)


def drop_materials(session: Session, *, event_id: int) -> None:
    """Takes off all that is left of an event which is to be no more."""
    for row in session.scalars(select(EventMaterial).where(EventMaterial.event_id == event_id)):
        _remove_material(session, row)


def _remove_material(session: Session, row: EventMaterial) -> None:
    scan_id = row.scan_id
    session.delete(row)
    scans.drop(session, scan_id=scan_id)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question to an event's hosts; person and name only where the asker lets the name be shown."""

    id: int
    person_id: int | None
    name: str | None
    text: str
    answer: str | None
    asked_at: datetime


def questions(session: Session, caller: StaffCaller, *, event_id: int) -> list[QuestionRow]:
    """Lists what was asked before an event, those without an answer first, for those within whose reach it is."""
    event = session.get(Event, event_id)
    if event is None or not (caller.scope.sees(event) and caller.scope.sees_names):
        return []
    rows = session.execute(
        select(EventQuestion, Person.full_name)
        .join(Person, Person.id == EventQuestion.person_id)
        .where(EventQuestion.event_id == event_id)
        .order_by(EventQuestion.answered_at.is_not(None), EventQuestion.id)
    )
    return [
        QuestionRow(one.id, one.person_id, name, one.text, one.answer, one.asked_at)
        if one.named
        else QuestionRow(one.id, None, None, one.text, one.answer, one.asked_at)
        for one, name in rows
    ]


def answer_question(session: Session, caller: StaffCaller, *, event_id: int, question_id: int, text: str) -> None:
    """Answers for the hosts.

    Raises NotFoundError, ForbiddenError, DomainError `question_words`, `question_answered`.
    """
    event = _locked(session, caller, event_id)
    row = session.get(EventQuestion, question_id)
    if row is None or row.event_id != event_id:
        raise NotFoundError
    if not text:
        raise DomainError("question_words")
    services.settle(session, caller, question_id=question_id, text=text)
    audit.record(
        session,
        caller,
        action="events.answer_question",
        object_type="event",
        object_id=event_id,
        municipality_id=event.municipality_id,
        question=question_id,
    )


def keep_small(session: Session, caller: StaffCaller, *, event_id: int) -> None:
    """Has an event take place with fewer people than its minimum: nobody is asked of it any more.

    Raises NotFoundError, ForbiddenError.
    """
    event = _locked(session, caller, event_id)
    if event.minimum_asked_at is not None and event.minimum_settled_at is None:
        event.minimum_settled_at = caller.now
        session.flush()
        audit.record(
            session,
            caller,
            action="events.keep_small",
            object_type="event",
            object_id=event_id,
            municipality_id=event.municipality_id,
        )


def results(session: Session, caller: StaffCaller, *, event_id: int) -> list[tuple[int, str]]:
    """Lists what somebody may come to at a contest, in the region's order; nothing for an event of another form."""
    own = select(Event.id).join(Term, Term.id == Event.format_id).where(Event.id == event_id, Term.group == CONTEST)
    if session.scalar(own) is None:
        return []
    given = Term.id.in_(select(Registration.result_id).where(Registration.event_id == event_id))
    known = select(Term.id, Term.name).where(Term.kind == TermKind.CONTEST_RESULT, or_(Term.active, given))
    return [(number, name) for number, name in session.execute(known.order_by(Term.position, Term.id))]


@dataclass(frozen=True, slots=True)
class ResultMark:
    """A result of the list of all as somebody saw it, and as they want it; none for who only took part."""

    registration_id: int
    was: int | None
    now: int | None


def award(session: Session, caller: StaffCaller, *, event_id: int, marks: Sequence[ResultMark]) -> int:
    """Writes the results of a contest at once and returns how many are new; each person hears of the own one.

    Raises NotFoundError, also for what is no contest, ForbiddenError, DomainError `result_own`, ConflictError where
    somebody else has said another result meanwhile, or that one of them was not there: then nothing is written.
    """
    event = _locked(session, caller, event_id)
    known = dict(results(session, caller, event_id=event_id))
    changed = {one.registration_id: one for one in marks if one.was != one.now}
    if not known or any(one.now is not None and one.now not in known for one in changed.values()):
        raise NotFoundError
    theirs = select(Registration).where(Registration.event_id == event_id, Registration.id.in_(changed))
    rows = {
        row.id: row
        for row in session.scalars(theirs.order_by(Registration.id).with_for_update().execution_options(**FRESH))
    }
    if not changed.keys() <= rows.keys():
        raise NotFoundError
    if any(row.attended_at is None for row in rows.values()):
        raise ConflictError
    people = []
    for number, one in changed.items():
        if _give(caller, rows[number], one):
            people.append(rows[number].person_id)
    refuse_own(session, caller, *people, code="result_own")
    session.flush()
    if people:
        audit.record(
            session,
            caller,
            action="events.award",
            object_type="event",
            object_id=event_id,
            municipality_id=event.municipality_id,
            people=people,
            results=len(people),
        )
    return len(people)


def _give(caller: StaffCaller, row: Registration, mark: ResultMark) -> bool:
    """Writes one result; returns whether it is new. Raises ConflictError where neither the old nor the new stands."""
    if row.result_id not in (mark.was, mark.now):
        raise ConflictError
    if row.result_id == mark.now:
        return False
    row.result_id, row.result_at = mark.now, caller.now
    return True


def spell(
    session: Session,
    caller: StaffCaller,
    *,
    event_id: int,
    registration_id: int,
    dative: str,
    mark: ResultMark | None = None,
) -> None:
    """Writes by hand what a certificate says: the name («кому»), empty leaves it to the rules, and a contest's result.

    What was issued is made anew when it is asked for, under the same number: with a result it is a diploma. A result
    that is not changed here stays as it is by now. Raises NotFoundError, also for a result of no contest,
    ForbiddenError, DomainError `result_own`, ConflictError where somebody else has said another result meanwhile.
    """
    event = _locked(session, caller, event_id)
    registration = session.get(Registration, registration_id, with_for_update=True)
    if registration is None or registration.event_id != event_id or registration.attended_at is None:
        raise NotFoundError
    if mark is not None and mark.was != mark.now:
        known = dict(results(session, caller, event_id=event_id))
        if mark.registration_id != registration_id or not known or (mark.now is not None and mark.now not in known):
            raise NotFoundError
        if _give(caller, registration, mark):
            refuse_own(session, caller, registration.person_id, code="result_own")
    registration.dative = texts.quoted(dative) or None
    session.flush()
    audit.record(
        session,
        caller,
        action="events.spell",
        object_type="event",
        object_id=event_id,
        subject_person_id=registration.person_id,
        municipality_id=event.municipality_id,
        certificate=session.scalar(select(Certificate.id).where(Certificate.registration_id == registration_id)),
    )


def _locked(session: Session, caller: StaffCaller, event_id: int) -> Event:
    event = session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(of=Event).execution_options(populate_existing=True)
    )
    if event is None or (event.status is EventStatus.DRAFT and not caller.scope.sees(event)):
        raise NotFoundError("event_not_found")
    caller.scope.check_write(event)
    return event
