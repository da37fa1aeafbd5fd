"""The first meeting, the menu and the commands that everybody has."""

import re

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import JOIN_TRANSITION, KICKED, ChatMemberUpdatedFilter, CommandObject
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.context import Context
from bot.people import handlers_data, handlers_entry, handlers_links, handlers_profile, screens
from bot.people.callbacks import (
    ConsentTap,
    DeclineTap,
    HelpTap,
    MoreTap,
    PanelTap,
    ReadConsentTap,
    SettingsTap,
    WelcomeTap,
)
from bot.ui.commands import publish_for
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, only_stale
from bot.ui.screens import Button, MenuTap, Screen, menu_row
from bot.ui.visit import Visit
from db.accounts import services as accounts_services
from db.notices import services as notices
from db.people import queries, services
from locales import languages, translator

LINK = re.compile(r"[\w-]{1,56}", re.ASCII)  # with the button's own data it must fit 64 bytes
OPEN = {"gate": "open"}
CONSENT = {"gate": "consent"}

commands = Router(name="people.commands")
router = Router(name="people")
commands.include_router(handlers_data.commands)
router.include_router(handlers_profile.router)
router.include_router(handlers_data.router)


# --- the first meeting ---


@commands.message(TypedCommand("start"), flags=OPEN)
async def start(_message: Message, command: CommandObject, visit: Visit) -> None:
    """First meeting, «go on», or the menu; a link opens as soon as the person may see it."""
    payload = (command.args or "").strip()
    if visit.visitor is not None and (visit.visitor.roles or visit.visitor.staff_id):
        await publish_for(visit.bot, visit.context, visit.user_id, visit.visitor)  # a role may have come from the panel
    if payload and not (LINK.fullmatch(payload) and visit.links.find(payload)):
        visit.above, payload = visit.t("menu.unknown_link"), ""
    if visit.visitor is None or not (visit.visitor.consented and visit.visitor.profile_saved):
        payload = await visit.links.kept(visit, payload)
    if visit.visitor is None or not visit.visitor.consented:
        await handlers_entry.welcome(visit, payload)
        return
    await _arrive(visit, payload)


@router.callback_query(WelcomeTap.filter(), flags=OPEN)
async def first_screen(_tap: CallbackQuery, callback_data: WelcomeTap, visit: Visit) -> None:
    """Back to the first screen."""
    if visit.visitor is not None and visit.visitor.consented:
        await _arrive(visit, callback_data.payload)
        return
    await visit.show(screens.welcome(visit.t, visit.context.pack, callback_data.payload))


@router.callback_query(ReadConsentTap.filter(), flags=OPEN)
async def read_consent(_tap: CallbackQuery, callback_data: ReadConsentTap, visit: Visit) -> None:
    """A page of the consent."""
    if visit.visitor is not None and visit.visitor.consented:
        await _arrive(visit, callback_data.payload)
        return
    person_id = visit.visitor.person_id if visit.visitor else None
    view = await visit.read(queries.consent, person_id=person_id)
    await visit.show(screens.consent(visit.t, view, callback_data.page, callback_data.payload))


async def _consent_again(visit: Visit, tap: ConsentTap) -> None:
    """The words that are in force now."""
    view = await visit.read(queries.consent)
    await visit.show(screens.consent(visit.t, view, payload=tap.payload))


@router.callback_query(ConsentTap.filter(), flags={**OPEN, FLAG: Afresh(_consent_again)})
async def agree(_tap: CallbackQuery, callback_data: ConsentTap, visit: Visit) -> None:
    """The consent is given: from here on the person is known."""
    await visit.context.database.write(
        services.give_consent,
        visit.stranger,
        platform=visit.context.settings.platform,
        external_id=visit.user_id,
        version=callback_data.version,
        locale=visit.t.language,
    )
    await handlers_entry.refresh(visit)
    if not visit.person.profile_saved and visit.links.needs_profile(callback_data.payload):
        if callback_data.payload:
            await visit.expect(None, payload=callback_data.payload)
        await handlers_entry.show_step(visit, await visit.read(queries.form))
        return
    await _arrive(visit, callback_data.payload)


@router.callback_query(DeclineTap.filter(), flags=OPEN)
async def decline(_tap: CallbackQuery, callback_data: DeclineTap, visit: Visit) -> None:
    """No consent, no record, no reproach."""
    await visit.show(screens.declined(visit.t, visit.context.pack, callback_data.payload))


async def _arrive(visit: Visit, payload: str) -> None:
    """Somebody who gave consent: the link, the profile that waits, or the menu."""
    if payload and (visit.person.profile_saved or not visit.links.needs_profile(payload)):
        await handlers_entry.leave(visit)
        await handlers_links.open_link(visit, payload)
        return
    if payload:
        await visit.expect(None, payload=payload)
    await handlers_entry.menu(visit)


# --- commands and the menu ---


@commands.message(TypedCommand("menu"), flags=CONSENT)
async def menu_command(_message: Message, visit: Visit) -> None:
    """The menu, from any state."""
    await handlers_entry.menu(visit)


@commands.callback_query(MenuTap.filter(), flags=CONSENT)
async def menu_tap(_tap: CallbackQuery, visit: Visit) -> None:
    """«В меню»."""
    await handlers_entry.menu(visit)


@router.callback_query(MoreTap.filter())
async def more_tap(_tap: CallbackQuery, visit: Visit) -> None:
    """The rest of the menu."""
    await handlers_entry.more(visit)


@commands.message(TypedCommand("cancel"), flags=CONSENT)
async def cancel(_message: Message, visit: Visit) -> None:
    """Leaves the dialog; whatever was entered stays."""
    waited = await handlers_entry.leave(visit)
    await handlers_entry.menu(visit, lead="menu.cancelled" if waited else "menu.nothing_to_cancel")


@commands.message(TypedCommand("help"), flags=OPEN)
async def help_command(_message: Message, visit: Visit) -> None:
    """How it works, and the human; a stranger may ask too."""
    await handlers_entry.help_page(visit)


@router.callback_query(HelpTap.filter(), flags=OPEN)
async def help_tap(_tap: CallbackQuery, callback_data: HelpTap, visit: Visit) -> None:
    """«Помощь», or who sees what."""
    if callback_data.topic == "privacy":
        await visit.show(screens.privacy(visit.t, visit.context.pack))
        return
    await handlers_entry.help_page(visit)


@commands.message(TypedCommand("settings"), flags=CONSENT)
async def settings_command(_message: Message, visit: Visit) -> None:
    """Language, reminders, time."""
    await _settings(visit)


async def _settings_again(visit: Visit, _tap: object) -> None:
    await _settings(visit)


@router.callback_query(SettingsTap.filter(), flags={**CONSENT, FLAG: Afresh(_settings_again, only_stale)})
async def settings_tap(_tap: CallbackQuery, callback_data: SettingsTap, visit: Visit) -> None:
    """One change, shown at once."""
    if callback_data.change == "language" and callback_data.value in languages():
        await visit.write(
            services.change_language,
            platform=visit.context.settings.platform,
            external_id=visit.user_id,
            locale=callback_data.value,
        )
        await handlers_entry.refresh(visit)
        visit.t = translator(callback_data.value)
        await publish_for(visit.bot, visit.context, visit.user_id, visit.person)
    elif callback_data.change == "reminders":
        await visit.write(services.change_reminders, wanted=callback_data.value == "on")
    await _settings(visit)


async def _settings(visit: Visit) -> None:
    view, rules = await visit.read(queries.settings)
    context = visit.context
    await visit.show(screens.settings(visit.t, view, rules, context.pack, context.zone, visit.now))


@commands.message(TypedCommand("panel"), flags=CONSENT)
async def panel_command(_message: Message, visit: Visit) -> None:
    """A one-time link to the panel, for staff."""
    await _panel(visit)


@router.callback_query(PanelTap.filter(), flags=CONSENT)
async def panel_tap(_tap: CallbackQuery, visit: Visit) -> None:
    """«Панель»."""
    await _panel(visit)


async def _panel(visit: Visit) -> None:
    await handlers_entry.refresh(visit)  # a right that was taken a second ago is gone
    if visit.person.staff_id is None:
        await visit.show(Screen(visit.t("people.not_staff"), [menu_row(visit.t)]))
        return
    token = await visit.write(accounts_services.issue_sign_in_link)
    url = f"{visit.context.settings.panel_url}/link/{token}"
    await visit.receipt(_panel_link(visit, url))


def _panel_link(visit: Visit, url: str) -> Screen:
    """Telegram opens public addresses from a button; one of this machine can only stand in the text."""
    if url.startswith("https://"):
        return Screen(
            visit.t("people.panel_link"),
            [[Button(visit.t.plain("people.panel_open"), url=url)], menu_row(visit.t)],
        )
    return Screen(visit.t("people.panel_link_text", url=url), [menu_row(visit.t)])


# --- who left and who came back ---


@router.my_chat_member(F.chat.type == ChatType.PRIVATE, ChatMemberUpdatedFilter(member_status_changed=KICKED))
async def blocked(change: ChatMemberUpdated, context: Context) -> None:
    """The person blocked the bot: nothing is sent any more."""
    await context.database.write(
        services.mark_blocked,
        context.caller,
        platform=context.settings.platform,
        external_id=change.from_user.id,
    )


@router.my_chat_member(F.chat.type == ChatType.PRIVATE, ChatMemberUpdatedFilter(member_status_changed=JOIN_TRANSITION))
async def came_back(change: ChatMemberUpdated, context: Context) -> None:
    """The person unblocked the bot: messages may come again, and one tells of those that were lost."""
    await context.database.write(
        notices.come_back,
        context.caller,
        platform=context.settings.platform,
        external_id=change.from_user.id,
    )
    context.notices_may_wait.set()
