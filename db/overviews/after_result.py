"""Finds what may help with a result: coming events and sites that serve its weakest components, and centres' advice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.advice.queries import Counsel, counsels
from db.caller import PersonCaller
from db.diagnostics.queries import Result, result
from db.events import queries as events
from db.events.queries import EventLine
from db.sites import queries as sites
from db.sites.models import Site

EVENTS = 3
SITES = 2


@dataclass(frozen=True, slots=True)
class Help:
    """What serves the two highest priorities: coming events and sites, and what the centre recommends."""

    events: Sequence[EventLine] = ()
    sites: Sequence[Site] = ()
    advice: Sequence[Counsel] = ()


def support(session: Session, caller: PersonCaller, *, components: Sequence[str], municipality_id: int | None) -> Help:
    """Finds coming events and sites that serve the components."""
    return Help(
        events.serving(session, caller, components=components, municipality_id=municipality_id, limit=EVENTS),
        sites.serving(session, components=components, municipality_id=municipality_id, limit=SITES),
    )


def help_with(session: Session, caller: PersonCaller, *, found: Result, municipality_id: int | None) -> Help:
    """Finds what helps with an own result: events, sites and advice."""
    codes = [line.component.code for line in found.priorities]
    near = support(session, caller, components=codes, municipality_id=municipality_id)
    return Help(near.events, near.sites, counsels(session, caller, result=found))


def advised(session: Session, caller: PersonCaller, *, attempt_id: int) -> tuple[Result, Sequence[Counsel]]:
    """Returns an own result and what the centre recommends after it. Raises NotFoundError."""
    found = result(session, caller, attempt_id=attempt_id)
    return found, counsels(session, caller, result=found)
