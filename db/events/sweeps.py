"""Reminds of events, asks for feedback, moves the waiting lists on."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diary import services as diary
from db.diary.models import DiaryLine, DiarySource
from db.diary.queries import keeping
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Term
from db.dictionaries.rules import Rules
from db.events import notices, seats
from db.events.models import (
    Cause,
    Event,
    EventHost,
    EventMaterial,
    EventStatus,
    HostRole,
    Registration,
    RegistrationStatus,
)
from db.events.rules import (
    DAY,
    DAY_REMINDER_UNTIL,
    FEEDBACK_ASKED_FOR,
    HOURS_REMINDER_UNTIL,
    MATERIALS_TOLD_FOR,
    MINIMUM_ASKED,
    RESULT_SETTLES,
    day_before,
    offer_until,
    told_at,
)
from db.events.services import forget_tries
from db.notices.models import Notice
from db.notices.rules import hours_before, is_quiet
from db.people.models import Person
from db.people.queries import in_messenger

RATED_FOR = timedelta(days=7)
"""How long after an event its ratings are waited for."""
AT_ONCE = 500
WRITTEN_FOR = timedelta(days=366)
"""How long after an event its hosts still get their line: many are entered when it is long over."""


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """What has come due: offers that ran out, reminders, requests for feedback. Any number of runs says it once."""
    offer_free(session, caller, rules=rules)  # first: where any number may come, no offer runs out
    expire_offers(session, caller, rules=rules)
    _remind(session, caller, rules)
    _ask_for_feedback(session, caller)
    _ask_of_minimum(session, caller, rules)
    _tell_of_materials(session, caller)
    tell_results(session, caller, rules)
    _write_diaries(session, caller)


def expire_offers(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Passes offers that ran out on to the next person. Returns how many ran out.

    One that its person has not been told of, because the messenger or the bot was away, is held anew: nobody loses a
    place in the list without a word.
    """
    overdue = (Registration.status == RegistrationStatus.OFFERED, Registration.offered_until <= caller.now)
    events = session.scalars(select(Registration.event_id).where(*overdue).distinct().order_by(Registration.event_id))
    count = 0
    for event_id in events.all():
        event = seats.lock(session, event_id)
        found = session.scalars(
            select(Registration)
            .where(Registration.event_id == event_id, *overdue)
            .order_by(Registration.sequence)
            .execution_options(populate_existing=True)
        ).all()
        until = offer_until(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone)
        told = told_at(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone)
        for registration in found:
            held = caller.now < event.starts_at and notices.hold_offer(
                session, registration=registration, until=until, told=told
            )
            if held:
                registration.offered_until = until
                continue
            count += 1
            seats.leave(session, caller, event=event, registration=registration, cause=Cause.EXPIRED)
            if event.status is EventStatus.PUBLISHED and caller.now < event.starts_at:
                notices.tell(
                    session,
                    caller,
                    event=event,
                    registration=registration,
                    what="offer_expired",
                    expires_at=event.starts_at,
                    expected=False,
                )
        seats.promote(session, caller, event=event, rules=rules)
    return count


def offer_free(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Offers seats that became free where nobody could offer them on, as at an erasure. Returns how many."""
    events = session.scalars(
        select(Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            or_(*(_may_offer(online) for online in seats.ROOMS)),
        )
        .order_by(Event.id)
    ).all()
    return sum(seats.promote(session, caller, event=seats.lock(session, one), rules=rules) for one in events)


def _may_offer(online: bool) -> ColumnElement[bool]:
    """Whether a room of an event has seats, and somebody who hopes for one."""
    capacity, seated = seats.ROOMS[online]
    theirs = select(Registration.event_id).where(Registration.online == online)
    waiting = Registration.status == RegistrationStatus.WAITING
    hoping = Registration.status.in_((RegistrationStatus.WAITING, RegistrationStatus.OFFERED))
    return or_(
        and_(capacity.is_(None), Event.id.in_(theirs.where(hoping))),
        and_(seated < capacity, Event.id.in_(theirs.where(waiting))),
    )


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
        # What counts by its parts is reminded of a day before it begins: the hour is of the first part, not its own.
        for what, moment, until in reminders[:1] if event.by_parts else reminders:
            if now < moment:
                continue
            # An event that is moved is reminded of anew; who sat down after the moment has just read the ticket.
            stamp = int(event.starts_at.timestamp())
            wanted = (Registration.seated_at <= moment, Registration.attended_at.is_(None))
            for registration in untold(session, event, what, stamp, *wanted):
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
            ~Event.recorded,
        )
    )
    for event in over:
        wanted = (Registration.attended_at.is_not(None), Registration.rating.is_(None))
        for registration in untold(session, event, "feedback", "", *wanted):
            notices.tell(
                session,
                caller,
                event=event,
                registration=registration,
                what="feedback",
                expires_at=event.ends_at + FEEDBACK_ASKED_FOR,
                expected=False,
            )


def _ask_of_minimum(session: Session, caller: Caller, rules: Rules) -> None:
    """Asks whoever runs an event with too few people, once, what is to become of it; the panel asks the methodist."""
    few = session.scalars(
        select(Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            Event.starts_at <= caller.now + MINIMUM_ASKED,
            Event.minimum > Event.seated + Event.online_seated,
            Event.minimum_asked_at.is_(None),
        )
        .order_by(Event.id)
    ).all()
    for event_id in few:
        event = seats.lock(session, event_id)
        event.minimum_asked_at = caller.now
        running = EventHost.role.in_((HostRole.LEADER, HostRole.ORGANISER))
        hosts = select(EventHost.person_id).where(EventHost.event_id == event_id, running)
        due_at = told_at(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone)
        for person_id in filter(None, session.scalars(hosts.order_by(EventHost.id))):
            notices.ask_of_minimum(session, caller, event=event, person_id=person_id, due_at=due_at)


def _tell_of_materials(session: Session, caller: Caller) -> None:
    """Tells those who came, once, that there is something left of the event; what is added later stands on its card."""
    over = session.scalars(
        select(Event).where(
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= caller.now,
            Event.ends_at > caller.now - MATERIALS_TOLD_FOR,
            ~Event.recorded,
            exists().where(EventMaterial.event_id == Event.id),
        )
    )
    for event in over:
        for registration in untold(session, event, "materials", "", Registration.attended_at.is_not(None)):
            notices.tell(
                session,
                caller,
                event=event,
                registration=registration,
                what="materials",
                expires_at=event.ends_at + MATERIALS_TOLD_FOR,
                expected=False,
            )


def tell_results(session: Session, caller: Caller, rules: Rules) -> None:
    """Tells those who took part in a contest of their own result: once for what stood unchanged for some minutes.

    By day and once the contest is over. What was entered as it had been is told to nobody, nor is what a list took back
    before anybody had heard.
    """
    if is_quiet(caller.now, rules=rules, zone=caller.zone):
        return
    found = session.execute(
        select(Registration, Event, Term.name, in_messenger(Registration.person_id))
        .join(Event, Event.id == Registration.event_id)
        .outerjoin(Term, Term.id == Registration.result_id)
        .where(
            Registration.result_id.is_distinct_from(Registration.told_result_id),
            Registration.result_at <= caller.now - RESULT_SETTLES,
            Event.ends_at <= caller.now,
            Event.status == EventStatus.PUBLISHED,
        )
        .order_by(Registration.result_at, Registration.id)
        .limit(AT_ONCE)
        .with_for_update(of=Registration, skip_locked=True)
    )
    for registration, event, result, hears in found.all():
        told = registration.told_result_id is not None
        registration.told_result_id = registration.result_id
        if hears and not event.recorded:
            notices.tell_result(session, caller, event=event, registration=registration, result=result, told=told)


def _write_diaries(session: Session, caller: Caller) -> None:
    """Writes an event that is over into the diaries of those who led it, spoke, judged or organised it."""
    written = exists().where(
        DiaryLine.person_id == Person.id,
        DiaryLine.source == DiarySource.EVENT,
        DiaryLine.source_id == EventHost.event_id,
    )
    hosted = session.execute(
        select(Person.id, EventHost.event_id, Event.title, Event.hours, Event.ends_at)
        .join_from(Event, EventHost, EventHost.event_id == Event.id)
        .join(Person, Person.id == EventHost.person_id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at <= caller.now,
            Event.ends_at > caller.now - WRITTEN_FOR,
            keeping(),
            ~written,
        )
        .order_by(EventHost.id)
    )
    for person_id, event_id, title, hours, ends_at in hosted.all():
        diary.note(
            session,
            caller,
            person_id=person_id,
            source=DiarySource.EVENT,
            source_id=event_id,
            on=ends_at.astimezone(caller.zone).date(),
            text=title,
            hours=hours,
        )


def untold(
    session: Session, event: Event, what: str, stamp: object, *wanted: ColumnElement[bool]
) -> list[Registration]:
    """Lists those with a seat who were not told of it yet, in their order."""
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
EVERY_HOUR = (publish_ratings, forget_tries)
