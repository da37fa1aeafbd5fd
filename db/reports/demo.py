"""Tells what may be told of the demo's people: as the hours since would have."""

from db.demo.world import World
from db.reports.sweeps import publish_facts


def make(world: World) -> None:
    """Makes the batches that reports sum."""
    publish_facts(world.session, world.clock(world.now))
