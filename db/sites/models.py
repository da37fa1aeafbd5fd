"""Internship and support sites: schools with proven practice that take trainees."""

import enum
from collections.abc import Iterable

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality, Term, TermKind
from db.people.models import Person


class MasterRole(enum.StrEnum):
    """What somebody of a site's working group does there."""

    LEADER = "leader"
    MASTER = "master"


class Site(Base):
    """A site: what it offers, for which components, whom to ask. `months` is how long its programme takes.

    `working_group` is the word of the source, or of a methodist, on the group behind it; its people are `masters`.
    `kind` is a code of the pack's short list: an internship site (стажировочная) teaches by a programme, a support site
    (опорная) shows and advises.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    title: Mapped[Name]
    organisation: Mapped[Name]
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), index=True)
    about: Mapped[Prose]
    contact: Mapped[Name]
    how_to_join: Mapped[Prose]
    address: Mapped[Name] = mapped_column(default="")
    working_group: Mapped[Prose] = mapped_column(default="")
    programme: Mapped[Name | None]
    months: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)

    municipality: Mapped[Municipality] = relationship()
    of_kind: Mapped[Term | None] = relationship(
        primaryjoin=lambda: and_(foreign(Site.kind) == Term.code, Term.kind == TermKind.SITE_KIND),
        viewonly=True,
        lazy="joined",
    )
    components: Mapped[list["SiteComponent"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    masters: Mapped[list["SiteMaster"]] = relationship(order_by="SiteMaster.id")

    @property
    def kind_name(self) -> str:
        """What the region calls such a site."""
        return self.of_kind.name if self.of_kind else self.kind

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


class SiteMaster(Base):
    """Somebody of a site's working group, a педагог-мастер: a person whom the service knows, or a name alone."""

    __tablename__ = "site_master"
    __table_args__ = (
        UniqueConstraint("site_id", "person_id"),
        CheckConstraint("(person_id IS NULL) = (name <> '')", name="one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name] = mapped_column(default="")
    role: Mapped[MasterRole] = mapped_column(default=MasterRole.MASTER)

    person: Mapped[Person | None] = relationship()
