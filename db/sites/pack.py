"""Loads the pack's internship sites."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Municipality
from db.packs import Pack
from db.sites.models import Site, SiteComponent, SiteKind


def load(session: Session, caller: Caller, *, pack: Pack) -> None:
    """Loads `sites.yaml`; where examples are not wanted, those that an older version loaded go."""
    for item in pack.left_out("sites"):
        # As it was invented: one that somebody wrote over is the operator's own.
        session.execute(delete(Site).where(Site.code == item["code"], Site.about == item["about"]))
    load_sites(session, sites=pack.section("sites").get("sites", []))


def load_sites(session: Session, *, sites: list[dict[str, Any]]) -> None:
    """Adds or corrects a pack's sites by their codes; nothing is deleted. Municipalities must be loaded before."""
    known = {site.code: site for site in session.scalars(select(Site))}
    towns = {town.code: town.id for town in session.scalars(select(Municipality))}
    for item in sites:
        site = known.get(item["code"])
        if site is None:
            site = Site(code=item["code"])
            session.add(site)
        site.kind = SiteKind(item["kind"])
        site.title, site.organisation = item["title"], item["organisation"]
        site.municipality_id = towns[item["municipality"]]
        site.about, site.contact, site.how_to_join = item["about"], item["contact"], item["how_to_join"]
        site.programme, site.months = item.get("programme"), item.get("months")
        present = {component.component for component in site.components}
        wanted = set(item["components"])
        site.components = [
            *(component for component in site.components if component.component in wanted),
            *(SiteComponent(component=code) for code in item["components"] if code not in present),
        ]
    session.flush()


SECTIONS = {"sites.yaml": load}
