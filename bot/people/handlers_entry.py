"""Where people come in: the first screen, the profile that waits, the menu. Other nouns call these."""

from bot import nouns
from bot.people import screens, screens_data, screens_menu, screens_profile
from bot.people.callbacks import ProfileForm
from bot.ui.screens import Screen
from bot.ui.visit import Visit
from db.active import queries as active
from db.applications import campaigns
from db.overviews.home import home
from db.people import queries
from db.people.models import Role
from db.people.queries import Form


async def welcome(visit: Visit, payload: str = "", *, again: bool = False) -> None:
    """The first screen for a stranger; the consent again when its text has changed; after a withdrawal, the ways."""
    if visit.visitor is not None:
        view = await visit.read(queries.consent, person_id=visit.visitor.person_id)
        if view.renewing:
            await visit.show(screens.consent(visit.t, view, payload=payload))
            return
        # Somebody known without a consent has withdrawn it: «nothing is stored» would not be true for a day.
        await visit.show(screens_data.came_back(visit.t, payload))
        return
    await visit.show(screens.welcome(visit.t, visit.context.pack, payload, again=again))


async def go_on_with_profile(visit: Visit, lead: str | None = None) -> None:
    """The profile is not saved yet: offers to go on with the next empty field. A methodist gets the panel's menu."""
    await leave(visit)
    if visit.person.staff_id is not None:
        await visit.show(screens_menu.staff_menu(visit.t, visit.person, lead))
        return
    form = await visit.read(queries.form)
    asked = form.profile.asked
    number = asked.index(form.field) + 1 if form.field else None
    await visit.show(screens.resume(visit.t, form.profile, number, len(asked), lead))


async def menu(visit: Visit, lead: str | None = None) -> None:
    """Shows the menu by role; whatever dialog was open is left, its draft stays.

    `lead` is a text put above, by id or ready as Markup.
    """
    if visit.visitor is None or not visit.visitor.consented:
        await welcome(visit)
        return
    if not visit.visitor.profile_saved:
        await go_on_with_profile(visit, lead)
        return
    await leave(visit)
    view = await visit.read(home)
    counts = [one.count for one in nouns.duties()]
    own = await visit.read(active.own, counts=counts) if Role.ACTIVE_MEMBER in visit.person.roles else None
    screen = screens_menu.menu(visit.t, view, visit.person, visit.context.zone, lead, own=own)
    await visit.show(screen)


async def more(visit: Visit) -> None:
    """Shows the rest of the menu."""
    view = await visit.read(home)
    await visit.show(screens_menu.more(visit.t, view, visit.person))


async def help_page(visit: Visit) -> None:
    """How it works, and the human."""
    newcomer = visit.visitor is None or not visit.visitor.profile_saved
    selections = await visit.read(campaigns.any_held)
    await visit.show(screens.help_screen(visit.t, visit.context.pack, newcomer=newcomer, selections=selections))


async def leave(visit: Visit) -> bool:
    """Waits for no text any more; a deep link goes on waiting for the profile. Answers whether a text was awaited."""
    waited = await visit.dialog.get_state() is not None
    payload = await waiting_link(visit)
    if payload and not (visit.visitor and visit.visitor.profile_saved):
        await visit.expect(None, payload=payload)
    else:
        await visit.expect(None)
    return waited


async def waiting_link(visit: Visit) -> str:
    """The deep link that waits until the profile is saved; nothing where none does."""
    return str((await visit.dialog.get_data()).get("payload", ""))


async def refresh(visit: Visit) -> None:
    """Reads anew who this is, after a consent, a role, a saved profile."""
    visit.forget()
    visit.visitor = await visit.read(
        queries.visitor, platform=visit.context.settings.platform, external_id=visit.user_id
    )


async def show_step(
    visit: Visit, form: Form, *, page: int = 0, letter: int = 0, lead: object = "", corrected: str = ""
) -> None:
    """Shows a step of the profile and waits for its text; the check page waits for none.

    `corrected` is what may have been meant, for a button.
    """
    screen: Screen = screens_profile.step(visit.t, form, page=page, letter=letter, lead=lead, corrected=corrected)
    payload = await waiting_link(visit)
    kept = {"payload": payload} if payload else {}
    if form.field is None:
        await visit.expect(None, **kept)
    else:
        typed = {"typed": corrected or form.typed} if corrected or form.typed else {}
        await visit.expect(ProfileForm.answer, field=form.field, **typed, **kept)
    await visit.show(screen)
