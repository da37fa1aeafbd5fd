"""Reads what the bot's pages of sites show: the kinds and how many programmes there are, a site with its groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.events.queries import component_names
from db.programmes import queries as programmes
from db.programmes.queries import RunLine
from db.sites import queries as sites
from db.sites.models import Site


@dataclass(frozen=True, slots=True)
class SiteCard:
    """A site, the groups that one may join there, and what the components that it helps with are called, by code."""

    site: Site
    runs: Sequence[RunLine]
    names: Mapping[str, str]


def home(session: Session, caller: PersonCaller) -> tuple[list[tuple[int, str, int]], int]:
    """Returns the kinds of sites, (id, name, how many), and how many programmes are offered to whoever asks."""
    return sites.kinds(session), len(programmes.programmes(session, caller))


def card(session: Session, caller: PersonCaller, *, site_id: int) -> SiteCard:
    """Returns a site with the groups that one may join. Raises NotFoundError."""
    site = sites.site(session, site_id=site_id)
    names = component_names(session) if site.components else {}
    return SiteCard(site, programmes.at_site(session, caller, site_id=site_id), names)
