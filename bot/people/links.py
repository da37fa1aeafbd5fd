"""Deep links of invitations to a role, of a school's poster and of connecting an account of the panel."""

from bot.people import handlers_invitations
from bot.ui.links import Link

LINKS = {
    "inv_": Link(handlers_invitations.accept),
    "org_": Link(handlers_invitations.from_poster, needs_profile=False),
    # A methodist needs no teacher's profile.
    "st_": Link(handlers_invitations.connect_staff, needs_profile=False),
}
