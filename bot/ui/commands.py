"""The commands that Telegram's own menu shows, by role and language, and what it says of the bot before Start."""

import asyncio

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramRetryAfter
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from bot import nouns
from bot.context import Context
from bot.nouns import Audience
from bot.telegram.backoff import Backoff
from bot.telegram.links import start_pattern
from db.applications import campaigns
from db.dictionaries import services as dictionaries
from db.people.queries import Visitor, role_holders
from db.people.queries import visitor as find_visitor
from locales import DEFAULT_LANGUAGE, languages, translator

TWO_LETTERS = 2
log = structlog.get_logger(__name__)


def commands(language: str, audience: Audience) -> list[BotCommand]:
    """The commands for this audience, described in its language."""
    t = translator(language)
    names = [one.name for one in nouns.commands() if one.shown(audience)]
    return [BotCommand(command=name, description=t.plain(f"menu.command.{name}")) for name in names]


async def publish_commands(bot: Bot, context: Context, stop: asyncio.Event) -> None:
    """Publishes commands and descriptions once and notes the bot's name; quietly tries again while Telegram is away."""
    backoff = Backoff()
    while not stop.is_set():
        try:
            me = await bot.me()
            await context.database.write(
                dictionaries.keep_bot_link,
                platform=context.settings.platform,
                pattern=start_pattern(me.username or ""),
            )
            await _publish(bot, context)
        except TelegramAPIError as error:
            log.debug("commands_not_published", reason=type(error).__name__)
            pause = backoff.after(error)
        else:
            return
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue


async def publish_for(bot: Bot, context: Context, chat_id: int, visitor: Visitor) -> None:
    """One person's own commands, after a role or the language changed; a failure harms nothing."""
    held = await context.database.read(campaigns.any_held)
    audience = Audience(visitor.roles, visitor.staff_id is not None, held)
    try:
        await bot.set_my_commands(commands(visitor.locale, audience), scope=BotCommandScopeChat(chat_id=chat_id))
    except TelegramAPIError as error:
        log.debug("commands_not_published", reason=type(error).__name__)


async def publish_anew(bot: Bot, context: Context, external_id: int) -> None:
    """One person's own commands, after somebody else changed what the person may do."""
    visitor = await context.database.read(find_visitor, platform=context.settings.platform, external_id=external_id)
    if visitor is not None:
        await publish_for(bot, context, external_id, visitor)


async def withdraw_for(bot: Bot, chat_id: int) -> None:
    """One person's own commands are gone with the person."""
    try:
        await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=chat_id))
    except TelegramAPIError as error:
        log.debug("commands_not_withdrawn", reason=type(error).__name__)


async def _publish(bot: Bot, context: Context) -> None:
    scope, held = BotCommandScopeAllPrivateChats(), await context.database.read(campaigns.any_held)
    default = context.settings.locale if context.settings.locale in languages() else DEFAULT_LANGUAGE
    for language in _told_apart(default):
        code = None if language == default else language
        await bot.set_my_commands(commands(language, Audience(selections=held)), scope=scope, language_code=code)
    holders = await context.database.read_aside(role_holders, platform=context.settings.platform)
    for external_id, locale, roles, staff in holders:
        try:
            await bot.set_my_commands(
                commands(locale, Audience(roles, staff, held)), scope=BotCommandScopeChat(chat_id=external_id)
            )
        except TelegramRetryAfter:
            raise
        except TelegramAPIError as error:  # somebody left: the others still get theirs
            log.debug("commands_not_published", reason=type(error).__name__)
    # Last: Telegram takes few changes of these a day, and who is told to wait has all commands already.
    for language in _told_apart(default):
        t, code = translator(language), None if language == default else language
        about = t.plain("menu.description.selections") if held else t.plain("menu.description")
        await bot.set_my_description(about, language_code=code)
        await bot.set_my_short_description(t.plain("menu.short_description"), language_code=code)


def _told_apart(default: str) -> list[str]:
    """Languages that have commands and a description of their own: the messenger knows two-letter codes only."""
    return [language for language in languages() if language == default or len(language) == TWO_LETTERS]
