"""Tables of the panel's accounts, their one-time links and ended sessions."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name
from db.dictionaries.models import Centre, Organisation
from db.scope import StaffRole


class Staff(Base):
    """Holds an account of the panel.

    Municipalities, and those that a centre serves, limit a municipal methodist, an organisation an account of its own;
    other roles see the whole region.

    `epoch` counts how often all its sessions and links were ended at once; a session holds the one it began in. An
    auditor sees one campaign, until a moment: the account is nobody's afterwards.
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("(role = 'organisation') = (organisation_id IS NOT NULL)", name="organisation"),
        CheckConstraint(
            "(role = 'auditor') = (campaign_id IS NOT NULL AND ends_at IS NOT NULL)",
            name="auditor",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    password_hash: Mapped[Name | None]
    role: Mapped[StaffRole]
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime | None]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    ends_at: Mapped[datetime | None]

    # By name: people come after accounts in the order of nouns.
    person: Mapped[Any] = relationship("Person", foreign_keys=person_id)
    centre: Mapped[Centre | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    municipalities: Mapped[list["StaffMunicipality"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="StaffMunicipality.municipality_id"
    )
    directions: Mapped[list["StaffDirection"]] = relationship(cascade="all, delete-orphan")


class StaffMunicipality(Base):
    """A municipality that a municipal methodist works with."""

    __tablename__ = "staff_municipality"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)


class StaffDirection(Base):
    """A direction that a coordinator answers for (ответственный по направлению)."""

    __tablename__ = "staff_direction"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), primary_key=True)


class LinkPurpose(enum.StrEnum):
    """What a one-time link does."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"


class OneTimeLink(Base):
    """A 256-bit link for at most 10 minutes: sign-in from the bot, or connecting a staff account (`st_<token>`)."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EndedSession(Base):
    """A session of the panel that was signed out of; a copy of its cookie would go on otherwise."""

    __tablename__ = "ended_session"

    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class WrongPasswords(Base):
    """How often a wrong password was tried for a login since the first time; whether there is such a login or not."""

    __tablename__ = "wrong_passwords"

    account_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime]
