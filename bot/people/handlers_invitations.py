"""Links that give something to a person: a role, a tie to a staff account."""

from bot.people import handlers_entry
from bot.ui.commands import publish_for
from bot.ui.visit import Visit
from db.people import services


async def accept(visit: Visit, token: str) -> None:
    """`inv_<token>`: the role goes to whoever opens the link first."""
    role = await visit.write(services.accept_invitation, token=token)
    await handlers_entry.refresh(visit)
    await publish_for(visit.bot, visit.context, visit.user_id, visit.person)
    await handlers_entry.menu(visit, lead=f"people.role_given.{role.value}")


async def connect_staff(visit: Visit, token: str) -> None:
    """`st_<token>`: this chat belongs to a staff account from now on."""
    await visit.write(services.connect_person, token=token)
    await handlers_entry.refresh(visit)
    await publish_for(visit.bot, visit.context, visit.user_id, visit.person)
    await handlers_entry.menu(visit, lead="people.staff_connected")
