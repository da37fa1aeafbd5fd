"""Reads sites for the panel's pages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import NotFoundError
from db.scope import Scope
from db.sites.models import Site


def sites(session: Session, *, scope: Scope) -> Sequence[Site]:
    """Every site within reach: those that work first, by name."""
    return session.scalars(
        select(Site).where(scope.limits(Site)).order_by(Site.active.desc(), Site.title, Site.id)
    ).all()


def site(session: Session, *, scope: Scope, site_id: int) -> Site:
    """One site. Raises NotFoundError."""
    row = session.get(Site, site_id)
    if row is None:
        raise NotFoundError
    scope.check(row)
    return row
