"""Everything the panel shows of one person, from every noun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign
from db.caller import StaffCaller
from db.diagnostics import queries as diagnostics
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore
from db.dictionaries.models import Term
from db.events.models import Event, Registration, RegistrationStatus
from db.mentoring.models import Pair, PairStatus
from db.people import staff_queries
from db.people.models import Person, Role, RoleGrant
from db.people.queries import addresses, blocked_since


@dataclass(frozen=True, slots=True)
class Held:
    """A role and since when, on whose word, by which order and, for an exception, why."""

    role: Role
    since: datetime
    by: str | None
    order_number: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application that was sent."""

    id: int
    campaign: str
    direction: str | None
    status: ApplicationStatus
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """A place at an event."""

    event_id: int
    title: str
    starts_at: datetime
    status: RegistrationStatus
    attended: bool


@dataclass(frozen=True, slots=True)
class PersonPairLine:
    """A pair that the person belongs to; `mentor` says on which side."""

    id: int
    other_id: int
    other: str | None
    mentor: bool
    status: PairStatus
    since: datetime


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One component of a result that the teacher opened."""

    component: str
    deficit: float | None
    borderline: bool


@dataclass(frozen=True, slots=True)
class OpenedDiagnosis:
    """The newest result that the teacher opened to methodists."""

    attempt_id: int
    completed_at: datetime
    scores: Sequence[ScoreLine]


@dataclass(frozen=True, slots=True)
class PersonCard:
    """The page of one person. `opened` is None where the teacher keeps the result to oneself; `met`: is in the bot."""

    id: int
    full_name: str | None
    municipality_id: int | None
    municipality: str | None
    organisation: str | None
    organisation_confirmed: bool
    position: str | None
    subject: str | None
    qualification: str | None
    experience_years: int | None
    since: datetime
    blocked_at: datetime | None
    met: bool
    roles: Sequence[Held]
    applications: Sequence[ApplicationLine]
    registrations: Sequence[RegistrationLine]
    pairs: Sequence[PersonPairLine]
    opened: OpenedDiagnosis | None


def card(session: Session, caller: StaffCaller, *, person_id: int) -> PersonCard:
    """Returns the person's page. Raises NotFoundError for one who is not this account's to see."""
    person = staff_queries.within(session, caller, person_id=person_id)
    return PersonCard(
        id=person.id,
        full_name=person.full_name,
        municipality_id=person.municipality_id,
        municipality=person.municipality.name if person.municipality else None,
        organisation=person.organisation.name if person.organisation else None,
        organisation_confirmed=person.organisation is None or person.organisation.confirmed,
        position=person.position.name if person.position else None,
        subject=person.subject.name if person.subject else None,
        qualification=person.qualification.name if person.qualification else None,
        experience_years=person.experience_years,
        since=person.created_at,
        blocked_at=session.scalar(select(blocked_since(person_id))),
        met=bool(addresses(session, person_id=person_id)),
        roles=_roles(session, person_id),
        applications=_applications(session, person_id),
        registrations=_registrations(session, person_id),
        pairs=pairs_of(session, person_id=person_id),
        opened=_opened(session, person_id) if caller.scope.reads_results else None,
    )


def _roles(session: Session, person_id: int) -> list[Held]:
    found = session.execute(
        select(RoleGrant.role, RoleGrant.granted_at, Staff.name, RoleGrant.order_number, RoleGrant.reason)
        .outerjoin(Staff, Staff.id == RoleGrant.granted_by)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.granted_at)
    )
    return [Held(*row) for row in found]


def _applications(session: Session, person_id: int) -> list[ApplicationLine]:
    # A draft is the teacher's own until it is sent.
    found = session.execute(
        select(Application.id, Campaign.title, Term.name, Application.status, Application.submitted_at)
        .join(Campaign, Campaign.id == Application.campaign_id)
        .outerjoin(Term, Term.id == Application.direction_id)
        .where(Application.person_id == person_id, Application.submitted_at.is_not(None))
        .order_by(Application.submitted_at.desc())
    )
    return [ApplicationLine(*row) for row in found]


def _registrations(session: Session, person_id: int) -> list[RegistrationLine]:
    found = session.execute(
        select(Event.id, Event.title, Event.starts_at, Registration.status, Registration.attended_at)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.person_id == person_id)
        .order_by(Event.starts_at.desc())
        .limit(30)
    )
    return [RegistrationLine(*row[:4], attended=row.attended_at is not None) for row in found]


def pairs_of(session: Session, *, person_id: int) -> list[PersonPairLine]:
    """Lists the pairs of a person on either side, the newest first; the caller has checked the scope."""
    other = aliased(Person)
    found = session.execute(
        select(Pair, other.full_name)
        .join(other, or_(other.id == Pair.mentor_id, other.id == Pair.mentee_id) & (other.id != person_id))
        .where(or_(Pair.mentor_id == person_id, Pair.mentee_id == person_id))
        .order_by(Pair.started_at.desc())
    )
    return [
        PersonPairLine(
            id=pair.id,
            other_id=pair.mentee_id if pair.mentor_id == person_id else pair.mentor_id,
            other=name,
            mentor=pair.mentor_id == person_id,
            status=pair.status,
            since=pair.started_at,
        )
        for pair, name in found
    ]


def _opened(session: Session, person_id: int) -> OpenedDiagnosis | None:
    attempt = session.scalar(
        select(Attempt)
        .where(
            Attempt.person_id == person_id,
            Attempt.status == AttemptStatus.COMPLETED,
            Attempt.shared_with_methodist,
            Attempt.disclosed,
        )
        .order_by(Attempt.completed_at.desc())
        .limit(1)
    )
    if attempt is None or attempt.completed_at is None:
        return None
    names = {
        component.code: component.title
        for component in diagnostics.questionnaire(session, version_id=attempt.version_id).components
    }
    scores = session.scalars(select(ComponentScore).where(ComponentScore.attempt_id == attempt.id)).all()
    order = {code: place for place, code in enumerate(names)}
    lines = [
        ScoreLine(names.get(score.component, score.component), score.deficit, score.borderline)
        for score in sorted(scores, key=lambda score: order.get(score.component, 99))
    ]
    return OpenedDiagnosis(attempt.id, attempt.completed_at, lines)
