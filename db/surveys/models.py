"""What people said in surveys of needs: options that they chose, and their own words."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, Prose


class SurveyReply(Base):
    """A reply to one question: codes of options, or words. Neither: the person doesn't want to answer it."""

    __tablename__ = "survey_reply"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[Code] = mapped_column(primary_key=True)
    chosen: Mapped[list[str]]
    words: Mapped[Prose | None]
    replied_at: Mapped[datetime]

    @property
    def said(self) -> bool:
        """Whether it says anything."""
        return bool(self.chosen or self.words)
