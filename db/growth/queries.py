"""Gathers what a paper of one person is made of."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.diagnostics.queries import Result
from db.dictionaries.queries import bot_link
from db.errors import NotFoundError
from db.nouns import PAPERS, parts
from db.papers import PaperKind, PaperLine, PaperReader
from db.people.models import Person
from db.routes.models import ItemStatus, Route, RouteItem, RouteStatus
from db.routes.queries import last_result


class Paper(enum.StrEnum):
    """The papers that a person may take along."""

    JOURNAL = "journal"
    CARD = "card"
    ROUTE = "route"
    DOSSIER = "dossier"


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What a paper is made of: whose it is, the lines by day, the last result, the route on its form.

    `start` opens the bot with a payload in place of `{payload}`; nothing before the bot's first start.
    """

    full_name: str | None
    position: str | None
    organisation: str | None
    municipality: str | None
    reader: PaperReader
    start: str | None
    lines: Sequence[PaperLine]
    result: Result | None
    items: Sequence[RouteItem] = ()


def own(session: Session, caller: PersonCaller) -> PaperFacts:
    """Gathers the person's own papers."""
    result = last_result(session, caller)
    items = session.scalars(
        select(RouteItem)
        .join(Route)
        .where(
            Route.person_id == caller.person_id,
            Route.status != RouteStatus.CANCELLED,
            RouteItem.status != ItemStatus.DROPPED,
        )
        .order_by(RouteItem.taken_at, RouteItem.id)
    ).all()
    return gathered(session, caller, person_id=caller.person_id, reader=PaperReader.OWNER, result=result, items=items)


def gathered(
    session: Session,
    caller: Caller,
    *,
    person_id: int,
    reader: PaperReader,
    result: Result | None,
    items: Sequence[RouteItem] = (),
) -> PaperFacts:
    """Gathers what every noun says of the person to this reader. Raises NotFoundError for nobody."""
    person = session.scalar(
        select(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .options(joinedload(Person.position), joinedload(Person.organisation), joinedload(Person.municipality))
    )
    if person is None:
        raise NotFoundError
    found = [
        line
        for part in parts(PAPERS).values()
        for line in part.lines(session, caller, person_id=person_id, reader=reader)
    ]
    return PaperFacts(
        full_name=person.full_name,
        position=person.position.name if person.position else None,
        organisation=person.organisation.name if person.organisation else None,
        municipality=person.municipality.name if person.municipality else None,
        reader=reader,
        start=bot_link(session, payload="{payload}"),
        lines=sorted(told_once(found), key=attrgetter("at")),
        result=result,
        items=items,
    )


def told_once(lines: Sequence[PaperLine]) -> list[PaperLine]:
    """Leaves out an event that an internship tells of: its group is an event too."""
    within = {one.payload for one in lines if one.kind is PaperKind.INTERNSHIP and one.payload}
    return [one for one in lines if one.kind is not PaperKind.EVENT or one.payload not in within]
