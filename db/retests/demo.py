"""Re-tests of the demo: what came of the step that worked."""

from datetime import timedelta

from db.demo.world import World
from db.retests import queries, services
from db.retests.rules import THEN
from db.routes.queries import last_result, past

ANSWERING = timedelta(seconds=15)


def make(world: World) -> None:
    """Rates the component of a story's last done step again."""
    for story in world.stories:
        for told in story.get("retests", []):
            _take(world, world.by_key[story["person"]].id, **told)


def _take(world: World, person_id: int, *, days_ago: int, better: int, then: int) -> None:
    """Every answer is `better` steps above the former one, as far as the scale goes."""
    session, at = world.session, world.at(-days_ago, 19)
    done = next((one for one in past(session, world.person(person_id, at)) if one.component), None)
    if done is None or last_result(session, world.person(person_id, at)) is None:
        return
    one = queries.card_of_step(session, world.person(person_id, at), item_id=done.id).outlook
    caller = world.person(person_id, at)
    step = services.begin(session, caller, attempt_id=one.attempt_id, number=one.number)
    while step.item is not None:
        at += ANSWERING
        code = step.item.code
        value = then if code == THEN else min((one.before[code] or 0) + better, 4)
        caller = world.person(person_id, at)
        step = services.answer(session, caller, retest_id=step.retest_id, item=code, value=value)
    services.finish(session, caller, retest_id=step.retest_id)
