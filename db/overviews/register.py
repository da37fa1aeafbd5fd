"""The register of applications: every column of those that were sent, for a table to keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.accounts.models import Staff
from db.applications.models import Application, ApplicationStatus, Campaign, Document
from db.applications.staff_queries import ApplicationFilter, filtered, ordered
from db.caller import StaffCaller
from db.commission.reviews import means
from db.commission.rules import rounded
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One application with all that was given and decided.

    `scores` by the criterion and their `total` by weights are means of its reviews.
    """

    number: int | None
    campaign: str
    order_number: str
    status: ApplicationStatus
    person_id: int
    name: str
    municipality: str
    organisation: str
    position: str
    subject: str
    qualification: str
    experience_years: int | None
    direction: str
    category: str
    documents: int
    scores: dict[int, float]
    total: float | None
    submitted_at: datetime | None
    taken_by: str
    decided_at: datetime | None
    decided_by: str
    reasons: tuple[str, ...]
    comment: str


def register(session: Session, caller: StaffCaller, *, wanted: ApplicationFilter) -> list[RegisterRow]:
    """Lists every application that the filter finds, in the queue's order, with all its columns."""
    person = joinedload(Application.person)
    statement = ordered(filtered(select(Application), caller.scope, wanted), wanted).options(
        joinedload(Application.direction),
        joinedload(Application.category),
        joinedload(Application.municipality),
        *(
            person.joinedload(getattr(Person, name))
            for name in ("organisation", "position", "subject", "qualification")
        ),
        selectinload(Application.decisions),
    )
    campaigns = {row.id: row for row in session.scalars(select(Campaign))}
    staff = {row.id: row.name for row in session.execute(select(Staff.id, Staff.name))}
    found = session.scalars(statement).all()
    theirs = filtered(select(Application.id), caller.scope, wanted)
    counted = select(Document.application_id, func.count()).where(Document.application_id.in_(theirs))
    documents = {row[0]: row[1] for row in session.execute(counted.group_by(Document.application_id))}
    scored = means(session, caller, application_ids=[row.id for row in found])
    return list(_rows(found, campaigns, staff, documents, scored))


def _rows(
    found: Sequence[Application],
    campaigns: dict[int, Campaign],
    staff: dict[int, str],
    documents: dict[int, int],
    scored: dict[int, dict[int, float]],
) -> Iterator[RegisterRow]:
    for row in found:
        campaign, person = campaigns[row.campaign_id], row.person
        standing = [one for one in row.decisions if one.undone_at is None]
        decision = standing[-1] if standing else None
        weights = {one.number: one.weight for one in campaign.criteria}
        scores = scored.get(row.id, {})
        texts = {(one.verdict, one.number): one.text for one in campaign.reasons}
        yield RegisterRow(
            number=row.number,
            campaign=campaign.title,
            order_number=campaign.order_number,
            status=row.status,
            person_id=row.person_id,
            name=person.full_name or "",
            municipality=row.municipality.name if row.municipality else "",
            organisation=person.organisation.name if person.organisation else "",
            position=person.position.name if person.position else "",
            subject=person.subject.name if person.subject else "",
            qualification=person.qualification.name if person.qualification else "",
            experience_years=person.experience_years,
            direction=f"{row.direction.code}. {row.direction.name}" if row.direction else "",
            category=row.category.name if row.category else "",
            documents=documents.get(row.id, 0),
            scores={number: rounded(score) for number, score in scores.items()},
            total=rounded(sum(score * weights[number] for number, score in scores.items())) if scores else None,
            submitted_at=row.submitted_at,
            taken_by=staff.get(row.assigned_to or 0, ""),
            decided_at=row.decided_at,
            decided_by=staff.get(decision.staff_id or 0, "") if decision else "",
            reasons=tuple(texts.get((decision.verdict, one), str(one)) for one in decision.reasons) if decision else (),
            comment=(decision.comment or "") if decision else "",
        )
