"""Putting a pack into the database: repeatable, nothing of people's is touched."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.applications import campaigns
from db.diagnostics import instruments
from db.dictionaries import services as dictionaries
from db.packs import Pack
from db.packs.marks import is_loaded, mark_loaded
from db.people import services as people
from db.sites import services as sites


def load(session: Session, *, pack: Pack, now: datetime) -> bool:
    """Loads the pack unless this very pack is loaded already. Returns whether anything was done."""
    if is_loaded(session, pack=pack):
        return False
    dictionaries.load(
        session,
        dictionaries=pack.section("dictionaries"),
        organisations=pack.section("organisations").get("organisations", {}),
    )
    dictionaries.keep_rules(session, values=pack.about["rules"])
    people.publish_consent(session, consent=pack.about["consent"], now=now)
    instruments.load(session, instruments=pack.instruments(), now=now)
    sites.load(session, sites=pack.section("sites").get("sites", []))
    campaigns.load(session, section=pack.section("campaigns"), zone=pack.zone, now=now)
    mark_loaded(session, pack=pack)
    return True
