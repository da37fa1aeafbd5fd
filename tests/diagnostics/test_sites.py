"""Sites of the pack and the choice of those that help."""

import copy

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics.content import parse
from db.dictionaries.models import Municipality
from db.packs import load_pack
from db.sites import pack, queries
from db.sites.models import Site


def town(session: Session, code: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.code == code)).one()


def codes(session: Session, components: list[str], municipality: str, limit: int = 9) -> list[str]:
    found = queries.serving(session, components=components, municipality_id=town(session, municipality), limit=limit)
    assert all(site.municipality.name for site in found)
    return [site.code for site in found]


def test_the_pack_loads_once_and_corrects_later(database: Database) -> None:
    sites = copy.deepcopy(load_pack("chelyabinsk").section("sites")["sites"])
    sites[0] |= {"title": "Иначе", "components": ["digital"]}
    database.write(pack.load_sites, sites=sites)
    database.write(pack.load_sites, sites=sites)
    kept = database.read(lambda session: list(session.scalars(select(Site).order_by(Site.id))))
    assert [site.code for site in kept] == [site["code"] for site in sites]
    assert kept[0].title == "Иначе"
    assert [component.component for component in kept[0].components] == ["digital"]


def test_every_component_has_a_site(database: Database) -> None:
    for component in parse(load_pack("chelyabinsk").instruments()[0]).components:
        assert database.read(codes, [component.code], "plastovsky-mr"), component.code


def test_the_own_municipality_comes_first_then_who_helps_with_more(database: Database) -> None:
    both = ["methodical", "subject"]
    assert database.read(codes, both, "ozersky-go")[0] == "ozersk-deyat"
    assert database.read(codes, both, "plastovsky-mr")[:2] == ["chel-methodika", "ozersk-deyat"]
    assert len(database.read(codes, both, "plastovsky-mr", 1)) == 1
    assert database.read(codes, [], "plastovsky-mr") == []


def test_a_closed_site_is_not_offered(database: Database) -> None:
    def close(session: Session) -> None:
        session.scalars(select(Site).where(Site.code == "kopeysk-cifra")).one().active = False

    database.write(close)
    assert "kopeysk-cifra" not in database.read(codes, ["digital"], "kopeysky-go")
