"""Reminds of events, asks for feedback, moves the waiting lists on."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.events import notices, seats
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.events.rules import (
    DAY,
    DAY_REMINDER_UNTIL,
    FEEDBACK_ASKED_FOR,
    HOURS_REMINDER_UNTIL,
    day_before,
)
from db.notices.models import Notice
from db.notices.rules import hours_before
from db.people.queries import in_messenger

RATED_FOR = timedelta(days=7)
"""How long after an event its ratings are waited for."""


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """What has come due: offers that ran out, reminders, requests for feedback. Any number of runs says it once."""
    seats.offer_free(session, caller, rules=rules)  # first: where any number may come, no offer runs out
    seats.expire_offers(session, caller, rules=rules)
    _remind(session, caller, rules)
    _ask_for_feedback(session, caller)


def _remind(session: Session, caller: Caller, rules: Rules) -> None:
    """What came due while nobody swept, and is too late by now, is put in too: the outbox marks it as expired."""
    now, zone = caller.now, caller.zone
    near = session.scalars(
        select(Event).where(
            Event.status == EventStatus.PUBLISHED, Event.starts_at > now - DAY, Event.starts_at <= now + 2 * DAY
        )
    )
    for event in near:
        reminders = (
            ("reminder_day", day_before(event.starts_at, rules=rules, zone=zone), DAY_REMINDER_UNTIL),
            ("reminder_hours", hours_before(event.starts_at, rules=rules, zone=zone), HOURS_REMINDER_UNTIL),
        )
        for what, moment, until in reminders:
            if now < moment:
                continue
            # An event that is moved is reminded of anew; who sat down after the moment has just read the ticket.
            stamp = int(event.starts_at.timestamp())
            wanted = (Registration.seated_at <= moment, Registration.attended_at.is_(None))
            for registration in _untold(session, event, what, stamp, *wanted):
                notices.tell(
                    session,
                    caller,
                    event=event,
                    registration=registration,
                    what=what,
                    stamp=stamp,
                    expires_at=event.starts_at - until,
                )


def _ask_for_feedback(session: Session, caller: Caller) -> None:
    over = session.scalars(
        select(Event).where(
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= caller.now,
            Event.ends_at > caller.now - FEEDBACK_ASKED_FOR,
        )
    )
    for event in over:
        wanted = (Registration.attended_at.is_not(None), Registration.rating.is_(None))
        for registration in _untold(session, event, "feedback", "", *wanted):
            notices.tell(
                session,
                caller,
                event=event,
                registration=registration,
                what="feedback",
                expires_at=event.ends_at + FEEDBACK_ASKED_FOR,
                expected=False,
            )


def _untold(
    session: Session, event: Event, what: str, stamp: object, *wanted: ColumnElement[bool]
) -> list[Registration]:
    return list(
        session.scalars(
            select(Registration)
            .outerjoin(Notice, Notice.key == notices.key_of(event.id, what, stamp))
            .where(
                in_messenger(Registration.person_id),  # who came on paper has nothing that could fail
                Registration.event_id == event.id,
                Registration.status == RegistrationStatus.SEATED,
                Notice.id.is_(None),
                *wanted,
            )
            .order_by(Registration.sequence)
        )
    )


def publish_ratings(session: Session, caller: Caller) -> None:
    """Counts the ratings of events that ended a week ago, once for each: what comes later changes no report.

    So a rating is never the difference of two days, periods or groups: whole events are, each of a group.
    """
    given = (
        select(Registration.event_id, func.count(Registration.rating).label("rated"), func.sum(Registration.rating))
        .where(Registration.rating.is_not(None))
        .group_by(Registration.event_id)
        .having(func.count(Registration.rating) >= dictionaries.rules(session).mask_under)
    )
    over = select(Event.id).where(
        Event.status == EventStatus.PUBLISHED, Event.ends_at <= caller.now - RATED_FOR, Event.rated.is_(None)
    )
    for event_id, rated, stars in session.execute(given.where(Registration.event_id.in_(over))).all():
        session.execute(update(Event).where(Event.id == event_id).values(rated=rated, stars=stars))


EVERY_MINUTE = (sweep,)
EVERY_HOUR = (publish_ratings,)
