"""What centres recommend after a result: rules of the pack and of staff, by category, component and level."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Centre
from db.documents.models import OfficialDocument
from db.sites.models import Site


class AdviceCategory(Base):
    """A category of those who are advised: the positions, by their codes, that belong to it."""

    __tablename__ = "advice_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    positions: Mapped[list[str]]
    position: Mapped[int] = mapped_column(default=0)


class CentreAdvice(Base):
    """One piece of advice: for whom, about what, in which words, signed by whom and when.

    No category is everybody, no component any of them, no `levels` (codes of a questionnaire's) any. A centre's own is
    for people of the municipalities that it serves; without a centre it is the whole service's. `training` marks an
    example of ours that no document gives.
    """

    __tablename__ = "centre_advice"
    __table_args__ = (CheckConstraint("signed_by <> ''", name="signed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("advice_category.id"), index=True)
    component: Mapped[Code | None] = mapped_column(index=True)
    levels: Mapped[list[str]]
    title: Mapped[Name]
    text: Mapped[Prose]
    why: Mapped[Prose]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id", ondelete="SET NULL"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id", ondelete="SET NULL"), index=True)
    signed_by: Mapped[Name]
    signed_on: Mapped[date]
    training: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    centre: Mapped[Centre | None] = relationship()
    category: Mapped[AdviceCategory | None] = relationship()
    site: Mapped[Site | None] = relationship()
    document: Mapped[OfficialDocument | None] = relationship()
