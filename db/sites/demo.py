"""Working groups of sites in the demo: their master teachers, as a methodist names them."""

from sqlalchemy import select

from db.demo.world import World
from db.sites.models import MasterRole, Site
from db.sites.staff_services import name_master

SINCE = 120
"""Days: so long ago they were named."""


def make(world: World) -> None:
    """Names whom the recipe names."""
    sites = {row.code: row.id for row in world.session.scalars(select(Site))}
    for item in world.recipe.get("site_masters", []):
        person = world.by_key.get(item.get("person"))
        name_master(
            world.session,
            world.account("region", world.at(-SINCE)),
            site_id=sites[item["site"]],
            role=MasterRole(item.get("role", MasterRole.MASTER)),
            person_id=person.id if person else None,
            called=item.get("name", ""),
        )
