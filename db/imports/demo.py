"""The lists of the demo: people whom services know already, with consents on paper, by the same steps as any list."""

from datetime import datetime

from sqlalchemy import select

from db.demo.world import Listed, World
from db.imports import queries, services, sweeps
from db.imports.models import ImportKind
from db.people.demo import HEAD, come_to_work
from db.people.importing import COLUMNS, CONSENT
from db.people.models import Person
from db.spreadsheet import Grid

TITLE = "people.csv"


def make(world: World) -> None:
    """Brings the lists in, one for everybody who comes at the same moment; then people take up their work."""
    lists: dict[datetime, list[Listed]] = {}
    for one in world.listed:
        lists.setdefault(one.at, []).append(one)
    for at, people in sorted(lists.items()):
        _bring(world, at, people)
    known = world.session.execute(select(Person.full_name, Person.id).where(Person.full_name.is_not(None)))
    ids = dict(known.all())
    for one in world.listed:
        one.person.id = ids[one.row["full_name"]]
    sweeps.forget_lists(world.session, world.clock(world.now))
    come_to_work(world)


def _bring(world: World, at: datetime, people: list[Listed]) -> None:
    session, caller, header = world.session, world.account(HEAD, at), [*COLUMNS, CONSENT]
    rows = [(line, [one.row.get(name, "") for name in header]) for line, one in enumerate(people, 2)]
    number = services.keep(session, caller, kind=ImportKind.PEOPLE, title=TITLE, grid=Grid(header, rows))
    plan = queries.preview(session, caller, upload_id=number).plan
    if plan is None or plan.errors:
        raise ValueError(f"the demo's people: {plan.errors[0].code if plan else 'no columns'}")
    turn = services.begin(session, caller, upload_id=number)
    services.put(session, caller, upload_id=number, turn=turn, changes=plan.changes)
    services.finish(session, caller, upload_id=number, turn=turn)
