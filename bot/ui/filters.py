"""How commands are told from texts: as people type them, not only as the messenger's menu sends them."""

import re

from aiogram import filters
from aiogram.filters.command import CommandException, CommandObject

# /menu, / Menu, /MENU@bot, «/menu.»; then whatever follows.
_TYPED = re.compile(r"\s*/\s*([a-z_]+)(?:@\w*)?[.,!]*(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
# A word alone after a slash is a command in any letters; «/5» and «/ again, thanks» are texts.
_COMMAND = re.compile(r"\s*/\s*(?:[a-z_].*|[^\W\d]\w*\s*)", re.IGNORECASE | re.DOTALL)


class TypedCommand(filters.Command):
    """A command by its name in any case, with spaces or a bot's name beside it."""

    def __init__(self, name: str) -> None:
        super().__init__(name, ignore_case=True)

    @classmethod
    def extract_command(cls, text: str) -> CommandObject:
        """Takes a command apart. Raises CommandException where the text is none."""
        found = _TYPED.fullmatch(text)
        if found is None:
            raise CommandException("no command")
        return CommandObject(prefix="/", command=found[1], args=(found[2] or "").strip() or None)


def is_command(text: str) -> bool:
    """Returns whether a text is meant for the bot's menu rather than as an answer."""
    return _COMMAND.fullmatch(text) is not None
