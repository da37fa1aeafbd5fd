"""A person's own calendar address, which a phone subscribes to."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class CalendarFeed(Base):
    """The secret in the address of a person's feed. Kept as it is: whoever asks again must get the same address."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
