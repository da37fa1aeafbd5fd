"""Requests for help in the demo: one that was answered and helped, one that waits."""

from typing import Any

from db.demo.world import World
from db.notices.demo import send_out
from db.requests import services, staff_services
from db.requests.services import Topic


def make(world: World) -> None:
    """Has people of the chat page ask, and the service answer what the recipe says."""
    for item in world.recipe.get("requests", []):
        if item["asker"] in world.by_key:
            _ask(world, item)
    send_out(world, world.now)  # what was asked on a day off is told on the next working one


def _ask(world: World, item: dict[str, Any]) -> None:
    at = world.at(-item["days_ago"], 10)
    asker = world.person(world.by_key[item["asker"]].id, at)
    services.begin(world.session, asker, topic=Topic(component=item["component"]))
    services.write_question(world.session, asker, text=item["question"])
    request_id = services.send(world.session, asker)
    send_out(world, at)
    if item.get("answer"):
        region = world.account("region", world.at(-item["days_ago"], 15))
        staff_services.answer(world.session, region, request_id=request_id, text=item["answer"])
        send_out(world, region.now)
        after = world.person(asker.person_id, world.at(-item["days_ago"] + 1, 9))
        services.close(world.session, after, request_id=request_id, helped=True)
        staff_services.keep_answer(
            world.session, region, request_id=request_id, question=item["question"], answer=item["answer"]
        )
