"""The outbox: everything said without being asked."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code

EXPIRED = "expired"
BLOCKED = "blocked"
"""Why one did not arrive; who comes back hears of it."""

UNWIPED = text("NOT wiped")
LEASED = text("claimed_until IS NOT NULL")


class NoticeStatus(enum.StrEnum):
    """Where a notice is on its way."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Notice(Base):
    """Keeps one message to one person.

    `key` makes it happen once; `params` hold ids and staff's own words, the text is rendered when it is sent, in the
    person's language. `expected` notices (a decision, a ticket, a seat) ignore quiet hours and the weekly limit; the
    others wait for a waking hour. `wiped` says that what it told is forgotten.
    """

    __tablename__ = "notice"
    __table_args__ = (
        # Of a mailing all are due at the same moment: without the id each look would sort all of them.
        Index(None, "status", "due_at", "id"),
        Index(None, "person_id", "status", "sent_at"),
        Index("ix_notice_leased", "person_id", sqlite_where=LEASED, postgresql_where=LEASED),
        # What is to be wiped one day; what is wiped already is not looked at ever again.
        Index("ix_notice_unwiped", "due_at", sqlite_where=UNWIPED, postgresql_where=UNWIPED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Code]
    params: Mapped[dict[str, Any]]
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.PENDING)
    expected: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    sent_at: Mapped[datetime | None]
    wiped: Mapped[bool] = mapped_column(default=False)
