"""One search over everything that the panel names: people, applications, events, organisations."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.applications import staff_queries as applications
from db.applications.staff_queries import ApplicationFilter, QueueRow
from db.caller import StaffCaller
from db.dictionaries import staff_queries as dictionaries
from db.dictionaries.staff_queries import OrganisationFilter, OrganisationRow
from db.events import staff_queries as events
from db.events.staff_queries import EventFilter, EventRow
from db.limits import whole
from db.people import staff_queries as people
from db.people.staff_queries import PersonFilter, PersonRow

MOST = 8
"""Of each kind; a list of one's own shows the rest."""
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of each kind within reach."""

    people: Sequence[PersonRow]
    applications: Sequence[QueueRow]
    events: Sequence[EventRow]
    organisations: Sequence[OrganisationRow]

    def __bool__(self) -> bool:
        return bool(self.people or self.applications or self.events or self.organisations)


def everywhere(session: Session, caller: StaffCaller, *, text: str) -> Found:
    """Looks for words in any order and case, or for the number of an application.

    Who sees no names finds neither people nor applications, for either would tell whose name fits.
    """
    number = whole(text)
    if number is None and len(text) < SHORTEST:
        return Found((), (), (), ())
    wanted = ApplicationFilter(status=None, text=text)
    named = caller.scope.sees_names
    found = applications.queue(session, caller, wanted=wanted, offset=0, limit=MOST) if named else ()
    if number is not None:
        return Found((), found, (), ())
    return Found(
        people.listing(session, caller, narrowed=PersonFilter(text=text), page=1, size=MOST)[0] if named else (),
        found,
        events.rows(session, caller, narrowed=EventFilter(text=text), limit=MOST, offset=0),
        dictionaries.organisations(session, caller, narrowed=OrganisationFilter(text=text), limit=MOST, offset=0),
    )
