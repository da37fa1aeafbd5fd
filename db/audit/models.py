"""The append-only record of changes and of reading personal data."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code


class AuditEntry(Base):
    """Who did what to which object, and whose data it was. No names: numbers only, so that it survives erasure.

    Whose data a list or a file showed is in `AuditSubject`.
    `actor` is `staff:<id>`, `person:<id>` or `system`. `action` is `<noun>.<verb>`.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_person_id", "at"),
        Index(None, "actor", "at"),
        Index(None, "object_type", "object_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[Code]
    action: Mapped[Code]
    object_type: Mapped[Code]
    object_id: Mapped[int | None]
    subject_person_id: Mapped[int | None]
    municipality_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


class AuditSubject(Base):
    """One of those whose data an entry showed: everybody of a list, of an export, of a look-up."""

    __tablename__ = "audit_subject"
    __table_args__ = (Index(None, "person_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
