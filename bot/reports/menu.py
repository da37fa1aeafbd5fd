"""The command for the day's figures, shown to whoever has an account of the panel."""

from bot.nouns import Audience, Command, Place


def _staff(audience: Audience) -> bool:
    return audience.staff


PLACES: tuple[Place, ...] = ()
COMMANDS = (Command(1, "summary", _staff),)
