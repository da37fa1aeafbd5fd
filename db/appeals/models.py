"""Appeals: a refused teacher asks, once a decision and within a term, that somebody else looks at it again."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.applications.models import Application, Decision
from db.base import Base, Prose


class AppealStatus(enum.StrEnum):
    """Where an appeal is."""

    WAITING = "waiting"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


class Appeal(Base):
    """What a teacher says against a refusal, and what was answered to it.

    `due_at` is the end of the last day to answer; `reminded_at` when staff heard that it comes near. `answered_by` is
    empty where the application was taken up again without it. `text` and `answer` go with the person's data.
    """

    __tablename__ = "appeal"
    __table_args__ = (Index(None, "status", "due_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id", ondelete="CASCADE"), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    status: Mapped[AppealStatus] = mapped_column(default=AppealStatus.WAITING)
    text: Mapped[Prose | None]
    filed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answer: Mapped[Prose | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    application: Mapped[Application] = relationship()
    decision: Mapped[Decision] = relationship()
