"""Internship and support sites: schools with proven practice that take trainees."""

import enum
from collections.abc import Iterable

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality


class SiteKind(enum.StrEnum):
    """An internship site (стажировочная) teaches by a programme, a support site (опорная) shows and advises."""

    INTERNSHIP = "internship"
    SUPPORT = "support"


class Site(Base):
    """A site: what it offers, for which components, whom to ask. `months` is how long its programme takes."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[SiteKind]
    title: Mapped[Name]
    organisation: Mapped[Name]
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    about: Mapped[Prose]
    contact: Mapped[Name]
    how_to_join: Mapped[Prose]
    programme: Mapped[Name | None]
    months: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)

    municipality: Mapped[Municipality] = relationship()
    components: Mapped[list["SiteComponent"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def component_codes(self) -> list[str]:
        """The components' codes in the order of the alphabet."""
        return sorted(one.component for one in self.components)

    @component_codes.setter
    def component_codes(self, codes: Iterable[str]) -> None:
        present = {one.component: one for one in self.components}
        self.components = [present.get(code) or SiteComponent(component=code) for code in sorted(codes)]


class SiteComponent(Base):
    """A component of the diagnostics that the site helps with."""

    __tablename__ = "site_component"

    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"), primary_key=True)
    component: Mapped[Code] = mapped_column(primary_key=True, index=True)
