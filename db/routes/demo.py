"""Routes of the demo: a step that worked, and one that is planned."""

from datetime import timedelta

from db.demo.world import World
from db.notices.demo import send_out
from db.routes import queries, services
from db.routes.models import StepOutcome, StepSetting
from db.routes.rules import may_plan


def make(world: World) -> None:
    """Takes the steps of the stories: what has a word is done the next working day, the last one is ahead."""
    for story in world.stories:
        for step in story.get("route", []):
            _step(world, world.by_key[story["person"]].id, **step)
    send_out(world, world.now)


def _step(world: World, person_id: int, *, days_ago: int, setting: str, word: str = "") -> None:
    session, caller = world.session, world.person(person_id, world.at(-days_ago, 17))
    attempt_id, offers = queries.offers(session, caller)
    item, days = services.take_step(session, caller, attempt_id=attempt_id, item=offers[0].item.code)
    day = days[1]
    if not word:
        caller = world.person(person_id, world.now)
        today = world.now.astimezone(world.zone).date()
        day = next(
            one for n in range(1, 30) if may_plan(one := today + timedelta(days=n), today=today, rules=world.rules)
        )
    services.plan(session, caller, item_id=item.id, day=day, setting=StepSetting(setting))
    if word:
        after = world.person(
            person_id, world.at(-days_ago + (day - caller.now.astimezone(world.zone).date()).days, 16, 40)
        )
        services.report(session, after, item_id=item.id, outcome=StepOutcome.WORKED)
        services.say(session, after, item_id=item.id, word=word)
