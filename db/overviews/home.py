"""What the menu tells a person: what is unfinished and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, exists, func, select
from sqlalchemy.orm import Session

from db.applications.models import Application, ApplicationStatus, Campaign
from db.caller import PersonCaller
from db.diagnostics.models import Attempt, AttemptStatus
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person
from db.plans.models import PlanResponsible


@dataclass(frozen=True, slots=True)
class Seat:
    """An event of one's own. `until` is set where an offered seat waits for the person's word."""

    event_id: int
    title: str
    starts_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MenuHome:
    """The menu's content. `remark`: an application came back with remarks; `draft`: one is not sent yet.

    `selections`: whether the service knows selections at all.
    """

    full_name: str | None
    open_attempt: bool
    draft: bool
    remark: bool
    offer: Seat | None
    next_event: Seat | None
    mentees: int
    has_mentor: bool
    no_organisation: bool
    selections: bool
    plan_lines: bool


def home(session: Session, caller: PersonCaller) -> MenuHome:
    """Reads the menu's content in two short queries, each by an index that begins with the person."""
    asked = {"person": caller.person_id, "now": caller.now}
    row = session.execute(_HOME, asked).one()
    seats = session.execute(_SEATS, asked).all()
    offers = [
        Seat(seat.id, seat.title, seat.starts_at, seat.offered_until)
        for seat in seats
        if seat.status is RegistrationStatus.OFFERED and seat.offered_until and seat.offered_until > caller.now
    ]
    coming = [
        Seat(seat.id, seat.title, seat.starts_at, None) for seat in seats if seat.status is RegistrationStatus.SEATED
    ]
    return MenuHome(
        full_name=row.full_name,
        open_attempt=row.open_attempt,
        draft=row.draft,
        remark=row.remark,
        offer=offers[0] if offers else None,
        next_event=coming[0] if coming else None,
        mentees=row.mentees,
        has_mentor=row.has_mentor,
        no_organisation=row.profile_saved_at is not None and row.organisation_id is None,
        selections=row.selections,
        plan_lines=row.plan_lines,
    )


# Asked at every «В меню»: built once, for building a statement costs more than running it.
_PERSON = bindparam("person", type_=Integer)
_APPLIED = select(Application.id).where(Application.person_id == _PERSON)
_HOME = select(
    Person.full_name,
    Person.organisation_id,
    Person.profile_saved_at,
    exists().where(Attempt.person_id == _PERSON, Attempt.status == AttemptStatus.IN_PROGRESS).label("open_attempt"),
    _APPLIED.join(Campaign)
    .where(Application.status == ApplicationStatus.DRAFT, Campaign.closes_at > bindparam("now"))
    .exists()
    .label("draft"),
    _APPLIED.where(Application.status == ApplicationStatus.RETURNED).exists().label("remark"),
    select(func.count())
    .where(Pair.mentor_id == _PERSON, Pair.status == PairStatus.ACTIVE)
    .scalar_subquery()
    .label("mentees"),
    exists().where(Pair.mentee_id == _PERSON, Pair.status == PairStatus.ACTIVE).label("has_mentor"),
    select(Campaign.id).exists().label("selections"),
    exists().where(PlanResponsible.person_id == _PERSON).label("plan_lines"),
).where(Person.id == _PERSON)
_SEATS = (
    select(Registration.status, Registration.offered_until, Event.id, Event.title, Event.starts_at)
    .join(Event)
    .where(
        Registration.person_id == _PERSON,
        Registration.status.in_((RegistrationStatus.SEATED, RegistrationStatus.OFFERED)),
        Event.status == EventStatus.PUBLISHED,
        Event.ends_at > bindparam("now"),
    )
    .order_by(Event.starts_at)
)
