"""Deep links of workshops."""

from bot.ui.links import Link
from bot.workshops import handlers

LINKS = {"ws_": Link(handlers.show)}
