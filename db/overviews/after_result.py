"""Finds what may help with a result: coming events and sites that serve its weakest components."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.caller import Caller
from db.events import queries as events
from db.events.queries import EventLine
from db.sites import queries as sites
from db.sites.models import Site

EVENTS = 3
SITES = 2


@dataclass(frozen=True, slots=True)
class Help:
    """What serves the two highest priorities: coming events and sites."""

    events: Sequence[EventLine] = ()
    sites: Sequence[Site] = ()


def support(session: Session, caller: Caller, *, components: Sequence[str], municipality_id: int | None) -> Help:
    """Finds coming events and sites that serve the components."""
    return Help(
        events.serving(session, caller, components=components, municipality_id=municipality_id, limit=EVENTS),
        sites.serving(session, components=components, municipality_id=municipality_id, limit=SITES),
    )
