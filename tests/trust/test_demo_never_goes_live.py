"""The sandbox's passwords stand in the source and its people are invented: neither ever meets a real bot."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.applications.models import Application, ApplicationStatus, Campaign
from db.base import Base
from db.clock import FrozenClock
from db.database import Database
from db.packs import load_pack
from db.packs.loading import load
from db.sites.models import Site
from tests.operations.conftest import Run, said
from tests.operations.conftest import call as call
from tests.support.demo import demo_copy
from tests.support.programs import ended
from tests.support.region import Enter
from tests.support.region import empty as empty
from tests.support.region import enter as enter
from tests.support.town import MONDAY, add_teacher

TOKEN = "123456:AAHsecretsecretsecretsecretsecretsec"
LOADED = {
    "advice_category",
    "audit_entry",
    "alembic_version",
    "campaign",
    "consent_text",
    "criterion",
    "diary_keeping",
    "diary_meaning",
    "expert_kind",
    "group_kind",
    "indicator",
    "indicator_measure",
    "indicator_set",
    "instrument",
    "instrument_version",
    "municipality",
    "official_document",
    "pack_entry",
    "plan",
    "plan_line",
    "plan_point",
    "plan_section",
    "reason",
    "setting",
    "term",
}
"""Whatever a source gave stands here; all else comes from people."""
PEOPLE = ("create-staff", "chief", "--name", "Орлова Елена", "--password", "a long password")


def rows(url: str) -> dict[str, list[str]]:
    """What every table holds, as text."""
    database = Database.connect(url)
    try:
        return database.read(
            lambda session: {
                table.name: [str(tuple(row)) for row in session.execute(select(table))]
                for table in Base.metadata.sorted_tables
            }
        )
    finally:
        database.close()


def test_a_token_on_the_sandboxs_database_starts_nothing(call: Run, tmp_path: Path) -> None:
    """Whoever tried the sandbox and then put BOT_TOKEN beside it had a panel that a published password opened."""
    url = demo_copy(tmp_path)
    for verb in (("prepare",), ("demo",), PEOPLE):
        done = call(*verb, BOT_TOKEN=TOKEN)
        assert (done.returncode, done.stdout) == (1, ""), verb
        assert len(said(done)) == 1 and "sandbox" in said(done)[0], verb
    for program in ("bot", "admin"):
        code, told = ended(program, DATABASE_URL=url, DATA_DIR=str(tmp_path), BOT_TOKEN=TOKEN)
        (line,) = told.strip().splitlines()
        assert code == 1 and line.startswith("opora: BOT_TOKEN is set, but") and "make run" in line


def test_a_lost_token_does_not_put_the_demo_among_real_people(
    call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way round: a broken `.env`, and the real database got accounts with the published password."""
    assert call("prepare", BOT_TOKEN=TOKEN).returncode == 0
    assert call(*PEOPLE, BOT_TOKEN=TOKEN).returncode == 0
    monkeypatch.delenv("BOT_TOKEN")
    before = rows(f"sqlite:///{tmp_path / 'opora.db'}")
    for verb in ("prepare", "demo"):
        done = call(verb)
        assert (done.returncode, done.stdout) == (1, ""), verb
        assert said(done)[0].startswith("BOT_TOKEN is not set, but")
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'opora.db'}", "DATA_DIR": str(tmp_path)}
    assert [ended(program, **settings)[0] for program in ("bot", "admin")] == [1, 1]
    assert rows(f"sqlite:///{tmp_path / 'opora.db'}") == before


def test_an_installation_with_a_token_holds_no_row_that_neither_a_source_nor_the_operator_gave(
    call: Run, tmp_path: Path
) -> None:
    """An empty real installation opened a selection under «Приказ № ДЕМО-01» and ten invented sites."""
    assert call("prepare", BOT_TOKEN=TOKEN).returncode == 0
    assert said(call("load-pack", "chelyabinsk", BOT_TOKEN=TOKEN)) == [
        "pack chelyabinsk: already loaded, nothing changed"
    ]
    found = {name: lines for name, lines in rows(f"sqlite:///{tmp_path / 'opora.db'}").items() if lines}
    assert set(found) <= LOADED
    assert len(found["campaign"]) == 1 and "02/2066" in found["campaign"][0]
    text = "\n".join(line for lines in found.values() for line in lines)
    assert re.findall(r"\w*(?:ДЕМО|учебный|invented|demo)\w*", text, re.IGNORECASE) == []
    done = call("check", BOT_TOKEN=TOKEN)
    assert said(done) == ["everything is in order"]


def test_what_an_older_version_invented_leaves_a_real_installation(database: Database, clock: FrozenClock) -> None:
    pack = load_pack("chelyabinsk")

    def used(session: Session) -> None:
        session.scalars(select(Site).order_by(Site.id).limit(1)).one().about = "Настоящая площадка"

    database.write(used)
    assert database.write(load, pack=pack.real, now=clock.now())
    left = database.read(lambda session: session.scalars(select(Site.about)).all())
    assert left == ["Настоящая площадка"], "written over is the operator's own"
    codes = select(Campaign.code).order_by(Campaign.code)
    assert database.read(lambda session: session.scalars(codes).all()) == ["rma-2023"]


def test_a_selection_that_somebody_applied_to_is_left_to_the_operator(database: Database, clock: FrozenClock) -> None:
    def applied(session: Session) -> None:
        campaign = session.scalars(select(Campaign).where(Campaign.code == "rma-extra")).one()
        person = add_teacher(session, external_id=555, name="Тестова Вера Ивановна", now=MONDAY)
        session.add(
            Application(campaign_id=campaign.id, person_id=person, status=ApplicationStatus.DRAFT, created_at=MONDAY)
        )

    database.write(applied)
    database.write(load, pack=load_pack("chelyabinsk").real, now=clock.now())
    codes = select(Campaign.code).order_by(Campaign.code)
    assert database.read(lambda session: session.scalars(codes).all()) == ["rma-2023", "rma-extra"]


def test_a_real_site_is_told_without_a_word_of_the_sandbox(enter: Enter) -> None:
    """Teachers of Timashevsk read «темы в песочнице — учебные данные» under seven real sites."""
    visitor, database = enter("timashevsk")

    def told(session: Session) -> list[str]:
        return list(session.scalars(select(Site.about).where(Site.code.like("school-%")).order_by(Site.id)))

    left = database.read(told)
    assert len(left) == 6 and all(one.endswith("в документе не сказано.") for one in left)
    assert "учебные данные" not in visitor.text("/sites/1/card")
    database.write(load, pack=load_pack("timashevsk"), now=MONDAY)
    assert all(one.endswith("учебные данные.") for one in database.read(told))
