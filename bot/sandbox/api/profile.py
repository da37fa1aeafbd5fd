"""The bot's commands, name and descriptions; chats and reactions."""

import re

from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call
from bot.sandbox.refusals import Json, bad_request
from bot.sandbox.state import BotState

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")


@method("setMyCommands")
async def set_my_commands(call: Call) -> bool:
    """The menu for a scope and language."""
    commands = call.struct("commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH" if commands else "can't parse commands")
    checked = []
    for item in commands:
        name, description = str(item.get("command", "")).removeprefix("/"), str(item.get("description", ""))
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        checked.append({"command": name, "description": description})
    call.bot.commands[_place(call)] = checked
    call.bot.world.tell("commands", {})
    return True


@method("getMyCommands")
async def get_my_commands(call: Call) -> list[Json]:
    """The menu of exactly this scope and language."""
    return call.bot.commands.get(_place(call), [])


@method("deleteMyCommands")
async def delete_my_commands(call: Call) -> bool:
    """No menu of its own for this scope and language."""
    call.bot.commands.pop(_place(call), None)
    call.bot.world.tell("commands", {})
    return True


def commands_for(bot: BotState, person_id: int, language: str) -> list[Json]:
    """The menu a person sees: the narrowest scope first, in it the own language first."""
    for scope in (f"chat:{person_id}", "all_private_chats", "default"):
        for code in (language, ""):
            if (scope, code) in bot.commands:
                return bot.commands[scope, code]
    return []


def _place(call: Call) -> tuple[str, str]:
    scope = call.struct("scope") or {"type": "default"}
    kind = str(scope.get("type", "default"))
    if kind == "chat":
        call.bot.chat(int(scope.get("chat_id") or 0))
        kind = f"chat:{scope['chat_id']}"
    return kind, _language(call)


def _language(call: Call) -> str:
    language = call.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("LANG_CODE_INVALID")
    return language


@method("setMyName")
async def set_my_name(call: Call) -> bool:
    """The bot's name."""
    return _set(call, "name", 64)


@method("getMyName")
async def get_my_name(call: Call) -> Json:
    """The bot's name."""
    return {"name": _get(call, "name") or call.bot.world.bot_name}


@method("setMyDescription")
async def set_my_description(call: Call) -> bool:
    """The text in an empty chat."""
    return _set(call, "description", 512)


@method("getMyDescription")
async def get_my_description(call: Call) -> Json:
    """The text in an empty chat."""
    return {"description": _get(call, "description")}


@method("setMyShortDescription")
async def set_my_short_description(call: Call) -> bool:
    """The text on the bot's page."""
    return _set(call, "short_description", 120)


@method("getMyShortDescription")
async def get_my_short_description(call: Call) -> Json:
    """The text on the bot's page."""
    return {"short_description": _get(call, "short_description")}


def _set(call: Call, name: str, limit: int) -> bool:
    value = call.text(name)
    if len(value) > limit:
        raise bad_request(f"{name.replace('_', ' ')} is too long")
    call.bot.profile[name, _language(call)] = value
    call.bot.world.tell("commands", {})
    return True


def _get(call: Call, name: str) -> str:
    profile = call.bot.profile
    return profile.get((name, _language(call))) or profile.get((name, ""), "")


@method("setChatMenuButton")
async def set_chat_menu_button(call: Call) -> bool:
    """The button beside the input field."""
    chat_id = call.integer("chat_id")
    if chat_id:
        call.bot.chat(chat_id)
    call.bot.menu_buttons[chat_id] = call.struct("menu_button") or {"type": "default"}
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(call: Call) -> Json:
    """The button beside the input field."""
    buttons = call.bot.menu_buttons
    return buttons.get(call.integer("chat_id")) or buttons.get(0) or {"type": "default"}


@method("getChat")
async def get_chat(call: Call) -> Json:
    """What the bot may know about a person."""
    chat = call.bot.chat(call.chat_id())
    if not chat.started:
        raise bad_request("chat not found")
    about = {"bio": chat.person.about[:70]} if chat.person.about else {}
    types = {"unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False}
    types["gifts_from_channels"] = False
    return {**chat.person.chat, **about, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": types}


@method("setMessageReaction")
async def set_message_reaction(call: Call) -> bool:
    """An emoji on a message."""
    chat = call.chat()
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to react not found")
    reactions = call.struct("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    # Kept beside Telegram's own fields: a Message has none for reactions.
    message.reactions = [str(item.get("emoji", "")) for item in reactions]
    chat.touch()
    call.bot.world.tell("message", {"chat": chat, "message": message, "bot": call.bot})
    return True
