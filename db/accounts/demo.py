"""The accounts of the panel in the demo, all with the same password: that is for a sandbox only."""

from sqlalchemy import select

from db.accounts import staff_services
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.demo.world import World
from db.dictionaries.models import Centre, TermKind
from db.scope import StaffRole


def make(world: World) -> None:
    """Adds them; who of them is a person in the bot too is connected once there are people."""
    centres = {row.code: row.id for row in world.session.scalars(select(Centre))}
    for item in world.recipe["staff"]:
        staff_id = staff_services.create_staff(
            world.session,
            world.clock(world.start),
            login=item["login"],
            name=item["name"],
            role=StaffRole(item["role"]),
            password=world.password,
            municipality_codes=item.get("municipalities", []),
            centre_id=centres.get(item.get("centre")),
            direction_ids=[world.term(TermKind.DIRECTION, number) for number in item.get("directions", [])],
        )
        world.staff[item["login"]] = scope_of(world.session.get_one(Staff, staff_id))
