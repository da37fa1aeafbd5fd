"""People in the bot, their consent and roles; staff of the panel and their one-time links."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, ExternalId, Name, Prose
from db.dictionaries.models import Municipality, Organisation, Term

PROFILE = "erased_at IS NULL AND profile_saved_at IS NOT NULL"
"""Who is counted: `db/people/queries.py: has_profile`, in the very words of its index."""


class Role(enum.StrEnum):
    """What a person may do in the bot besides being a teacher."""

    MENTOR = "mentor"
    ACTIVE_MEMBER = "active_member"


class Person(Base):
    """Somebody who gave consent, in the bot or on paper. No phone, no username.

    `birth_date` is told of whoever was entered by a list, until they are met in the bot. `merged_into_id` says under
    which number all goes on of somebody who was kept twice; nothing is left in such a row.
    """

    organisation_by = "organisation_id"
    __tablename__ = "person"
    __table_args__ = (
        Index(None, "municipality_id", "full_name"),
        Index(
            "ix_person_profile",
            "municipality_id",
            "position_id",
            "id",
            sqlite_where=text(PROFILE),
            postgresql_where=text(PROFILE),
        ),
        CheckConstraint("experience_years IS NULL OR experience_years BETWEEN 0 AND 70", name="experience"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[Name | None]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    position_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    qualification_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    experience_years: Mapped[int | None]
    birth_date: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    profile_saved_at: Mapped[datetime | None]
    reminders: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    municipality: Mapped[Municipality | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    position: Mapped[Term | None] = relationship(foreign_keys=position_id)
    subject: Mapped[Term | None] = relationship(foreign_keys=subject_id)
    qualification: Mapped[Term | None] = relationship(foreign_keys=qualification_id)


class MessengerAccount(Base):
    """Where a person is in one messenger: the number there, the language, since when the bot is blocked.

    A person may have several; a notice goes to the first that has not blocked the bot.
    """

    __tablename__ = "messenger_account"
    __table_args__ = (UniqueConstraint("platform", "external_id"), Index(None, "person_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[Code]
    external_id: Mapped[ExternalId]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    locale: Mapped[str] = mapped_column(String(8))
    blocked_at: Mapped[datetime | None]


class ConsentText(Base):
    """A published version of the consent's words; never changed, only followed by the next version."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("purpose", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Code]
    version: Mapped[int]
    text: Mapped[Prose]
    text_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]


class Consent(Base):
    """One person's consent to one version of the text (152-ФЗ, art. 9); withdrawal keeps the row."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person_id", "consent_text_id", "given_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    consent_text_id: Mapped[int] = mapped_column(ForeignKey("consent_text.id"))
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class RoleGrant(Base):
    """Gives a role to a person; it is revoked, not deleted.

    An active member is one by an order: that of the selection, or, where an administrator made an exception, the one
    named there with its reason.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_live",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        CheckConstraint("role != 'active_member' OR order_number IS NOT NULL", name="membership"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revoked_at: Mapped[datetime | None]
    order_number: Mapped[Code | None]
    reason: Mapped[Prose | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revoked_reason: Mapped[Prose | None]


class Invitation(Base):
    """A link `inv_<token>` that gives a role to whoever opens it first; only the token's hash is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role]
    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime]
    used_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None]


class Claim(Base):
    """Somebody's word that a record which a methodist entered is of themselves.

    By a one-time link `cl_<token>` of the methodist (only the hash is kept), or, without a token, an offer that waits
    for a methodist: `person_id` is whoever came in the bot.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("token_hash IS NOT NULL OR person_id IS NOT NULL", name="way"),
        Index(
            "uq_claim_offered",
            "record_id",
            "person_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND token_hash IS NULL"),
            postgresql_where=text("closed_at IS NULL AND token_hash IS NULL"),
        ),
        Index(None, "record_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    accepted: Mapped[bool] = mapped_column(default=False)


class PersonMerge(Base):
    """Two records that were made one, for as long as they can be parted again.

    `changes` are the rows that became otherwise, with what stood there before and after; `standing`, the keys of the
    rows that both had then, wherever one of two had to be chosen.
    """

    __tablename__ = "person_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(index=True)
    gone_id: Mapped[int] = mapped_column(index=True)
    merged_at: Mapped[datetime] = mapped_column(index=True)
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    changes: Mapped[dict[str, Any]]
    standing: Mapped[dict[str, Any]]


class Erasure(Base):
    """The act of an erasure: whose row (a number only), when, on whose word, what was erased and what stays why.

    `done_at` is when it was erased for everybody who asks; `scrubbed_at`, when the database's files were rid of it too.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        Index(
            "ix_erasure_unscrubbed",
            "id",
            sqlite_where=text("scrubbed_at IS NULL"),
            postgresql_where=text("scrubbed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    requested_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    scrubbed_at: Mapped[datetime | None]
    requested_by: Mapped[Code]
    summary: Mapped[dict[str, Any]]
