"""Reads sites for the panel's pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.caller import StaffCaller
from db.dictionaries.models import Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person
from db.people.staff_queries import people_named
from db.search import matches
from db.sites.models import Site, SiteMaster


@dataclass(frozen=True, slots=True)
class SiteFilter:
    """Which sites are wanted: of a kind, with these words."""

    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SitesPage:
    """A page of sites; `kinds` are (name, how many work) of all within reach."""

    rows: Sequence[Site]
    total: int
    kinds: Sequence[tuple[str, int]]


def sites(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: SiteFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> SitesPage:
    """Finds the sites within reach that are wanted: those that work first, by name."""
    wanted = wanted or SiteFilter()
    seen = caller.scope.limits(Site)
    found: ColumnElement[bool] = and_(
        seen,
        *([Site.kind == wanted.kind] if wanted.kind else []),
        matches(wanted.text, Site.title, Site.organisation),
    )
    rows = session.scalars(
        select(Site)
        .where(found)
        .options(joinedload(Site.municipality), selectinload(Site.masters).joinedload(SiteMaster.person))
        .order_by(Site.active.desc(), Site.title, Site.id)
        .limit(limit)
        .offset(offset)
    ).all()
    total = session.scalar(select(func.count()).select_from(Site).where(found)) or 0
    name = func.coalesce(Term.name, Site.kind)
    kinds = session.execute(
        select(name, func.count(Site.id))
        .outerjoin(Term, and_(Term.kind == TermKind.SITE_KIND, Term.code == Site.kind))
        .where(seen, Site.active)
        .group_by(name, Site.kind)
        .order_by(Site.kind)
    )
    return SitesPage(rows, total, [(row[0], row[1]) for row in kinds])


def site(session: Session, caller: StaffCaller, *, site_id: int) -> Site:
    """Returns one site with its working group. Raises NotFoundError."""
    row = session.scalar(
        select(Site)
        .where(Site.id == site_id)
        .options(joinedload(Site.municipality), selectinload(Site.masters).joinedload(SiteMaster.person))
    )
    if row is None:
        raise NotFoundError
    caller.scope.check(row)
    return row


def working(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the sites within reach that work, by name, to choose from: (id, title)."""
    rows = session.execute(
        select(Site.id, Site.title).where(Site.active, caller.scope.limits(Site)).order_by(Site.title, Site.id)
    )
    return [(row[0], row[1]) for row in rows]


def people_like(session: Session, caller: StaffCaller, *, site_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who are not in the working group: (id, name and place)."""
    inside = select(SiteMaster.person_id).where(SiteMaster.site_id == site_id, SiteMaster.person_id.is_not(None))
    return people_named(session, caller, Person.id.not_in(inside), text=text)
