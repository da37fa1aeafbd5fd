"""Changes who sits at an event and who waits: the only place that does.

Every change locks the event's row first, so that people, methodists and the scheduler come one after another. A free
seat is offered to whoever waits longest; while anyone waits, newcomers wait too. A split event has two rooms.
"""

from dataclasses import dataclass

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, lazyload

from db.caller import Caller, PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Organisation
from db.dictionaries.rules import Rules
from db.dictionaries.units import UnitLevel
from db.errors import DomainError, NotFoundError
from db.events import notices, queries, staff_queries
from db.events.models import Cause, Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import EventCard
from db.events.rules import (
    ACTIVE,
    HOLDING,
    REGISTRATION,
    barrier,
    offer_until,
    refuse_barred,
    refuse_over,
    told_at,
)
from db.people.models import Person
from db.people.queries import in_messenger
from db.transitions import move
from db.upsert import insert

ROOMS = {False: (Event.capacity, Event.seated), True: (Event.online_capacity, Event.online_seated)}
"""The columns of a room's seats, by whether it is online."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the next screen needs, and whether anything changed: a repeated tap changes nothing."""

    card: EventCard
    changed: bool


def register(session: Session, caller: PersonCaller, *, event_id: int, online: bool | None = None) -> Outcome:
    """Seats the person, or puts them at the end of the waiting list; with `online` in this room of a split event.

    Who has a place in the other room changes over: the seat given up goes to whoever waits for it there. Nobody gives
    up a seat for a queue.

    Raises NotFoundError, DomainError `event_cancelled`, `event_started`, `event_full_there` and those of `enter`.
    """
    event = next_turn(session, event_id)
    if caller.now >= event.starts_at:
        raise DomainError("event_started")
    if online is not None and event.split:
        _leave_other(session, caller, event=event, online=online)
    registration, changed = enter(session, caller, event=event, person_id=caller.person_id, online=bool(online))
    if changed and registration.status is RegistrationStatus.SEATED:
        _owe_ticket(session, caller, registration)
    if not changed:
        event.sequence -= 1  # who is in already leaves the number to the next
        session.flush()
    elif event.split:
        promote(session, caller, event=event, rules=dictionaries.rules(session))
    return Outcome(queries.card(session, caller, event_id=event_id), changed)


def accept(session: Session, caller: PersonCaller, *, event_id: int) -> Outcome:
    """Takes the offered seat for sure. Raises NotFoundError, and DomainError `event_offer_gone` without an offer."""
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
            or (late and _anyone_waits(session, event, registration.online))
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
    session: Session, caller: Caller, *, event: Event, person_id: int, cause: Cause = Cause.SELF, online: bool = False
) -> tuple[Registration, bool]:
    """Gives the turn taken by `next_turn` to a person: a seat, or a place at the end of the list.

    Returns the registration and whether it is new. Raises NotFoundError and DomainError by the barrier, and by the
    quota, which is as strict as seats are: also for whoever is entered by hand or stands at the door.
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    known = _registration(session, event.id, person_id)
    if known is not None and known.status in ACTIVE:
        return known, False
    if cause is not Cause.HAND:
        whose = queries.standing(session, person_id=person_id)
        refuse_barred(
            barrier(
                whose,
                open_to_all=event.open_to_all,
                event_municipality=event.municipality_id,
                for_network=event.for_network,
                meant_for=event.meant_for,
            )
        )
    organisation_id = _confirmed(session, person.organisation_id)
    if event.quota_unit is not None and event.quota is not None:
        unit_id = {
            UnitLevel.ORGANISATION: organisation_id,
            UnitLevel.MUNICIPALITY: person.municipality_id,
            UnitLevel.CENTRE: _centre(session, person.municipality_id),
        }[event.quota_unit]
        listed = staff_queries.by_unit(session, event_id=event.id, unit=event.quota_unit)
        if listed.get(unit_id, 0) >= event.quota:
            refuse_over(event.quota_unit, quota=event.quota, nobodys=unit_id is None)
    online = online and event.split
    seated = not _anyone_waits(session, event, online) and _take_seat(session, event, online)
    status = RegistrationStatus.SEATED if seated else RegistrationStatus.WAITING
    REGISTRATION.check(RegistrationStatus.CANCELLED, status)
    values = {
        "status": status,
        "sequence": event.sequence,
        "municipality_id": person.municipality_id,
        "organisation_id": organisation_id,
        "cause": cause,
        "registered_at": caller.now,
        "seated_at": caller.now if seated else None,
        "offered_until": None,
        "cancelled_at": None,
        "online": online,
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


def unmark(caller: Caller, *, registration: Registration) -> None:
    """Takes a mark back that somebody was there, and with it what they came to at a contest."""
    registration.attended_at = None
    if registration.result_id is not None:
        registration.result_id, registration.result_at = None, caller.now


def leave(session: Session, caller: Caller, *, event: Event, registration: Registration, cause: Cause) -> None:
    """Takes an active registration out; what was still to be said of it is taken back.

    Who has sat in every part so far may still leave what counts by its parts before it is over: the marks stay and no
    paper is made. Raises DomainError `event_attended`.
    """
    if registration.attended_at is not None:
        if not event.by_parts or caller.now >= event.ends_at:
            raise DomainError("event_attended")
        unmark(caller, registration=registration)
    if registration.status in HOLDING:
        _count(event, online=registration.online, more=-1)
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
    rooms = ROOMS if event.split else (False,)
    return sum(_promote(session, caller, event=event, rules=rules, online=online) for online in rooms)


def _promote(session: Session, caller: Caller, *, event: Event, rules: Rules, online: bool) -> int:
    capacity = event.online_capacity if online else event.capacity
    if capacity is None:
        return _seat_everybody(session, caller, event, online)
    free = capacity - (event.online_seated if online else event.seated)
    if free == 0:
        return 0
    session.flush()
    waiting = session.execute(
        select(Registration, in_messenger(Registration.person_id))
        .where(
            Registration.event_id == event.id,
            Registration.status == RegistrationStatus.WAITING,
            Registration.online == online,
        )
        .order_by(Registration.sequence)
        .limit(free)
        .execution_options(populate_existing=True)
    ).all()
    until = offer_until(caller.now, starts_at=event.starts_at, rules=rules, zone=caller.zone)
    for registration, hears in waiting:
        _count(event, online=online, more=1)
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


def _seat_everybody(session: Session, caller: Caller, event: Event, online: bool) -> int:
    """Gives a seat to all who wait or have an offer: an offer would run out, though nobody lacks the seat."""
    session.flush()
    hoping = session.execute(
        select(Registration, in_messenger(Registration.person_id))
        .where(
            Registration.event_id == event.id,
            Registration.status.in_((RegistrationStatus.WAITING, RegistrationStatus.OFFERED)),
            Registration.online == online,
        )
        .order_by(Registration.sequence)
        .execution_options(populate_existing=True)
    ).all()
    for registration, hears in hoping:
        if registration.status is RegistrationStatus.WAITING:
            _count(event, online=online, more=1)
        sit(caller, registration=registration, cause=Cause.PROMOTED)
        notices.take_back_offer(session, registration=registration)
        if hears:
            _owe_ticket(session, caller, registration, waited=True)
    session.flush()
    return len(hoping)


def take_seat_at_door(session: Session, caller: Caller, *, event: Event, registration: Registration) -> bool:
    """Seats somebody who stands at the door of a locked event, without a queue. Returns whether a seat was there.

    Who waits for a place online and came has one in the hall.
    """
    if registration.status is RegistrationStatus.SEATED:
        return True
    if registration.status is RegistrationStatus.OFFERED or _take_seat(session, event, registration.online):
        sit(caller, registration=registration, cause=Cause.DOOR)
        session.flush()
        return True
    if registration.online and _take_seat(session, event, False):
        registration.online = False
        sit(caller, registration=registration, cause=Cause.DOOR)
        session.flush()
        return True
    return False


def _confirmed(session: Session, organisation_id: int | None) -> int | None:
    own = Organisation.id == organisation_id, Organisation.confirmed
    return session.scalar(select(Organisation.id).where(*own)) if organisation_id is not None else None


def _centre(session: Session, municipality_id: int | None) -> int | None:
    return session.scalar(select(Municipality.centre_id).where(Municipality.id == municipality_id))


def _leave_other(session: Session, caller: PersonCaller, *, event: Event, online: bool) -> None:
    known = _registration(session, event.id, caller.person_id)
    if known is None or known.status not in ACTIVE or known.online == online:
        return
    capacity, seated = (event.online_capacity, event.online_seated) if online else (event.capacity, event.seated)
    full = (capacity is not None and seated >= capacity) or _anyone_waits(session, event, online)
    if full and known.status in HOLDING:
        raise DomainError("event_full_there")
    leave(session, caller, event=event, registration=known, cause=Cause.SELF)


def _count(event: Event, *, online: bool, more: int) -> None:
    if online:
        event.online_seated += more
    else:
        event.seated += more


def _take_seat(session: Session, event: Event, online: bool) -> bool:
    session.flush()
    capacity, seated = ROOMS[online]
    free = or_(capacity.is_(None), seated < capacity)
    statement = update(Event).where(Event.id == event.id, free).values({seated: seated + 1}).returning(Event.id)
    taken = session.scalar(statement) is not None
    session.refresh(event, [seated.key])
    return taken


def _anyone_waits(session: Session, event: Event, online: bool) -> bool:
    waiting = exists().where(
        Registration.event_id == event.id,
        Registration.status == RegistrationStatus.WAITING,
        Registration.online == online,
    )
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
