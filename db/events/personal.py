"""A person's registrations: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Term
from db.events import notices, seats
from db.events.models import Cause, Certificate, DigitsTry, Event, EventHost, EventQuestion, EventStatus, Registration
from db.events.rules import ACTIVE, HOLDING
from db.imports import services as imports
from db.reassign import exchange, reassign

PLACE = 30


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many registrations."""
    return {"registrations": select(func.count()).where(Registration.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every registration with attendance, feedback and certificate."""
    rows = session.execute(
        select(Registration, Event.title, Event.starts_at, Certificate.number, Term.name)
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .outerjoin(Term, Term.id == Registration.result_id)
        .where(Registration.person_id == person_id)
        .order_by(Registration.registered_at, Registration.id)
    )
    return {
        "registrations": [
            {
                "event": title,
                "starts_at": starts_at,
                "status": one.status.value,
                "registered_at": one.registered_at,
                "attended_at": one.attended_at,
                "rating": one.rating,
                "comment": one.comment,
                "certificate": number,
                "certificate_name": one.dative,
                "contest_result": result,
            }
            for one, title, starts_at, number, result in rows
        ],
        "event_questions": [
            {"event": title, "asked_at": one.asked_at, "question": one.text, "named": one.named, "answer": one.answer}
            for one, title in session.execute(
                select(EventQuestion, Event.title)
                .join(Event, Event.id == EventQuestion.event_id)
                .where(EventQuestion.person_id == person_id)
                .order_by(EventQuestion.asked_at, EventQuestion.id)
            )
        ],
        "hosted_events": [
            {"event": title, "starts_at": starts_at, "role": role.value}
            for title, starts_at, role in session.execute(
                select(Event.title, Event.starts_at, EventHost.role)
                .join(EventHost, EventHost.event_id == Event.id)
                .where(EventHost.person_id == person_id)
                .order_by(Event.starts_at, Event.id)
            )
        ],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Frees the seats the person holds ahead and leaves every list; the next sweep offers the seats on."""
    ahead = session.scalars(
        select(Registration.event_id)
        .join(Event)
        .where(
            Registration.person_id == person_id,
            Registration.status.in_(ACTIVE),
            Registration.attended_at.is_(None),
            Event.ends_at > caller.now,
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(Registration.event_id)
    ).all()
    for event_id in ahead:
        event = seats.lock(session, event_id)
        registration = session.scalars(
            select(Registration)
            .where(Registration.event_id == event_id, Registration.person_id == person_id)
            .execution_options(populate_existing=True)
        ).one()
        if registration.status in ACTIVE and registration.attended_at is None:
            seats.leave(session, caller, event=event, registration=registration, cause=Cause.SELF)
    session.flush()
    return {"registrations": len(ahead)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes the person's own words and place of work; attendance stays as a number, a certificate without its name."""
    counts = stop(session, caller, person_id=person_id)
    session.execute(
        update(Registration)
        .where(
            Registration.person_id == person_id,
            or_(
                Registration.comment.is_not(None),
                Registration.dative.is_not(None),
                Registration.organisation_id.is_not(None),
            ),
        )
        .values(comment=None, dative=None, organisation_id=None)
    )
    own = select(Registration.id).where(Registration.person_id == person_id)
    imports.forget_changes(session, table="registration", rows=own)
    session.execute(delete(EventHost).where(EventHost.person_id == person_id))
    for question in session.scalars(select(EventQuestion).where(EventQuestion.person_id == person_id)).all():
        notices.forget_question(session, question=question)
        session.delete(question)
    session.execute(delete(DigitsTry).where(DigitsTry.person_id == person_id))
    return counts


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every place; of two at one event the better one, and a second seat ahead is free for others."""
    both = select(Registration.event_id).where(Registration.person_id.in_((kept_id, gone_id)))
    twice = both.group_by(Registration.event_id).having(func.count() == 2).order_by(Registration.event_id)
    for event_id in session.scalars(twice).all():
        event = seats.lock(session, event_id)
        places = select(Registration).where(Registration.event_id == event_id)
        own = {
            one.person_id: one for one in session.scalars(places.where(Registration.person_id.in_((kept_id, gone_id))))
        }
        if worth(own[gone_id]) > worth(own[kept_id]):
            at = Registration.event_id == event_id
            exchange(session, caller, Registration.person_id, kept_id=kept_id, gone_id=gone_id, where=at)
        second = session.scalars(places.where(Registration.person_id == gone_id)).one()
        if second.status in ACTIVE and second.attended_at is None and event.ends_at > caller.now:
            seats.leave(session, caller, event=event, registration=second, cause=Cause.HAND)
    reassign(session, EventHost.person_id, kept_id=kept_id, gone_id=gone_id, alike=[EventHost.event_id])
    session.execute(delete(EventHost).where(EventHost.person_id == gone_id))
    reassign(session, Registration.person_id, kept_id=kept_id, gone_id=gone_id, alike=[Registration.event_id])
    reassign(session, EventQuestion.person_id, kept_id=kept_id, gone_id=gone_id)
    if session.get(DigitsTry, kept_id) is not None:
        session.execute(delete(DigitsTry).where(DigitsTry.person_id == gone_id))
    reassign(session, DigitsTry.person_id, kept_id=kept_id, gone_id=gone_id)


def worth(one: Registration) -> tuple[bool, bool, bool, bool]:
    """Orders places: a result stands above who came, that above a seat, a seat above the list, the list above none."""
    return one.result_id is not None, one.attended_at is not None, one.status in HOLDING, one.status in ACTIVE
