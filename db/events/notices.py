"""What events tell people without being asked: keys that make each notice happen once, and what it carries.

A key is `events.<event>.<registration>.<sequence>.<what>[.<stamp>]`: who left and came back is told anew.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.events.models import Event, EventQuestion, Registration, RegistrationStatus
from db.events.rules import ACTIVE, RESULT_TOLD_FOR, told_at
from db.notices import services as notices
from db.notices.rules import waking_moment

REMINDERS = ("events.reminder_day", "events.reminder_hours")
OF_LESSONS = ("events.lesson_day", "events.lesson_hours")
"""They tell of a part of the event, which stays where it is when the event is changed."""


def tell(
    session: Session,
    caller: Caller,
    *,
    event: Event,
    registration: Registration,
    what: str,
    stamp: object = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    expected: bool = True,
    **more: Any,
) -> bool:
    """Puts the notice `events.<what>` in for one registration. Returns whether it is new."""
    return notices.enqueue(
        session,
        caller,
        key=_key(event.id, registration, what, stamp),
        person_id=registration.person_id,
        kind=f"events.{what}",
        params={**about(event), **_room(event, registration), **more},
        due_at=due_at,
        expires_at=expires_at,
        expected=expected,
    )


def tell_result(
    session: Session, caller: Caller, *, event: Event, registration: Registration, result: str | None, told: bool
) -> None:
    """Tells somebody of the own result of a contest: what was to be said before is not said any more.

    Who was `told` of another one, or has heard of it, learns that it was put right, of none too; who has heard nothing
    needs no word of none.
    """
    prefix = f"{_key(event.id, registration, 'result')}."
    told = not notices.cancel_prefix(session, prefix=prefix) and told
    corrected = told or notices.was_sent(session, person_id=registration.person_id, prefix=prefix)
    if result is not None or corrected:
        tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="result",
            stamp=int(caller.now.timestamp()),
            expires_at=caller.now + RESULT_TOLD_FOR,
            result=result,
            corrected=corrected,
            came=registration.attended_at is not None,
        )


def tell_of_change(session: Session, caller: Caller, *, event: Event, before: dict[str, object]) -> None:
    """Tells everybody on the list what was `about` the event before; an offer ends when the event begins."""
    refresh(session, event=event, moved=before["starts_at"] != event.starts_at.isoformat())
    for registration in on_list(session, event_id=event.id):
        until = registration.offered_until
        if until is not None and event.starts_at < until:
            registration.offered_until = until = event.starts_at
            hold_offer(session, registration=registration, until=until, told=caller.now)
        tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="changed",
            stamp=event.revision,
            was_starts_at=before["starts_at"],
            was_ends_at=before["ends_at"],
            was_place=before["place"],
            was_link=before["link"],
            waits=registration.status is not RegistrationStatus.SEATED,
            until=until and until.isoformat(),
            expires_at=event.ends_at,
        )


def on_list(session: Session, *, event_id: int) -> list[Registration]:
    """Lists who is registered, waits or was offered a seat, in their order."""
    return list(
        session.scalars(
            select(Registration)
            .where(Registration.event_id == event_id, Registration.status.in_(ACTIVE))
            .order_by(Registration.sequence)
        )
    )


def ask_of_minimum(session: Session, caller: Caller, *, event: Event, person_id: int, due_at: datetime) -> None:
    """Asks a host what is to become of an event with too few people; moved to another day it is asked anew."""
    notices.enqueue(
        session,
        caller,
        key=f"{_prefix(event.id)}host.{person_id}.minimum.{int(event.starts_at.timestamp())}",
        person_id=person_id,
        kind="events.minimum",
        params={**about(event), "signed": event.seated + event.online_seated, "minimum": event.minimum},
        due_at=due_at,
        expires_at=event.starts_at,
    )


def owe(
    session: Session,
    caller: Caller,
    *,
    event_id: int,
    registration: Registration,
    what: str,
    stamp: str = "",
    **more: Any,
) -> None:
    """Puts in the receipt `events.<what>`: it is made of what is true when it goes out."""
    notices.owe(
        session,
        caller,
        key=_key(event_id, registration, what, stamp),
        person_id=registration.person_id,
        kind=f"events.{what}",
        params={"event": event_id, **more},
    )


def tell_question(session: Session, caller: Caller, *, question: EventQuestion, person_id: int, what: str) -> None:
    """Puts in what a host reads of a question, or the asker of its answer: made of what is true when it goes out.

    What is written at night is read in the morning, unless the event is too near then.
    """
    rules, starts_at = dictionaries.rules(session), question.event.starts_at
    if caller.now < starts_at:
        due_at = told_at(caller.now, starts_at=starts_at, rules=rules, zone=caller.zone)
    else:
        due_at = waking_moment(caller.now, rules=rules, zone=caller.zone)
    notices.enqueue(
        session,
        caller,
        key=f"{_of_question(question)}{person_id}.{what}",
        person_id=person_id,
        kind=f"events.{what}",
        params={"question": question.id},
        due_at=due_at,
    )


def forget_question(session: Session, *, question: EventQuestion) -> None:
    """Takes back what was still to be read of a question that is to be no more."""
    notices.cancel_prefix(session, prefix=_of_question(question))


def key_of(event_id: int, what: str, stamp: object) -> ColumnElement[str]:
    """The key of `tell` for each registration of a query, to leave out who was told already."""
    return (
        literal(_prefix(event_id))
        + cast(Registration.id, String)
        + literal(".")
        + cast(Registration.sequence, String)
        + literal(_suffix(what, stamp))
    )


def cancel_all_of(session: Session, *, event_id: int, registration_id: int | None = None) -> None:
    """Cancels what was not sent yet: of one registration, or of the whole event."""
    prefix = _prefix(event_id) if registration_id is None else f"{_prefix(event_id)}{registration_id}."
    notices.cancel_prefix(session, prefix=prefix)


def hold_offer(session: Session, *, registration: Registration, until: datetime, told: datetime) -> bool:
    """Has an offer that nobody heard yet tell of a later hour. Returns whether it waited, or had expired unsent."""
    key = _key(registration.event_id, registration, "offer")
    params = {"until": until.isoformat()}
    return notices.reschedule(session, key=key, due_at=told, expires_at=until, params=params)


def take_back_offer(session: Session, *, registration: Registration) -> None:
    """Takes back an offer that was not sent yet: the person has the seat."""
    notices.cancel(session, key=_key(registration.event_id, registration, "offer"))


def refresh(session: Session, *, event: Event, moved: bool) -> None:
    """Has what waits to be sent tell of the event as it is now; drops reminders of a time that has moved."""
    notices.amend(session, prefix=_prefix(event.id), params=about(event), besides=OF_LESSONS)
    if event.split:
        for one in session.scalars(select(Registration).where(Registration.event_id == event.id)):
            notices.amend(session, prefix=f"{_prefix(event.id)}{one.id}.", params=_room(event, one))
    if moved:
        notices.cancel_prefix(session, prefix=_prefix(event.id), kinds=REMINDERS)


def about(event: Event) -> dict[str, Any]:
    """What a notice tells of the event: staff's own words and moments, nothing of people's."""
    return {
        "event": event.id,
        "code": event.code,
        "title": event.title,
        "mode": event.mode.value,
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "place": event.place,
        "link": event.link,
    }


def _room(event: Event, registration: Registration) -> dict[str, Any]:
    """Which room of a split event it is told of: who sits in the hall needs no link, who is online no place."""
    if not event.split:
        return {}
    return {"room": "online", "place": None} if registration.online else {"room": "hall", "link": None}


def _key(event_id: int, registration: Registration, what: str, stamp: object = "") -> str:
    return f"{_prefix(event_id)}{registration.id}.{registration.sequence}{_suffix(what, stamp)}"


def _of_question(question: EventQuestion) -> str:
    return f"{_prefix(question.event_id)}question.{question.id}."


def _prefix(event_id: int) -> str:
    return f"events.{event_id}."


def _suffix(what: str, stamp: object) -> str:
    return f".{what}.{stamp}" if stamp != "" else f".{what}"
