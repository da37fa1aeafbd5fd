"""Reading sites."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.dictionaries.models import Term, TermKind
from db.errors import NotFoundError
from db.search import natural
from db.sites.models import Site, SiteComponent, SiteMaster


def serving(
    session: Session, *, components: Sequence[str], municipality_id: int | None, limit: int = 3
) -> Sequence[Site]:
    """Lists sites helping with any of the components: the own municipality's first, then those that help with more."""
    if not components:
        return []
    matching = (
        select(SiteComponent.site_id, func.count().label("matches"))
        .where(SiteComponent.component.in_(components))
        .group_by(SiteComponent.site_id)
        .subquery()
    )
    own = case((Site.municipality_id == municipality_id, 0), else_=1)
    return session.scalars(
        select(Site)
        .join(matching, matching.c.site_id == Site.id)
        .where(Site.active)
        .options(joinedload(Site.municipality))
        .order_by(own, matching.c.matches.desc(), Site.id)
        .limit(limit)
    ).all()


def site(session: Session, *, site_id: int) -> Site:
    """Returns one site with its municipality. Raises NotFoundError where it is closed or unknown."""
    found = session.scalar(
        select(Site)
        .where(Site.id == site_id, Site.active)
        .options(joinedload(Site.municipality), selectinload(Site.masters).joinedload(SiteMaster.person))
    )
    if found is None:
        raise NotFoundError
    return found


def kinds(session: Session) -> list[tuple[int, str, int]]:
    """Lists the kinds of sites that there are, in the short list's order: id, name and how many."""
    rows = session.execute(
        select(Term.id, Term.name, func.count(Site.id))
        .join(Site, Site.kind == Term.code)
        .where(Term.kind == TermKind.SITE_KIND, Site.active)
        .group_by(Term.id, Term.name, Term.position)
        .order_by(Term.position, Term.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def of_kind(session: Session, *, kind_id: int) -> tuple[str, Sequence[Site]]:
    """Returns a kind's name and its sites that work, by name. Raises NotFoundError."""
    kind = session.get(Term, kind_id)
    if kind is None or kind.kind is not TermKind.SITE_KIND:
        raise NotFoundError
    rows = session.scalars(select(Site).where(Site.kind == kind.code, Site.active)).all()
    return kind.name, sorted(rows, key=lambda row: natural(row.title))
