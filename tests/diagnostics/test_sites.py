"""Sites of the pack and the choice of those that help."""

import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics.content import parse
from db.dictionaries.models import Municipality
from db.packs import FOLDER, Pack, load_pack
from db.packs.loading import load
from db.sites import queries
from db.sites.models import Site
from tests.support.town import MONDAY


def town(session: Session, code: str) -> int:
    return session.scalars(select(Municipality.id).where(Municipality.code == code)).one()


def codes(session: Session, components: list[str], municipality: str, limit: int = 9) -> list[str]:
    found = queries.serving(session, components=components, municipality_id=town(session, municipality), limit=limit)
    assert all(site.municipality.name for site in found)
    return [site.code for site in found]


def test_the_pack_loads_once_and_corrects_later(database: Database, tmp_path: Path) -> None:
    pack = Pack(Path(shutil.copytree(FOLDER / "chelyabinsk", tmp_path / "chelyabinsk")))
    file = pack.folder / "sites.yaml"
    text = file.read_text(encoding="utf-8").replace("Методика живого урока", "Иначе")
    file.write_text(text.replace("[methodical, subject]", "[digital]", 1), encoding="utf-8")
    assert [database.write(load, pack=pack, now=MONDAY) is not None for _ in range(2)] == [True, False]
    kept = database.read(lambda session: list(session.scalars(select(Site).order_by(Site.id))))
    assert [site.code for site in kept] == [site["code"] for site in pack.section("sites")["sites"]]
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
