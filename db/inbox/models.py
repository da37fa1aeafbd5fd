"""What came in from a messenger and is not handled yet, and where each dialog stands."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, ExternalId, Prose


class UpdateStatus(enum.StrEnum):
    """Where an update is."""

    RECEIVED = "received"
    HANDLED = "handled"
    QUARANTINED = "quarantined"


class IncomingUpdate(Base):
    """Keeps a raw update, stored before it is acknowledged.

    Names are cut out of it on arrival; the payload is dropped once it is handled, the number stays so that a second
    delivery changes nothing. Each platform counts by itself.
    """

    __tablename__ = "incoming_update"
    __table_args__ = (
        Index(None, "status", "update_id"),
        Index(None, "received_at"),
        Index(
            "ix_incoming_update_waiting",
            "platform",
            "chat_key",
            "update_id",
            sqlite_where=text("status = 'received'"),
            postgresql_where=text("status = 'received'"),
        ),
    )

    platform: Mapped[Code] = mapped_column(primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    chat_key: Mapped[ExternalId]
    payload: Mapped[Prose | None]
    status: Mapped[UpdateStatus] = mapped_column(default=UpdateStatus.RECEIVED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class Lane(Base):
    """Which bot process has a chat in hand, where several share a database. `token` is of this very holding."""

    __tablename__ = "lane"

    platform: Mapped[Code] = mapped_column(primary_key=True)
    chat_key: Mapped[ExternalId] = mapped_column(primary_key=True, autoincrement=False)
    process: Mapped[int] = mapped_column(BigInteger, index=True)
    token: Mapped[int] = mapped_column(BigInteger)
    leased_until: Mapped[datetime]


class Dialog(Base):
    """Keeps which text the bot waits for in a chat («the next text is the answer to X»), over restarts.

    The key begins with the platform.
    """

    __tablename__ = "dialog"

    key: Mapped[Code] = mapped_column(primary_key=True)
    state: Mapped[Code | None]
    data: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
