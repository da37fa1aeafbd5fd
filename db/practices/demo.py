"""Practices of the demo: published ones that others applied, one that came back, one that is with the experts."""

from typing import Any

from sqlalchemy import func, or_, select

from db.demo.world import World
from db.events.queries import component_names
from db.notices.demo import send_out
from db.people.models import Person
from db.practices import experts, services, staff_services, trials
from db.practices.models import PracticeExpert, PracticeVerdict
from db.practices.rules import NEEDED, PracticePart

LOOKED = 3
"""Days: as long as the experts took."""
DECIDED = 5


def make(world: World) -> None:
    """Has the recipe's teachers propose what it says; who applied it and who looked at it are others of the demo."""
    for item in world.recipe.get("practices", []):
        if item["person"] in world.by_key:
            _practice(world, item)
    send_out(world, world.now)


def _practice(world: World, item: dict[str, Any]) -> None:
    session, author = world.session, _person(world, item["person"])
    own = world.person(author.id, world.at(-item["days_ago"], 11))
    number = services.start(session, own)
    for part in NEEDED:
        services.tell(session, own, practice_id=number, part=part, text=item[part.value])
    if "authors" in item:
        services.tell(session, own, practice_id=number, part=PracticePart.AUTHORS, text=item["authors"])
    codes = list(component_names(session))
    for place in item["components"]:
        services.choose_component(session, own, practice_id=number, component=codes[place])
    services.send(session, own, practice_id=number)
    remarks = item.get("remarks", [])
    for person_id in _strangers(world, author)[: len(remarks)]:
        staff = world.account("region", world.at(-item["days_ago"], 15))
        staff_services.appoint(session, staff, practice_id=number, person_id=person_id)
    rows = session.scalars(select(PracticeExpert).where(PracticeExpert.practice_id == number)).all()
    for one, remark in zip(rows, remarks, strict=True):
        if remark and one.person_id is not None:
            expert = world.person(one.person_id, world.at(-item["days_ago"] + LOOKED, 16))
            verdict = PracticeVerdict(item.get("verdict", "publish"))
            experts.review(session, expert, expert_id=one.id, verdict=verdict, remark=remark)
    if "verdict" in item:
        staff = world.account("region", world.at(-item["days_ago"] + DECIDED, 12))
        done = {"verdict": PracticeVerdict(item["verdict"]), "said": item.get("said", "")}
        staff_services.decide(session, staff, practice_id=number, **done)
    others = _strangers(world, author)[2:]
    for person_id, word in zip(others, item.get("applied", []), strict=False):
        who = world.person(person_id, world.at(-item["days_ago"] + DECIDED + 2, 16))
        trials.apply(session, who, practice_id=number, word=word)


def _person(world: World, key: int) -> Person:
    """The person whom the recipe names."""
    return world.session.get_one(Person, world.by_key[key].id)


def _strangers(world: World, author: Person) -> list[int]:
    """People of other organisations, the first who came first."""
    others = select(Person.id).where(
        Person.id.in_([one.id for one in world.people if not one.newcomer and one.id]),
        Person.id != author.id,
        Person.profile_saved_at.is_not(None),
        Person.erased_at.is_(None),
        or_(Person.organisation_id.is_(None), Person.organisation_id != func.coalesce(author.organisation_id, 0)),
    )
    return list(world.session.scalars(others.order_by(Person.id).limit(12)))
