"""Tables of the read API's tokens and of how often each was used."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, Name


class ApiToken(Base):
    """Lets a program read reports as one account of the panel sees them, without names, until a day.

    `epoch` is the account's when the token was made: whatever ends its sessions ends the token, a restored backup too.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Name]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    epoch: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class ApiReading(Base):
    """How often a token read a report on one local day; the first time of a day is a line of the journal too."""

    __tablename__ = "api_reading"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    report: Mapped[Code] = mapped_column(primary_key=True)
    times: Mapped[int]
