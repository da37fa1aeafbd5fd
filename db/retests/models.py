"""A short re-test of one component of a person's last result, with one question about then."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code
from db.diagnostics.models import Attempt
from db.routes.models import RouteItem


class RetestStatus(enum.StrEnum):
    """A re-test is open or done."""

    OPEN = "open"
    DONE = "done"


_OPEN = text("status = 'open'")


class Retest(Base):
    """One component of a result (`attempt_id`), asked again; whose it is, that result says.

    No attempt of its own: so no report, no block and no list of results can count it. `version_id` is what asks,
    `then_item` the item of which it asks how it was then, `route_item_id` the step that it answers.
    """

    __tablename__ = "retest"
    __table_args__ = (
        Index("uq_retest_open", "attempt_id", "component", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "attempt_id", "component"),
        CheckConstraint("(status = 'done') = (completed_at IS NOT NULL)", name="completed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    component: Mapped[Code]
    then_item: Mapped[Code]
    route_item_id: Mapped[int | None] = mapped_column(ForeignKey("route_item.id"), index=True)
    status: Mapped[RetestStatus] = mapped_column(default=RetestStatus.OPEN)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship()
    step: Mapped[RouteItem | None] = relationship()


class RetestAnswer(Base):
    """An answer of a re-test, as those of an attempt; the item `_then` is how one sees the former time today."""

    __tablename__ = "retest_answer"
    __table_args__ = (CheckConstraint("value IS NULL OR value BETWEEN 0 AND 5", name="value"),)

    retest_id: Mapped[int] = mapped_column(ForeignKey("retest.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int | None]
    answered_at: Mapped[datetime]
