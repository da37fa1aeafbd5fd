"""The register of training in the demo: what a methodist wrote down, and what a teacher has sent."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.people.models import Person
from db.training import services
from db.training.rules import YEARS, YOUNG
from db.training.staff_services import TrainingDraft, write_down

YEAR = 365


def make(world: World) -> None:
    """Writes the courses of the recipe down."""
    recipe = world.recipe.get("training", {})
    if recipe:
        _young(world, recipe["courses"], recipe["young"])
    for item in recipe.get("sent", []):
        _sent(world, item)


def _young(world: World, courses: list[dict[str, Any]], count: int) -> None:
    """So many who have worked for less than three years, each a course within the last three."""
    dice = world.dice("training")
    known = [one.id for one in world.people if not one.newcomer]
    query = select(Person).where(Person.id.in_(known), Person.experience_years < YOUNG).order_by(Person.id)
    today = world.now.astimezone(world.zone).date()
    for number, person in enumerate(world.session.scalars(query.limit(count)).all()):
        course = courses[number % len(courses)]
        since = min(YEARS * YEAR - 30, 200 + YEAR * (person.experience_years or 0))
        issued = today + timedelta(days=world.working(-dice.randint(20, since)))
        draft = TrainingDraft(
            title=course["title"],
            organisation=course["organisation"],
            hours=course["hours"],
            document=str(number + 1),
            issued_on=issued,
            of_project=course["of_project"],
        )
        staff = world.account("region", world.at(-min(15, dice.randint(1, 15)), 12))
        write_down(world.session, staff, person_id=person.id, draft=draft, training=True)


def _sent(world: World, item: dict[str, Any]) -> None:
    """What somebody told the bot and sent."""
    if item["person"] not in world.by_key:
        return
    session, who = world.session, world.person(world.by_key[item["person"]].id, world.at(-2, 18))
    record = services.begin(session, who)
    for field in ("title", "organisation", "document"):
        services.put_text(session, who, record_id=record.id, field=field, text=item[field])
    services.put_hours(session, who, record_id=record.id, hours=item["hours"])
    day = who.now.astimezone(world.zone).date() + timedelta(days=world.working(-item["days_ago"]))
    services.put_day(session, who, record_id=record.id, day=day)
    services.put_project(session, who, record_id=record.id, of_project=item["of_project"])
    services.send(session, who, record_id=record.id)
