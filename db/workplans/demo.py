"""Plans of the demo's groups: written by their heads, with what has been done since."""

from datetime import timedelta

from sqlalchemy import select

from db.demo.world import World
from db.diary.rules import school_year
from db.groups.models import MethodicalGroup
from db.workplans import services


def make(world: World) -> None:
    """Enters the plans of those groups of the recipe that have a head and a plan."""
    for item in world.recipe.get("groups", []):
        lines = item.get("plan", [])
        group_id = world.session.scalar(select(MethodicalGroup.id).where(MethodicalGroup.name == item["name"]))
        if not lines or group_id is None or "head" not in item:
            continue
        head_id, written = world.by_key[item["head"]].id, world.at(-40, 12)
        year = school_year(written.astimezone(world.zone).date())
        for number, one in enumerate(lines):
            head = world.person(head_id, written + timedelta(minutes=number))
            line_id = services.add(world.session, head, group_id=group_id, year=year, text=one["text"])
            services.set_term(world.session, head, line_id=line_id, code=str(one["often"]))
            if "done" in one:
                after = world.person(head_id, world.at(-5, 16))
                services.done(world.session, after, line_id=line_id, slot=0)
                services.say(world.session, after, line_id=line_id, slot=0, word=one["done"])
