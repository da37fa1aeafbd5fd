"""Documents that the service stands on: orders, letters, programmes, with what each of them founded."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose


class DocumentLevel(enum.StrEnum):
    """Whose document it is."""

    FEDERAL = "federal"
    REGIONAL = "regional"
    MUNICIPAL = "municipal"
    ORGANISATION = "organisation"


class Scan(Base):
    """A signed paper as a file of the storage. Size in bytes; who owns the scan names it by `scan_id`."""

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[Name]
    stored_name: Mapped[str] = mapped_column(String(64), unique=True)
    media_type: Mapped[str] = mapped_column(String(128))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime]


class DocumentKind(enum.StrEnum):
    """What sort of paper it is, in the order in which lists have them. A statute is a положение or an устав."""

    LAW = "law"
    ORDER = "order"
    LETTER = "letter"
    PROGRAMME = "programme"
    STATUTE = "statute"
    OTHER = "other"


class OfficialDocument(Base):
    """A document as it cites itself: `heading` is «Приказ … от … № …», `header` its head in every language it has.

    One without a day is not signed yet, or the source does not say when. The scan of a `shared` one is for everybody in
    the bot; of any other it stays with those who may learn names: a signed paper may have some.
    """

    __tablename__ = "official_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[DocumentKind] = mapped_column(default=DocumentKind.OTHER)
    level: Mapped[DocumentLevel]
    heading: Mapped[Name] = mapped_column(default="")
    number: Mapped[Name] = mapped_column(default="")
    signed_on: Mapped[date | None]
    title: Mapped[Prose]
    header: Mapped[list[str]] = mapped_column(default=list)
    founded: Mapped[Prose] = mapped_column(default="")
    link: Mapped[Name] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")
    """Where it is named."""
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)

    shared: Mapped[bool] = mapped_column(default=False)

    scan: Mapped[Scan | None] = relationship()

    @property
    def named(self) -> str:
        """What tells the document from any other: its title, with the heading where there is one."""
        return f"{self.title} ({self.heading})" if self.heading else self.title
