"""Deep links to an event and to its check-in."""

from bot.events import handlers_entry
from bot.ui.links import Link

LINKS = {
    "ev_": Link(handlers_entry.open_link, instead=handlers_entry.calendar),
    "ci_": Link(handlers_entry.check_in, keeps=handlers_entry.hold_code),
}
