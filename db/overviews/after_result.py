"""Finds what may help with a result: coming events and sites that serve its components, and centres' advice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.advice.queries import Counsel, counsels
from db.caller import PersonCaller
from db.diagnostics.queries import ComponentResult, Result, result
from db.events import queries as events
from db.events.queries import EventLine
from db.retests import queries as retests
from db.retests.queries import RetestResult
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


@dataclass(frozen=True, slots=True)
class ComponentSeen:
    """One component of an own result by its number: what serves it, and what the result's re-tests have told."""

    result: Result
    number: int
    support: Help
    retests: Sequence[RetestResult]


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


def numbered(one: Result, number: int) -> tuple[int, ComponentResult]:
    """Returns a component of a result by its number, the number corrected to what exists."""
    number = min(max(number, 0), len(one.components) - 1)
    return number, one.components[number]


def component_seen(
    session: Session, caller: PersonCaller, *, attempt_id: int, number: int, municipality_id: int | None
) -> ComponentSeen:
    """Returns all that the page of one component tells. Raises NotFoundError."""
    found = result(session, caller, attempt_id=attempt_id)
    number, line = numbered(found, number)
    wanted = line.score.deficit or line.score.need
    codes = [line.component.code]
    near = support(session, caller, components=codes, municipality_id=municipality_id) if wanted else Help()
    return ComponentSeen(found, number, near, retests.of_result(session, caller, attempt_id=attempt_id))


def advised(session: Session, caller: PersonCaller, *, attempt_id: int) -> tuple[Result, Sequence[Counsel]]:
    """Returns an own result and what the centre recommends after it. Raises NotFoundError."""
    found = result(session, caller, attempt_id=attempt_id)
    return found, counsels(session, caller, result=found)
