"""Memberships of the methodical active, and municipalities that were invited to take part."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.accounts.models import Staff
from db.base import Base, Code
from db.dictionaries.models import Term
from db.people.models import Person


class MembershipStatus(enum.StrEnum):
    """A membership goes on or has ended."""

    ACTIVE = "active"
    ENDED = "ended"


class MembershipEnd(enum.StrEnum):
    """How a membership ended."""

    TERM = "term"
    EXCLUDED = "excluded"
    LEFT = "left"
    """Consent was withdrawn, or the person erased."""

    UNDONE = "undone"
    """The decision that gave it was taken back."""

    MERGED = "merged"
    """The same was kept under another number of the person."""


class Membership(Base):
    """Makes a teacher an active member: what they work on, for whom, by which order, until when.

    One to a selection; an exception has none, and no direction where it is older than directions. The role of the
    person (`people.RoleGrant`) goes on while any of theirs does. `until` is the last day, nothing where the order does
    not say; `coordinator_id` is who was named for this member, else whoever answers for the direction. At `noted_at`
    the coordinator was told that the term runs out.
    """

    person_by = "person_id"
    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("(status = 'ended') = (ended_at IS NOT NULL AND ended_how IS NOT NULL)", name="ended"),
        Index(
            "uq_membership_active",
            "person_id",
            "campaign_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index(None, "person_id"),
        Index(None, "campaign_id", "direction_id", "status"),
        Index(None, "direction_id", "status"),
        Index(None, "status", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    coordinator_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    order_number: Mapped[Code]
    status: Mapped[MembershipStatus] = mapped_column(default=MembershipStatus.ACTIVE)
    since: Mapped[datetime]
    until: Mapped[date | None]
    noted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[MembershipEnd | None]

    person: Mapped[Person] = relationship()
    direction: Mapped[Term | None] = relationship(foreign_keys=direction_id)
    category: Mapped[Term | None] = relationship(foreign_keys=category_id)
    coordinator: Mapped[Staff | None] = relationship()


class SpotInvitation(Base):
    """Remembers that a municipality without applications was invited to a selection; taken back, it keeps its row."""

    __tablename__ = "spot_invitation"
    __table_args__ = (
        Index(
            "uq_spot_invitation_standing",
            "campaign_id",
            "municipality_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    invited_at: Mapped[datetime]
    invited_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None]
