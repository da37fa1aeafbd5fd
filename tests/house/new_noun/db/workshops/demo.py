"""A workshop of the demo."""

from db.demo.world import World
from db.workshops.models import Workshop


def make(world: World) -> None:
    """Adds it."""
    world.session.add(Workshop(title="Мастерская из примера"))
