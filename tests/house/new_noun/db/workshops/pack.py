"""Loads the pack's workshops."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.packs import Pack
from db.workshops.models import Workshop


def load(session: Session, caller: Caller, *, pack: Pack) -> None:
    """Adds those that are not there."""
    known = set(session.scalars(select(Workshop.title)))
    titles = pack.section("workshops").get("workshops", [])
    session.add_all(Workshop(title=title) for title in titles if title not in known)


SECTIONS = {"workshops.yaml": load}
