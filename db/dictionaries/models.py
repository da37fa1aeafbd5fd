"""Reference data of a region: municipalities, organisations and the short lists people choose from."""

import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, Name


class TermKind(enum.StrEnum):
    """Which short list a term belongs to."""

    POSITION = "position"
    SUBJECT = "subject"
    QUALIFICATION = "qualification"
    DIRECTION = "direction"
    SUPPORT_CATEGORY = "support_category"
    EVENT_FORMAT = "event_format"


class Municipality(Base):
    """A district or city (МР, ГО, муниципальный округ): the unit of access and reports. Names are verbatim."""

    unit = "id"
    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    aliases: Mapped[list[str]]


class Organisation(Base):
    """A school, kindergarten or another place of work. `confirmed` is false for one typed by a teacher."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[Name]
    confirmed: Mapped[bool] = mapped_column(default=True)


class Term(Base):
    """One line of a short list. A direction's code is its number in the order. `short` fits a button (≤ 30)."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("kind", "code"), Index(None, "kind", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TermKind]
    code: Mapped[Code]
    name: Mapped[Name]
    short: Mapped[Code | None]
    group: Mapped[Name | None] = mapped_column(name="group_code")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Setting(Base):
    """What a methodist may change while the product runs: `rules` (see `queries.rules`) and the loaded pack's mark."""

    __tablename__ = "setting"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
