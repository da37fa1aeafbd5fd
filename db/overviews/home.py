"""What the menu tells a person: what is unfinished and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.applications.models import Application, ApplicationStatus, Campaign
from db.caller import PersonCaller
from db.diagnostics.models import Attempt, AttemptStatus
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class Seat:
    """An event of one's own. `until` is set where an offered seat waits for the person's word."""

    event_id: int
    title: str
    starts_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MenuHome:
    """The menu's content. `remark`: an application came back with remarks; `draft`: one is not sent yet."""

    full_name: str | None
    open_attempt: bool
    draft: bool
    remark: bool
    offer: Seat | None
    next_event: Seat | None
    mentees: int
    has_mentor: bool
    no_organisation: bool


def home(session: Session, caller: PersonCaller) -> MenuHome:
    """Reads the menu's content in five short queries; each has an index that begins with the person."""
    person = session.execute(
        select(Person.full_name, Person.organisation_id, Person.profile_saved_at).where(Person.id == caller.person_id)
    ).one()
    attempt = session.scalar(
        select(Attempt.id).where(Attempt.person_id == caller.person_id, Attempt.status == AttemptStatus.IN_PROGRESS)
    )
    mine = session.execute(
        select(Application.status, Campaign.closes_at).join(Campaign).where(Application.person_id == caller.person_id)
    ).all()
    seats = session.execute(
        select(Registration.status, Registration.offered_until, Event.id, Event.title, Event.starts_at)
        .join(Event)
        .where(
            Registration.person_id == caller.person_id,
            Registration.status.in_((RegistrationStatus.SEATED, RegistrationStatus.OFFERED)),
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at > caller.now,
        )
        .order_by(Event.starts_at)
    ).all()
    offers = [
        Seat(row.id, row.title, row.starts_at, row.offered_until)
        for row in seats
        if row.status is RegistrationStatus.OFFERED and row.offered_until is not None and row.offered_until > caller.now
    ]
    coming = [Seat(row.id, row.title, row.starts_at, None) for row in seats if row.status is RegistrationStatus.SEATED]
    active = Pair.status == PairStatus.ACTIVE
    mentees, mentors = session.execute(
        select(
            select(func.count()).where(Pair.mentor_id == caller.person_id, active).scalar_subquery(),
            select(func.count()).where(Pair.mentee_id == caller.person_id, active).scalar_subquery(),
        )
    ).one()
    return MenuHome(
        full_name=person.full_name,
        open_attempt=attempt is not None,
        draft=any(row.status is ApplicationStatus.DRAFT and caller.now < row.closes_at for row in mine),
        remark=any(row.status is ApplicationStatus.RETURNED for row in mine),
        offer=offers[0] if offers else None,
        next_event=coming[0] if coming else None,
        mentees=mentees or 0,
        has_mentor=bool(mentors),
        no_organisation=person.profile_saved_at is not None and person.organisation_id is None,
    )
