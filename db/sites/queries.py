"""Reading sites."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload

from db.errors import NotFoundError
from db.sites.models import Site, SiteComponent


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
    found = session.scalar(select(Site).where(Site.id == site_id, Site.active).options(joinedload(Site.municipality)))
    if found is None:
        raise NotFoundError
    return found
