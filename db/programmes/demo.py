"""Groups of programmes in the demo: opened, planned and published as a methodist does, joined by young teachers."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.events import seats
from db.events import staff_services as events
from db.events.models import Registration
from db.notices.demo import send_out
from db.people.models import Person
from db.presence import staff_services as presence
from db.programmes.models import Programme
from db.programmes.staff_services import (
    LessonDraft,
    ModuleLine,
    ProgrammeDraft,
    RunDraft,
    add_lesson,
    open_run,
    save_modules,
    save_programme,
)
from db.sites.models import Site

OPENED_BEFORE = timedelta(days=21)
LESSON = timedelta(minutes=90)
LESSON_HOURS = 2


def make(world: World) -> None:
    """Plays the programmes and the groups that the recipe tells of."""
    for item in world.recipe.get("own_programmes", []):
        _programme(world, item)
    taken: set[int] = set()
    for item in world.recipe.get("programme_runs", []):
        _run(world, item, taken)


def _programme(world: World, item: dict[str, Any]) -> None:
    """One of a region whose documents name none; its title says that it is an example."""
    caller = world.account("region", world.at(-item["days_ago"], 10))
    draft = ProgrammeDraft(
        code=item["code"],
        title=item["title"],
        about=item.get("about", ""),
        months_from=item["months"],
        months_to=item["months"],
        active=True,
    )
    programme_id = save_programme(world.session, caller, programme_id=None, draft=draft)
    modules = [ModuleLine(None, one["title"], one["hours"], one.get("component", "")) for one in item["modules"]]
    save_modules(world.session, caller, programme_id=programme_id, modules=modules)


def _run(world: World, item: dict[str, Any], taken: set[int]) -> None:
    session = world.session
    programme = session.scalars(select(Programme).where(Programme.code == item["programme"])).one()
    site_id = session.scalars(select(Site.id).where(Site.code == item["site"])).one()
    today = world.now.astimezone(world.zone).date()
    first = today + timedelta(days=world.working(item["starts_in_days"]))
    starts_at = datetime.combine(first, time(8), world.zone)
    opened = min(starts_at - OPENED_BEFORE, world.now - timedelta(days=3))
    staff = world.account("region", opened)
    draft = RunDraft(
        programme_id=programme.id,
        site_id=site_id,
        personal=item.get("personal", False),
        starts_at=starts_at,
        ends_at=datetime.combine(first + timedelta(days=item["lasts_days"]), time(21), world.zone),
        capacity=item.get("capacity"),
    )
    event_id = open_run(session, staff, draft=draft)
    lessons = []
    for number in range(item["lessons"]):
        ahead = world.working((first - today).days + number * item["every_days"])
        begins = datetime.combine(today + timedelta(days=ahead), time(15), world.zone)
        lesson = LessonDraft(
            module_id=programme.modules[number % len(programme.modules)].id,
            starts_at=begins,
            ends_at=begins + LESSON,
            hours=LESSON_HOURS,
        )
        lessons.append((begins, add_lesson(session, staff, event_id=event_id, draft=lesson)))
    events.publish(session, staff, event_id=event_id)
    for number, person_id in enumerate(_young(world, taken, item["seated"])):
        at = opened + timedelta(hours=2 + number * 5)
        seats.register(session, world.person(person_id, at), event_id=event_id)
        if person_id in world.in_messenger:
            send_out(world, at)
    places = select(Registration.id).where(Registration.event_id == event_id).order_by(Registration.id)
    came = session.scalars(places).all()
    for number, (begins, session_id) in enumerate(lessons):
        if begins + LESSON < world.now:
            after = world.account("region", begins + LESSON)
            here = [one for place, one in enumerate(came) if (place + number) % 7]
            presence.sit_in(session, after, event_id=event_id, session_id=session_id, registration_ids=here)


def _young(world: World, taken: set[int], count: int) -> list[int]:
    """People of the lists who have worked for less than three years, each in one group."""
    known = [one.id for one in world.people if not one.newcomer and one.key is None]
    young = select(Person.id).where(Person.id.in_(known), Person.experience_years < 3).order_by(Person.id)
    found = [one for one in world.session.scalars(young) if one not in taken][:count]
    taken.update(found)
    return found
