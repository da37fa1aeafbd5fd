"""The command of one's own papers; their buttons stand under the route and the result."""

from bot.nouns import Command, Place

PLACES: tuple[Place, ...] = ()
COMMANDS = (Command(26, "papers"),)
