"""Deep links that give a newcomer something: a role, a record, a place of work, an account of the panel."""

from bot.people import handlers_invitations
from bot.ui.links import Link

LINKS = {
    "inv_": Link(handlers_invitations.accept),
    # A record says what a profile asks.
    "cl_": Link(handlers_invitations.claim, needs_profile=False),
    "org_": Link(handlers_invitations.from_poster, needs_profile=False),
    # A methodist needs no teacher's profile.
    "st_": Link(handlers_invitations.connect_staff, needs_profile=False),
}
