"""The commission of a selection: its members and what they declare, reviews with their scores, sittings."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.accounts.models import Staff
from db.applications.models import Application, Campaign
from db.base import Base, Prose
from db.dictionaries.models import Organisation
from db.people.models import Person


class MemberSeat(enum.StrEnum):
    """What a member is in a commission. An observer neither reviews nor votes."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    OBSERVER = "observer"


class ReviewStatus(enum.StrEnum):
    """Where a review is: given to a reviewer, handed in, given back; or made where there is no commission."""

    ASSIGNED = "assigned"
    DONE = "done"
    RELEASED = "released"
    FREE = "free"


class ChangedThing(enum.StrEnum):
    """What of a commission was changed after its reviews began."""

    REVIEWS = "reviews"
    SPREAD = "spread"
    PLACES = "places"
    SEAT = "seat"
    CAP = "cap"
    ACTING = "acting"
    INTEREST = "interest"
    SITTING = "sitting"
    REVIEWER = "reviewer"


class Commission(Base):
    """The commission of one selection.

    `reviews` are wanted of every application, and one more where their sums lie further apart than `spread` points.
    `places` is how many may enter, for the rehearsal of a cut-off. `training` marks one whose members are ours.
    """

    __tablename__ = "commission"
    __table_args__ = (
        CheckConstraint("reviews BETWEEN 1 AND 5", name="reviews"),
        CheckConstraint("spread BETWEEN 1 AND 240", name="spread"),
        CheckConstraint("places IS NULL OR places BETWEEN 1 AND 100000", name="places"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True, autoincrement=False)
    reviews: Mapped[int] = mapped_column(default=2)
    spread: Mapped[int] = mapped_column(default=5)
    places: Mapped[int | None]
    training: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    campaign: Mapped[Campaign] = relationship()
    members: Mapped[list["CommissionMember"]] = relationship(order_by="CommissionMember.joined_at")


class CommissionMember(Base):
    """An account in a commission. `cap` is how many reviews it takes at most; `acting` decides in the chair's place."""

    __tablename__ = "commission_member"
    __table_args__ = (
        CheckConstraint("cap BETWEEN 0 AND 1000", name="cap"),
        CheckConstraint("NOT acting OR seat IN ('secretary', 'member')", name="acting"),
        Index(
            "uq_commission_member_chair",
            "campaign_id",
            unique=True,
            sqlite_where=text("seat = 'chair'"),
            postgresql_where=text("seat = 'chair'"),
        ),
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("commission.campaign_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False, index=True)
    seat: Mapped[MemberSeat]
    cap: Mapped[int] = mapped_column(default=0)
    acting: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()


class CommissionInterest(Base):
    """Says whom a member does not review by the own word: one person, or everybody of one organisation.

    It stays when the member leaves the seat, for the time that the member comes back.
    """

    organisation_by = "organisation_id"

    __tablename__ = "commission_interest"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one"),
        UniqueConstraint("campaign_id", "staff_id", "person_id"),
        UniqueConstraint("campaign_id", "staff_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("commission.campaign_id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    declared_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship()
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Review(Base):
    """One reviewer's look at an application as it was sent: `revision` says at which sending.

    `total` is the sum of its scores by the criteria's weights, once it is handed in.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("application_id", "revision", "staff_id"),
        CheckConstraint("(status = 'done') <= (total IS NOT NULL AND done_at IS NOT NULL)", name="done"),
        Index(None, "staff_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    revision: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    status: Mapped[ReviewStatus] = mapped_column(default=ReviewStatus.ASSIGNED)
    total: Mapped[int | None]
    note: Mapped[Prose] = mapped_column(default="")
    assigned_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    application: Mapped[Application] = relationship()
    staff: Mapped[Staff] = relationship()
    scores: Mapped[list["ReviewScore"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin", order_by="ReviewScore.number"
    )


class ReviewScore(Base):
    """A reviewer's score of one criterion."""

    __tablename__ = "review_score"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 3", name="score"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    score: Mapped[int]


class CommissionSitting(Base):
    """A sitting of a commission and how its vote on the lists ended."""

    __tablename__ = "commission_sitting"
    __table_args__ = (
        Index(None, "campaign_id", "held_on"),
        CheckConstraint("agreed >= 0 AND against >= 0 AND abstained >= 0", name="votes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("commission.campaign_id", ondelete="CASCADE"))
    held_on: Mapped[date]
    agreed: Mapped[int]
    against: Mapped[int]
    abstained: Mapped[int]
    written_at: Mapped[datetime]

    present: Mapped[list["CommissionPresence"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin", order_by="CommissionPresence.staff_id"
    )


class CommissionPresence(Base):
    """Who was at a sitting."""

    __tablename__ = "commission_presence"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("commission_sitting.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, autoincrement=False)


class CommissionChange(Base):
    """What was changed in a commission after its reviews began, by whom and why: the protocol tells it.

    `member_id` is whose seat, cap or declaration it is; `before` and `after` are codes, numbers or days.
    """

    __tablename__ = "commission_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("commission.campaign_id", ondelete="CASCADE"), index=True)
    what: Mapped[ChangedThing]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    before: Mapped[str | None] = mapped_column(String(20))
    after: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[Prose]
    changed_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    changed_at: Mapped[datetime]

    member: Mapped[Staff | None] = relationship(foreign_keys=[member_id])
    author: Mapped[Staff] = relationship(foreign_keys=[changed_by])
