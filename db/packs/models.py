"""What a pack gave, as a table."""

from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code


class PackEntry(Base):
    """Keeps what a pack gave: the row that its entry became, and what was said of it last.

    So what staff changed since can be told from what the pack changed.
    """

    __tablename__ = "pack_entry"
    __table_args__ = (UniqueConstraint("table_name", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[Code]
    code: Mapped[str] = mapped_column(String(400))
    row_id: Mapped[int]
    given: Mapped[dict[str, Any]]
