"""What events tell people without being asked: keys that make each notice happen once, and what it carries.

A key is `events.<event>.<registration>.<sequence>.<what>[.<stamp>]`: who left and came back is told anew.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from db.events.models import Event, Registration
from db.notices import services as notices
from db.notices.models import EXPIRED, Notice, NoticeStatus


def tell(
    session: Session,
    *,
    event: Event,
    registration: Registration,
    what: str,
    now: datetime,
    stamp: object = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    expected: bool = True,
    **more: Any,
) -> bool:
    """Puts the notice `events.<what>` in for one registration. Returns whether it is new."""
    return notices.enqueue(
        session,
        key=_key(event.id, registration, what, stamp),
        person_id=registration.person_id,
        kind=f"events.{what}",
        params={**about(event), **more},
        now=now,
        due_at=due_at,
        expires_at=expires_at,
        expected=expected,
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


def unheard(session: Session, *, event_id: int, registration: Registration) -> Notice | None:
    """The offer of this registration, if it still waits to be sent or expired unsent."""
    key = _key(event_id, registration, "offer")
    late = and_(Notice.status == NoticeStatus.CANCELLED, Notice.error == EXPIRED)
    return session.scalar(select(Notice).where(Notice.key == key, or_(Notice.status == NoticeStatus.PENDING, late)))


def refresh(session: Session, *, event: Event, moved: bool) -> None:
    """What waits to be sent tells of the event as it is now; reminders of a time that has moved are dropped."""
    waiting = session.scalars(
        select(Notice).where(
            Notice.status == NoticeStatus.PENDING, Notice.key.startswith(_prefix(event.id), autoescape=True)
        )
    )
    for notice in waiting:
        notice.params = {**notice.params, **about(event)}
        if moved and notice.kind in ("events.reminder_day", "events.reminder_hours"):
            notice.status = NoticeStatus.CANCELLED


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
