"""Broadcasts of the demo."""

from datetime import datetime
from typing import Any

from db.broadcasts import staff_services
from db.broadcasts.staff_queries import BroadcastAudience, reach
from db.broadcasts.sweeps import sweep
from db.demo.world import World
from db.notices.demo import send_out
from db.people.models import Role


def make(world: World) -> None:
    """Writes one that arrived and one that is a draft."""
    for item in world.recipe["broadcasts"]:
        if item["days_ago"] is None:
            _write(world, item, world.now)
        elif reach(world.session, audience=_audience(item)).count:
            _send(world, item, world.at(world.working(-item["days_ago"]), 11))


def _write(world: World, item: dict[str, Any], at: datetime) -> int:
    audience = _audience(item)
    return staff_services.create(world.session, world.account(item["author"], at), text=item["text"], audience=audience)


def _send(world: World, item: dict[str, Any], at: datetime) -> None:
    broadcast_id = _write(world, item, at)
    staff_services.start(
        world.session,
        world.account(item["author"], at),
        broadcast_id=broadcast_id,
        revision=0,
        typed=reach(world.session, audience=_audience(item)).count,
    )
    for _ in range(2):  # the second finds that nobody is left
        sweep(world.session, world.clock(at), rules=world.rules)
        send_out(world, at)


def _audience(item: dict[str, Any]) -> BroadcastAudience:
    return BroadcastAudience(role=Role(item["role"]) if "role" in item else None)
