"""Lists that somebody brings in: what waits to be looked at, what was changed by it, so that it can be undone."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, Name


class ImportKind(enum.StrEnum):
    """What a list is of."""

    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    STAFF_NUMBERS = "staff_numbers"
    TRAINING = "training"
    RESULTS = "results"


class ImportStatus(enum.StrEnum):
    """A list waits to be looked at, is being brought in, is in, is being undone, is undone, or was dropped."""

    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"


class Upload(Base):
    """A list as it was read: `content` has its header and rows until it is in or dropped, then nothing.

    `columns` says in which column each field stands. `turn` counts who works on it: whoever began last goes on.
    `worked_at` is when a piece of it was brought in last.
    """

    __tablename__ = "upload"
    __table_args__ = (
        Index(
            "uq_upload_going",
            "status",
            unique=True,
            sqlite_where=text("status = 'going'"),
            postgresql_where=text("status = 'going'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ImportKind]
    title: Mapped[Name]
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.WAITING)
    turn: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    columns: Mapped[dict[str, Any]]
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    worked_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class UploadChange(Base):
    """One row that a list added or changed, with what stood there before; days are written as texts."""

    __tablename__ = "upload_change"
    __table_args__ = (Index(None, "table_name", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), index=True)
    table_name: Mapped[Code]
    row_id: Mapped[int]
    added: Mapped[bool]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
