"""The deep links of all nouns."""

from bot.events import handlers_entry as events
from bot.people import handlers_invitations
from bot.ui.links import Link, Links

LINKS = Links(
    {
        "ev_": Link(events.open_link),
        "ci_": Link(events.check_in),
        "inv_": Link(handlers_invitations.accept),
        # A methodist needs no teacher's profile.
        "st_": Link(handlers_invitations.connect_staff, needs_profile=False),
    }
)
