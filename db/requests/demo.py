"""Requests for help in the demo: some that were answered and helped, some that wait, in their time or after it."""

from typing import Any

from sqlalchemy import select

from db.demo.world import World
from db.notices.demo import send_out
from db.requests import services, staff_services, sweeps
from db.requests.models import HelpRequest, HelpTopic
from db.requests.rules import AWAITED
from db.requests.services import Topic


def make(world: World) -> None:
    """Has people of the chat page ask, and the service answer what the recipe says; the rest comes due in its time."""
    for item in world.recipe.get("requests", []):
        if item["asker"] in world.by_key:
            _ask(world, item)
    _late(world)
    send_out(world, world.now)  # what was asked on a day off is told on the next working one


def _ask(world: World, item: dict[str, Any]) -> None:
    day = world.working(-item["days_ago"])
    at = world.at(day, 10)
    asker = world.person(world.by_key[item["asker"]].id, at)
    services.begin(world.session, asker, topic=_topic(world, item))
    services.write_question(world.session, asker, text=item["question"])
    request_id = services.send(world.session, asker)
    send_out(world, at)
    if item.get("answer"):
        region = world.account("region", world.at(day, 15))
        staff_services.answer(world.session, region, request_id=request_id, text=item["answer"])
        send_out(world, region.now)
        after = world.person(asker.person_id, world.at(day + 1, 9))
        services.close(world.session, after, request_id=request_id, helped=True)
        staff_services.keep_answer(
            world.session, region, request_id=request_id, question=item["question"], answer=item["answer"]
        )


def _topic(world: World, item: dict[str, Any]) -> Topic:
    """By a component, or by the code of a consultation group."""
    if "group" not in item:
        return Topic(component=item["component"])
    group = select(HelpTopic.id).where(HelpTopic.code == item["group"], HelpTopic.consultation)
    return Topic(group_id=world.session.scalars(group).one())


def _late(world: World) -> None:
    """Has the clock find what nobody answered in its time, at the moment when it came due."""
    due = select(HelpRequest.due_at).where(HelpRequest.status.in_(AWAITED), HelpRequest.due_at <= world.now)
    for moment in sorted(filter(None, world.session.scalars(due))):
        sweeps.sweep(world.session, world.clock(moment), rules=world.rules)
        send_out(world, moment)
