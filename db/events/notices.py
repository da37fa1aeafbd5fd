"""What events tell people without being asked: keys that make each notice happen once, and what it carries.

A key is `events.<event>.<registration>.<sequence>.<what>[.<stamp>]`: who left and came back is told anew.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, literal
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from db.caller import Caller
from db.events.models import Event, Registration
from db.notices import services as notices

REMINDERS = ("events.reminder_day", "events.reminder_hours")


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
        params={**about(event), **more},
        due_at=due_at,
        expires_at=expires_at,
        expected=expected,
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
    notices.amend(session, prefix=_prefix(event.id), params=about(event))
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


def _key(event_id: int, registration: Registration, what: str, stamp: object = "") -> str:
    return f"{_prefix(event_id)}{registration.id}.{registration.sequence}{_suffix(what, stamp)}"


def _prefix(event_id: int) -> str:
    return f"events.{event_id}."


def _suffix(what: str, stamp: object) -> str:
    return f".{what}.{stamp}" if stamp != "" else f".{what}"
