"""Documents that the service stands on: orders, letters, programmes, with what each of them founded."""

import enum
from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Code, Name, Prose


class DocumentLevel(enum.StrEnum):
    """Whose document it is."""

    FEDERAL = "federal"
    REGIONAL = "regional"
    MUNICIPAL = "municipal"
    ORGANISATION = "organisation"


class OfficialDocument(Base):
    """A document as it cites itself: `heading` is «Приказ … от … № …», `header` its head in every language it has.

    One without a day is not signed yet, or the source does not say when.
    """

    __tablename__ = "official_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
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
