"""Reminds of the lessons of what counts by them; drops what is kept about guests on paper only for a while."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.events import notices
from db.events.models import Event, EventStatus, Registration
from db.events.rules import DAY, DAY_REMINDER_UNTIL, HOURS_REMINDER_UNTIL, day_before
from db.events.sweeps import untold
from db.notices.rules import hours_before
from db.presence.models import EventSession, SessionMark
from db.presence.services import forget_names


def remind_of_lessons(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Reminds of each lesson a day and two hours before, as of an event; of the first day the event itself does."""
    now, zone = caller.now, caller.zone
    near = session.execute(
        select(EventSession, Event)
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.by_parts,
            Event.status == EventStatus.PUBLISHED,
            EventSession.starts_at > now - DAY,
            EventSession.starts_at <= now + 2 * DAY,
        )
        .order_by(EventSession.starts_at, EventSession.id)
    )
    for part, event in near.all():
        begins = part.starts_at.astimezone(zone).date() == event.starts_at.astimezone(zone).date()
        reminders = (
            ("lesson_day", day_before(part.starts_at, rules=rules, zone=zone), DAY_REMINDER_UNTIL),
            ("lesson_hours", hours_before(part.starts_at, rules=rules, zone=zone), HOURS_REMINDER_UNTIL),
        )
        for what, moment, until in reminders[begins:]:
            if now < moment:
                continue
            sat = exists().where(SessionMark.session_id == part.id, SessionMark.registration_id == Registration.id)
            wanted = (Registration.seated_at <= moment, ~sat)
            stamp = f"{part.id}.{int(part.starts_at.timestamp())}"
            for registration in untold(session, event, what, stamp, *wanted):
                notices.tell(
                    session,
                    caller,
                    event=event,
                    registration=registration,
                    what=what,
                    stamp=stamp,
                    expires_at=part.starts_at - until,
                    lesson=True,
                    title=f"{event.title}: {part.title}"[:300],
                    starts_at=part.starts_at.isoformat(),
                    ends_at=part.ends_at.isoformat(),
                    place=part.place or event.place,
                )


EVERY_MINUTE = (remind_of_lessons,)
EVERY_HOUR = (forget_names,)
