"""Reference data of a region: municipalities, organisations and the short lists people choose from."""

import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name


class TermKind(enum.StrEnum):
    """Which short list a term belongs to."""

    POSITION = "position"
    SUBJECT = "subject"
    QUALIFICATION = "qualification"
    DIRECTION = "direction"
    SUPPORT_CATEGORY = "support_category"
    EVENT_FORMAT = "event_format"
    ORGANISATION_KIND = "organisation_kind"
    PRODUCT_KIND = "product_kind"
    SITE_KIND = "site_kind"
    ACTIVITY = "activity"
    WORK_LINE = "work_line"
    EVENT_LEVEL = "event_level"
    CONTEST_RESULT = "contest_result"


class Audience(enum.StrEnum):
    """For whom an instrument is written; a position belongs to one of them."""

    TEACHER = "teacher"
    METHODIST = "methodist"
    MANAGER = "manager"


class Centre(Base):
    """A methodical centre (межмуниципальный or самостоятельный) that serves municipalities.

    `training` marks that which ones is an example of ours: no document says it.
    """

    __tablename__ = "centre"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    independent: Mapped[bool] = mapped_column(default=False)
    note: Mapped[Name] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)

    municipalities: Mapped[list["Municipality"]] = relationship(order_by="Municipality.name")


class Municipality(Base):
    """A district or city (МР, ГО, муниципальный округ): the unit of access and reports. Names are verbatim.

    One that is `outside` the service's own territory is only where guests come from; `network` says that its methodical
    service is in the network, whose events its teachers may attend.
    """

    unit = "id"
    __tablename__ = "municipality"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    aliases: Mapped[list[str]]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    outside: Mapped[bool] = mapped_column(default=False)
    network: Mapped[bool] = mapped_column(default=False)


class Organisation(Base):
    """A school, kindergarten or another place of work. `confirmed` is false for one typed by a teacher.

    `nameless` is one that a document counts and does not name: nobody is offered it until it is named in the panel.

    Low results (ШНОР) and hard social conditions are two marks, and a school may bear both.
    """

    organisation_by = "id"
    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("municipality_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
    name: Mapped[Name]
    confirmed: Mapped[bool] = mapped_column(default=True)
    nameless: Mapped[bool] = mapped_column(default=False)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    low_results: Mapped[bool] = mapped_column(default=False)
    hard_conditions: Mapped[bool] = mapped_column(default=False)


class StaffNumber(Base):
    """How many people of a category work in a municipality or the whole region, as a document states it in sum."""

    __tablename__ = "staff_number"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    name: Mapped[Name]
    count: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    positions: Mapped[list[str]] = mapped_column(default=list)
    """Codes of the short list of positions that belong to the category."""
    source: Mapped[Name]


class Term(Base):
    """One line of a short list. A direction's code is its number in the order. `short` fits a button (≤ 30).

    `audience` says of a position which instruments are for it, where these aren't the teachers'.
    """

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("kind", "code"), Index(None, "kind", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TermKind]
    code: Mapped[Code]
    name: Mapped[Name]
    short: Mapped[Code | None]
    group: Mapped[Name | None] = mapped_column(name="group_code")
    audience: Mapped[Audience | None]
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class Setting(Base):
    """What a methodist may change while the product runs: `rules` (see `queries.rules`) and the loaded pack's mark."""

    __tablename__ = "setting"

    key: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
