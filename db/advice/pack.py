"""Loads the pack's categories of positions and what its centre recommends after a result."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints
from sqlalchemy import delete, select

from db.advice.models import AdviceCategory, CentreAdvice
from db.advice.rules import SIGNED, TEXT, TITLE, WHY
from db.advice.staff_queries import levels, matters
from db.dictionaries.models import Centre, Term, TermKind
from db.documents.models import OfficialDocument
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Section, unknown
from db.sites.models import Site

NOT_COLUMNS = {"code", "demo", "category", "centre", "site", "document"}


def _fitting(most: int) -> Any:
    return StringConstraints(min_length=3, max_length=most, strip_whitespace=True)


class CategoryEntry(Entry):
    """Describes a category of those who are advised, by the codes of its positions."""

    code: Code
    name: Line
    positions: list[Code] = Field(min_length=1)


class AdviceEntry(Entry):
    """Describes a piece of advice. Who signs it is the service where nobody is named, or the `centre` whose it is."""

    code: Code
    category: Code | None = None
    component: Code | None = None
    levels: list[Code] = []
    title: Annotated[str, _fitting(TITLE)]
    text: Annotated[str, _fitting(TEXT)]
    why: Annotated[str, _fitting(WHY)]
    centre: Code | None = None
    site: Code | None = None
    document: Code | None = None
    signed_by: Annotated[str, _fitting(SIGNED)] | None = None
    signed_on: date


class AdviceSection(Section):
    """`advice.yaml`."""

    FILE: ClassVar[str] = "advice"

    categories: list[CategoryEntry] = []
    advice: list[AdviceEntry] = []


def load(loading: Loading) -> None:
    """Loads `advice.yaml`; where examples are not wanted, those that an older version loaded go."""
    session, section = loading.session, loading.section(AdviceSection)
    for item in loading.pack.left_out("advice"):
        # As it was invented: one that somebody wrote over is the operator's own.
        session.execute(delete(CentreAdvice).where(CentreAdvice.code == item["code"], CentreAdvice.training))
    positions = set(session.scalars(select(Term.code).where(Term.kind == TermKind.POSITION)))
    categories: dict[str, int] = {}
    for place, entry in enumerate(section.categories, 1):
        held = [one for one in entry.positions if one in positions]
        values: dict[str, Any] = {"name": entry.name, "positions": held, "position": place}
        row = loading.put(AdviceCategory, entry.code, {"code": entry.code}, values)
        if row is not None:
            categories[entry.code] = row.id
    parts = {one.code for one in matters(session)}
    steps = {code for code, _ in levels(session)}
    of = {
        table: dict(session.execute(select(table.code, table.id)).all()) for table in (Centre, Site, OfficialDocument)
    }
    for place, one in enumerate(section.advice, 1):
        for code in one.levels:
            _known(one.code, code, steps)
        if one.component is not None and one.component not in parts:
            continue  # of an instrument that this region does not offer
        values = one.model_dump(exclude=NOT_COLUMNS)
        values |= {
            "position": place,
            "category_id": _id(one.code, one.category, categories),
            "centre_id": _id(one.code, one.centre, of[Centre]),
            "site_id": _id(one.code, one.site, of[Site]),
            "document_id": _id(one.code, one.document, of[OfficialDocument]),
            "signed_by": one.signed_by or loading.pack.about.service_name[:SIGNED],
            "training": one.demo,
        }
        loading.put(CentreAdvice, one.code, {"code": one.code}, values, once={"active": True})


def _id(advice: str, code: str | None, known: dict[str, int]) -> int | None:
    if code is None:
        return None
    _known(advice, code, set(known))
    return known[code]


def _known(advice: str, code: str, known: set[str]) -> None:
    if code not in known:
        raise ValueError(f"advice «{advice}» names «{code}», which there is not: {unknown(code, known)}")


SECTIONS = {"advice": load}
