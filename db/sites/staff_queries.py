"""Reads sites for the panel's pages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.sites.models import Site


def sites(session: Session, caller: StaffCaller) -> Sequence[Site]:
    """Lists every site within reach: those that work first, by name."""
    return session.scalars(
        select(Site).where(caller.scope.limits(Site)).order_by(Site.active.desc(), Site.title, Site.id)
    ).all()


def site(session: Session, caller: StaffCaller, *, site_id: int) -> Site:
    """Returns one site. Raises NotFoundError."""
    row = session.get(Site, site_id)
    if row is None:
        raise NotFoundError
    caller.scope.check(row)
    return row
