"""Changes who sits at an event and who waits: the only place that does.

Every change locks the event's row first, so that people, methodists and the scheduler come one after another. A free
seat is offered to whoever waits longest; while anyone waits, newcomers wait too.
"""

from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session, lazyload

from db.caller import Caller, PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.errors import DomainError, NotFoundError
from db.events import notices, queries
from db.events.models import Cause, Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import EventCard
from db.events.rules import ACTIVE, HOLDING, REGISTRATION, may_attend, offer_until, told_at
from db.people.models import Person
from db.people.queries import in_messenger
from db.transitions import move
from db.upsert import insert


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the next screen needs, and whether anything changed: a repeated tap changes nothing."""

    card: EventCard
    changed: bool


def register(session: Session, caller: PersonCaller, *, event_id: int) -> Outcome:
    """Seats the person, or puts them at the end of the waiting list.

    Raises NotFoundError, DomainError `event_cancelled`, `event_started`, `event_own_only`.
    """
    event = next_turn(session, event_id)
    if caller.now >= event.starts_at:
        raise DomainError("event_started")
    registration, changed = enter(session, caller, event=event, person_id=caller.person_id)
    if changed and registration.status is RegistrationStatus.SEATED:
        _owe_ticket(session, caller, registration)
    if not changed:
        event.sequence -= 1  # who is in already leaves the number to the next
        session.flush()
    return Outcome(queries.card(session, caller, event_id=event_id), changed)


def accept(session: Session, caller: PersonCaller, *, event_id: int) -> Outcome:
    """Takes the offered seat for sure. Raises DomainError `event_offer_gone` where the offer has run out."""
    event = lock(session, event_id)
    registration = _registration(session, event_id, caller.person_id)
    if registration is None or registration.status not in HOLDING:
        raise DomainError("event_offer_gone")
    changed = registration.status is RegistrationStatus.OFFERED
    if changed:
        # Nobody is harmed by a late «yes» while nobody stands behind: the seat would stay empty.
        late = registration.offered_until is not None and registration.offered_until <= caller.now
        if (
            event.status is not EventStatus.PUBLISHED
            or caller.now >= event.starts_at
            or (late and _anyone_waits(session, event))
        ):
            raise DomainError("event_offer_gone")
        sit(caller, registration=registration, cause=Cause.ACCEPTED)
        notices.cancel_all_of(session, event_id=event_id, registration_id=registration.id)
        _owe_ticket(session, caller, registration)
        session.flush()
    return Outcome(queries.card(session, caller, event_id=event_id), changed)


def cancel(session: Session, caller: PersonCaller, *, event_id: int) -> Outcome:
    """Leaves the seat, the offer or the list; a free seat goes to the first who waits.

    Raises DomainError `event_over` after the end, `event_attended` for somebody who was marked as present.
    """
    event = lock(session, event_id)
    registration = _registration(session, event_id, caller.person_id)
    changed = registration is not None and registration.status in ACTIVE
    if registration is not None and changed:
        if caller.now >= event.ends_at:
            raise DomainError("event_over")
        leave(session, caller, event=event, registration=registration, cause=Cause.SELF)
        promote(session, caller, event=event, rules=dictionaries.rules(session))
    return Outcome(queries.card(session, caller, event_id=event_id), changed)


def expire_offers(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Passes offers that ran out on to the next person. Returns how many ran out.

    One that its person has not been told of, because the messenger or the bot was away, is held anew: nobody loses a
    place in the list without a word.
    """
    overdue = (Registration.status == RegistrationStatus.OFFERED, Registration.offered_until <= caller.now)
    events = session.scalars(select(Registration.event_id).where(*overdue).distinct().order_by(Registration.event_id))
    count = 0
    for event_id in events.all():
        event = lock(session, event_id)
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
            leave(session, caller, event=event, registration=registration, cause=Cause.EXPIRED)
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
        promote(session, caller, event=event, rules=rules)
    return count


def offer_free(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Offers seats that became free where nobody could offer them on, as at an erasure. Returns how many."""
    waiting = Registration.status == RegistrationStatus.WAITING
    hoping = Registration.status.in_((RegistrationStatus.WAITING, RegistrationStatus.OFFERED))
    events = session.scalars(
        select(Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            or_(
                and_(Event.capacity.is_(None), Event.id.in_(select(Registration.event_id).where(hoping))),
                and_(Event.seated < Event.capacity, Event.id.in_(select(Registration.event_id).where(waiting))),
            ),
        )
        .order_by(Event.id)
    ).all()
    return sum(promote(session, caller, event=lock(session, one), rules=rules) for one in events)


# --- for the other services of events --------------------------------------------------------------------------------


def lock(session: Session, event_id: int) -> Event:
    """Locks an event until the transaction ends. Raises NotFoundError, for a draft too."""
    event = session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(lazyload(Event.components))
        .with_for_update(of=Event)
        .execution_options(populate_existing=True)
    )
    if event is None or event.status is EventStatus.DRAFT:
        raise NotFoundError("event_not_found")
    return event


def next_turn(session: Session, event_id: int) -> Event:
    """Locks a published event by taking its next number. Raises NotFoundError or DomainError `event_cancelled`."""
    session.execute(update(Event).where(Event.id == event_id).values(sequence=Event.sequence + 1))
    event = lock(session, event_id)
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    return event


def enter(
    session: Session, caller: Caller, *, event: Event, person_id: int, cause: Cause = Cause.SELF
) -> tuple[Registration, bool]:
    """Gives the turn taken by `next_turn` to a person: a seat, or a place at the end of the list.

    Returns the registration and whether it is new. Raises NotFoundError, DomainError `event_own_only`.
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    known = _registration(session, event.id, person_id)
    if known is not None and known.status in ACTIVE:
        return known, False
    if cause is not Cause.HAND and not may_attend(
        open_to_all=event.open_to_all,
        event_municipality=event.municipality_id,
        person_municipality=person.municipality_id,
    ):
        raise DomainError("event_own_only")
    seated = not _anyone_waits(session, event) and _take_seat(session, event)
    status = RegistrationStatus.SEATED if seated else RegistrationStatus.WAITING
    REGISTRATION.check(RegistrationStatus.CANCELLED, status)
    values = {
        "status": status,
        "sequence": event.sequence,
        "municipality_id": person.municipality_id,
        "cause": cause,
        "registered_at": caller.now,
        "seated_at": caller.now if seated else None,
        "offered_until": None,
        "cancelled_at": None,
    }
    statement = insert(session, Registration).values(event_id=event.id, person_id=person_id, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["event_id", "person_id"],
            set_=values,
            where=Registration.status == RegistrationStatus.CANCELLED,
        )
    )
    registration = _registration(session, event.id, person_id)
    if registration is None:
        raise NotFoundError
    return registration, True


def sit(caller: Caller, *, registration: Registration, cause: Cause) -> None:
    """Gives the seat to this person for sure. Who calls has locked the event and counted the seat."""
    move(registration, RegistrationStatus.SEATED)
    registration.cause = cause
    registration.seated_at = caller.now
    registration.offered_until = None


def leave(session: Session, caller: Caller, *, event: Event, registration: Registration, cause: Cause) -> None:
    """Takes an active registration out; what was still to be said of it is taken back."""
    if registration.attended_at is not None:
        raise DomainError("event_attended")
    if registration.status in HOLDING:
        event.seated -= 1
    move(registration, RegistrationStatus.CANCELLED)
    registration.cause = cause
    registration.cancelled_at = caller.now
    registration.offered_until = None
    registration.seated_at = None
    session.flush()
    notices.cancel_all_of(session, event_id=event.id, registration_id=registration.id)


def promote(session: Session, caller: Caller, *, event: Event, rules: Rules) -> int:
    """Offers every free seat of a locked event to whoever waits longest.

    Where any number may come, all have theirs at once. Returns how many were offered or given.

    Who is not in the messenger can't take an offer there and has the seat at once. After the start nobody is called any
    more: free seats are for those who stand at the door.
    """
    if event.status is not EventStatus.PUBLISHED or caller.now >= event.starts_at:
        return 0
    if event.capacity is None:
        return _seat_everybody(session, caller, event)
    free = event.capacity - event.seated
    if free == 0:
        return 0
    session.flush()
    waiting = session.execute(
        select(Registration, in_messenger(Registration.person_id))
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.WAITING)
        .order_by(Registration.sequence)
        .limit(free)
        .execution_options(populate_existing=True)
    ).all()
    until = offer_until(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone)
    for registration, hears in waiting:
        event.seated += 1
        if not hears:
            sit(caller, registration=registration, cause=Cause.PROMOTED)
            continue
        move(registration, RegistrationStatus.OFFERED)
        registration.cause = Cause.PROMOTED
        registration.offered_until = until
        notices.tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="offer",
            due_at=told_at(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone),
            expires_at=until,
            until=until.isoformat(),
        )
    session.flush()
    return len(waiting)


def _seat_everybody(session: Session, caller: Caller, event: Event) -> int:
    """Gives a seat to all who wait or have an offer: an offer would run out, though nobody lacks the seat."""
    session.flush()
    hoping = session.execute(
        select(Registration, in_messenger(Registration.person_id))
        .where(
            Registration.event_id == event.id,
            Registration.status.in_((RegistrationStatus.WAITING, RegistrationStatus.OFFERED)),
        )
        .order_by(Registration.sequence)
        .execution_options(populate_existing=True)
    ).all()
    for registration, hears in hoping:
        if registration.status is RegistrationStatus.WAITING:
            event.seated += 1
        sit(caller, registration=registration, cause=Cause.PROMOTED)
        notices.take_back_offer(session, registration=registration)
        if hears:
            _owe_ticket(session, caller, registration, waited=True)
    session.flush()
    return len(hoping)


def take_seat_at_door(session: Session, caller: Caller, *, event: Event, registration: Registration) -> bool:
    """Seats somebody who stands at the door of a locked event, without a queue. Returns whether a seat was there."""
    if registration.status is RegistrationStatus.SEATED:
        return True
    if registration.status is RegistrationStatus.OFFERED or _take_seat(session, event):
        sit(caller, registration=registration, cause=Cause.DOOR)
        session.flush()
        return True
    return False


def _take_seat(session: Session, event: Event) -> bool:
    free = or_(Event.capacity.is_(None), Event.seated < Event.capacity)
    statement = update(Event).where(Event.id == event.id, free).values(seated=Event.seated + 1).returning(Event.id)
    taken = session.scalar(statement) is not None
    session.refresh(event, ["seated"])
    return taken


def _anyone_waits(session: Session, event: Event) -> bool:
    waiting = exists().where(Registration.event_id == event.id, Registration.status == RegistrationStatus.WAITING)
    return bool(session.scalar(select(waiting)))


def _owe_ticket(session: Session, caller: Caller, registration: Registration, *, waited: bool = False) -> None:
    notices.owe(
        session,
        caller,
        event_id=registration.event_id,
        registration=registration,
        what="ticket",
        waited=waited,
    )


def _registration(session: Session, event_id: int, person_id: int) -> Registration | None:
    return session.scalar(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.person_id == person_id)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    )
