"""A commission with its members, and shortcuts for what they do."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.applications.models import Campaign, Criterion
from db.applications.queries import Dossier
from db.caller import StaffCaller
from db.commission import assignment, reviews, staff_services
from db.commission.models import (
    Commission,
    CommissionInterest,
    CommissionMember,
    MemberSeat,
    Review,
    ReviewScore,
)
from db.commission.reviews import ReviewDesk
from db.commission.staff_services import CommissionDraft
from db.scope import Scope, StaffRole
from tests.applications.support import World, campaign_id
from tests.support import callers

NUMBERS = range(1, 7)


def declared(session: Session, *, person_id: int, staff_id: int, now: datetime) -> None:
    """Has an account of some commission declare a person."""
    campaign = session.scalars(select(Campaign.id).order_by(Campaign.id)).first() or 0
    if session.get(Commission, campaign) is None:
        session.add(Commission(campaign_id=campaign, created_at=now))
        session.flush()
    if session.get(CommissionMember, (campaign, staff_id)) is None:
        session.add(CommissionMember(campaign_id=campaign, staff_id=staff_id, seat=MemberSeat.MEMBER, joined_at=now))
        session.flush()
    session.add(CommissionInterest(campaign_id=campaign, staff_id=staff_id, person_id=person_id, declared_at=now))
    session.flush()


def noted(session: Session, *, application_id: int, note: str, now: datetime) -> None:
    """A review with words, by an account of its own."""
    staff = Staff(
        login=f"reviewer{application_id}", name="Рецензент", role=StaffRole.REGIONAL_METHODIST, created_at=now
    )
    session.add(staff)
    session.flush()
    review = Review(application_id=application_id, revision=0, staff_id=staff.id, note=note, assigned_at=now)
    review.scores.append(ReviewScore(number=1, score=3))
    session.add(review)
    session.flush()


@dataclass
class Chamber(World):
    """A world where a commission decides: an administrator, the chair, and reviewers by their logins."""

    accounts: dict[str, Scope] = field(default_factory=dict)

    def begin(self, *logins: str, cap: int = 50, reviews: int = 2, spread: int = 5, places: int | None = None) -> int:
        """Begins the commission with a chair who reviews nothing; each login is a member. Returns the campaign."""
        campaign = self.database.read(campaign_id)
        self.accounts["admin"] = self.staff("admin", StaffRole.ADMINISTRATOR)
        self.accounts["chair"] = self.staff("chair")
        draft = CommissionDraft(reviews=reviews, spread=spread, places=places)
        chair = self.accounts["chair"].staff_id
        self.database.write(
            staff_services.begin, self.caller("admin"), campaign_id=campaign, chair_id=chair, draft=draft
        )
        for login in logins:
            self.accounts[login] = self.staff(login)
            self.seat(login, cap=cap)
        return campaign

    def seat(self, login: str, seat: MemberSeat = MemberSeat.MEMBER, **fields: object) -> None:
        """Seats an account, with a reason should reviews have begun."""
        fields.setdefault("reason", "Замена")
        self.database.write(
            staff_services.seat,
            self.caller("admin"),
            campaign_id=self.database.read(campaign_id),
            staff_id=self.accounts[login].staff_id,
            seat=seat,
            **fields,  # type: ignore[arg-type]
        )

    def caller(self, login: str) -> StaffCaller:
        """The account as it asks."""
        return callers.staff(self.accounts[login], self.now)

    def is_person(self, login: str, person_id: int) -> None:
        """Links an account to a person."""
        number = self.accounts[login].staff_id
        self.database.write(
            lambda session: session.execute(update(Staff).where(Staff.id == number).values(person_id=person_id))
        )

    def assign(self) -> assignment.ReviewsAssigned:
        """Gives out what waits."""
        return self.database.write(
            assignment.assign_reviews, self.caller("chair"), campaign_id=self.database.read(campaign_id)
        )

    def desk(self, login: str, application_id: int) -> ReviewDesk:
        """What an account sees of reviews."""
        return self.database.read(reviews.desk, self.caller(login), application_id=application_id)

    def review(self, login: str, application_id: int, *scores: int, note: str = "") -> None:
        """Gives six scores and hands the review in."""
        given = dict(zip(NUMBERS, scores, strict=True))
        self.database.write(reviews.score, self.caller(login), application_id=application_id, scores=given)
        self.database.write(reviews.hand_in, self.caller(login), application_id=application_id, note=note)

    def reviewers(self, application_id: int) -> set[str]:
        """Who has the application."""
        return {
            login for login in self.accounts if login != "admin" and self.desk(login, application_id).own is not None
        }

    def weigh(self, number: int, weight: int) -> None:
        """Gives a criterion a weight, before anybody applies."""
        campaign = self.database.read(campaign_id)
        self.database.write(
            lambda session: session.execute(
                update(Criterion)
                .where(Criterion.campaign_id == campaign, Criterion.number == number)
                .values(weight=weight)
            )
        )

    def sent(self, external_id: int = 2001, **fields: object) -> Dossier:
        """A sent application of a new teacher."""
        return self.submitted(self.teacher(external_id, f"Тестова Вера {external_id}", **fields))
