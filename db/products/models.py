"""Products and publications of methodical work, with their authors."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality, Term
from db.documents.models import Scan
from db.people.models import Person
from db.plans.models import PlanLine
from db.projects.models import Project


class Product(Base):
    """A product or a publication. `count` above one is a sum: the document names no single ones.

    `year` to `until_year` is a period; `venue` is where it came out. `line` is the line of a plan that it fulfils.
    """

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("until_year IS NULL OR (year IS NOT NULL AND year <= until_year)", name="years"),
        Index(None, "year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    year: Mapped[int | None]
    until_year: Mapped[int | None]
    count: Mapped[int] = mapped_column(default=1)
    venue: Mapped[Name] = mapped_column(default="")
    link: Mapped[Name] = mapped_column(default="")
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("plan_line.id"), index=True)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"), index=True)

    kind: Mapped[Term | None] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    project: Mapped[Project | None] = relationship()
    line: Mapped[PlanLine | None] = relationship()
    scan: Mapped[Scan | None] = relationship()
    authors: Mapped[list["ProductAuthor"]] = relationship(order_by="ProductAuthor.id")


class ProductAuthor(Base):
    """An author: a person whom the service knows, or a name alone."""

    __tablename__ = "product_author"
    __table_args__ = (
        UniqueConstraint("product_id", "person_id"),
        CheckConstraint("(person_id IS NULL) = (name <> '')", name="one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name] = mapped_column(default="")

    person: Mapped[Person | None] = relationship()
