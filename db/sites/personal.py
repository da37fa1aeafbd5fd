"""A person's part in the working groups of sites: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.reassign import reassign
from db.sites.models import Site, SiteMaster

PLACE = 57


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns in how many working groups."""
    return {"site_masters": select(func.count()).where(SiteMaster.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """The sites that one teaches at."""
    rows = session.execute(
        select(Site.title, SiteMaster.role)
        .join(SiteMaster, SiteMaster.site_id == Site.id)
        .where(SiteMaster.person_id == person_id)
        .order_by(SiteMaster.id)
    )
    return {"site_masters": [{"title": title, "role": role.value} for title, role in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes one out of the working groups: their names are shown to everybody."""
    gone = session.execute(delete(SiteMaster).where(SiteMaster.person_id == person_id).returning(SiteMaster.id)).all()
    return {"site_masters": len(gone)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """The same: nothing else is of one person."""
    return stop(session, caller, person_id=person_id)


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every place in a working group; of two in one group the kept person's stays."""
    reassign(session, SiteMaster.person_id, kept_id=kept_id, gone_id=gone_id, alike=[SiteMaster.site_id])
    session.execute(delete(SiteMaster).where(SiteMaster.person_id == gone_id))
