"""Links that give something to a person: a role, a place of work, a tie to a staff account."""

from bot.people import handlers_entry
from bot.ui.commands import publish_for
from bot.ui.visit import Visit
from db import merging
from db.limits import whole
from db.people import queries, services


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


async def from_poster(visit: Visit, code: str) -> None:
    """`org_<code>`: a newcomer is not asked for the school; who has a profile is told where to change it."""
    form, name = await visit.write(services.come_from, organisation_id=whole(code) or 0)
    if visit.person.profile_saved and form.profile.organisation == name:
        await handlers_entry.menu(visit)
        return
    key = "people.poster_elsewhere" if visit.person.profile_saved else "people.poster_noted"
    visit.forget()  # events near a person depend on the municipality
    await handlers_entry.show_step(visit, form, lead=visit.t(key, organisation=name))


async def claim(visit: Visit, token: str) -> None:
    """`cl_<token>`: a record that a methodist entered is of whoever was given its link."""
    await visit.write(merging.claim, token=token)
    await handlers_entry.refresh(visit)
    await publish_for(visit.bot, visit.context, visit.user_id, visit.person)
    if visit.person.profile_saved:
        await handlers_entry.menu(visit, lead="people.claimed")
        return
    await handlers_entry.show_step(visit, await visit.read(queries.form), lead=visit.t("people.claimed_check"))
