"""People who are close in the list of commands, for whoever helps or judges others."""

from bot.nouns import Audience, Command
from db.people.models import Role


def _helpers(audience: Audience) -> bool:
    return bool({Role.ACTIVE_MEMBER, Role.MENTOR} & set(audience.roles))


PLACES = ()
COMMANDS = (Command(56, "ties", _helpers),)
