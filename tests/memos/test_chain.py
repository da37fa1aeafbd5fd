"""The management chain: each link is filled by what pages show, or says what the system lacks; so does the file."""

import html
import io
import re
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select

from admin import charts
from admin.memos.forms import OPENS
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.dictionaries.models import Organisation
from db.memos.rules import MemoKind
from db.memos.wording import MemoAsked
from db.motions import staff_services
from db.overviews.chain import ChainFact, ChainLink, ChainPage, ChainStep, chain
from db.scope import Scope, StaffRole
from tests.memos.test_figures import REGION, SCHOOL_YEAR, T, made, rows
from tests.motions.conftest import Council, seated
from tests.motions.test_motions import programme_of
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, make_panel
from tests.support.region import NOW, Enter, another
from tests.support.town import MONDAY

FILE = "/memos/memo.docx?kind=chain"
ITEM = re.compile(r'<li><a href="([^"]+)">(.*?)</a>')


def told(database: Database, scope: Scope = REGION, clock: FrozenClock | None = None) -> list[ChainStep]:
    caller = callers.staff(scope, clock.now() if clock else NOW)
    asked = MemoAsked(t=T, caller=caller, since=SCHOOL_YEAR, made=caller.now.date())
    return database.read(chain, asked)


def facts(steps: list[ChainStep], page: ChainPage) -> list[str]:
    return [fact.text for one in steps for fact in one.facts if fact.page is page]


def test_an_empty_base_names_what_is_missing_of_each_link(empty: Path, tmp_path: Path) -> None:
    database = Database.connect(copy_sqlite(empty, tmp_path / "nothing.db"))
    steps = told(database)
    assert [one.link for one in steps] == list(ChainLink)
    assert [(one.facts, bool(one.gap)) for one in steps] == [([], True)] * 9
    assert len({one.gap for one in steps}) == 9
    found = made(database, NOW, MemoKind.CHAIN)
    sentences = found.parts[0].sentences
    assert sentences[0] == "Заполнено звеньев управленческого цикла — 0 из 9." and len(sentences) == 10
    assert sentences[1].startswith("Цели: в системе этого нет — цели и задачи плана, проекты, документы")
    assert not found.parts[0].tables
    database.close()


@pytest.mark.parametrize(
    ("pack", "said", "missing"),
    [
        (
            "terek",
            [
                "задач — 9",
                "Показателей — 38, перечней — ",
                "значение есть у 8 из 38",
                "учителя: прошли диагностику не меньше",
                "строк — 32",
            ],
            [],
        ),
        (
            "belgorod",
            ["Рекомендации по центрам: выполнено — 1 из 72", "принято — 1", "Самодиагностика методиста"],
            ["Показатели"],
        ),
    ],
)
def test_under_a_packs_demo_each_link_is_filled_and_opens_or_its_gap_is_named(
    pack: str, said: list[str], missing: list[str], tmp_path: Path
) -> None:
    database = Database.connect(demo_copy(tmp_path, pack))
    visitor = Visitor(make_panel(database, FrozenClock(MONDAY), tmp_path, region_pack=pack))
    visitor.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    page = html.unescape(visitor.text("/memos/chain?since=2025-09-01"))
    cards = re.split(r"<h2>(\d+\. [^<]+)</h2>", page)[1:]
    assert len(cards) == 18
    lacking = []
    for heading, body in zip(cards[::2], cards[1::2], strict=True):
        items = ITEM.findall(body)
        assert bool(items) is not ("В системе этого нет: " in body), heading
        lacking += [] if items else [heading.partition(". ")[2]]
        for address, text in items:
            assert visitor.get(address).status_code == 200, (address, text)
    assert lacking == missing
    assert [literal for literal in said if literal not in page] == []
    first = visitor.get(f"{FILE}&since=2025-09-01")
    charts._kept.clear()
    assert first.status_code == 200 and visitor.get(f"{FILE}&since=2025-09-01").data == first.data
    word = Document(io.BytesIO(first.data))
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert cells >= {text for body in cards[1::2] for _, text in ITEM.findall(body)}
    assert "Управленческий цикл" in visitor.text("/memos/?kind=year"), "a part of the year's memo"
    database.close()


def test_every_page_of_a_fact_has_an_address() -> None:
    assert set(OPENS) == set(ChainPage)


def test_a_figure_that_was_proposed_by_stands_then_and_now_for_those_who_read_proposals(
    sqlite_url: str, clock: FrozenClock
) -> None:
    database = Database.connect(sqlite_url)
    council: Council = seated(database, clock)
    motion = council.submit(council.region, group_id=None, programme_id=programme_of(database))
    assert facts(told(database, clock=clock), ChainPage.MOTION) == []
    database.write(staff_services.take_up, council.region, motion_id=motion)
    database.write(staff_services.decide, council.region, motion_id=motion, accepted=True, answer="Добавим модуль")
    steps = told(database, clock=clock)
    assert facts(steps, ChainPage.MOTIONS) == [
        "Предложения по итогам: внесено — 0, рассматривается — 0, принято — 1, отклонено — 0"
    ]
    (effect,) = facts(steps, ChainPage.MOTION)
    assert effect.startswith("Челябинский ГО") and "цифровой" in effect.lower()
    reader = told(database, Scope(9, StaffRole.READER, None), clock)
    assert not facts(reader, ChainPage.MOTIONS) and not facts(reader, ChainPage.MOTION)
    foreign = told(database, council.foreign.scope, clock)
    assert not facts(foreign, ChainPage.MOTIONS), "another centre's proposal is not there"
    assert facts(foreign, ChainPage.DEFICITS) == [], "nor its results"
    nowhere = told(database, Scope(9, StaffRole.MUNICIPAL_METHODIST, frozenset()), clock)
    assert not facts(nowhere, ChainPage.INDICATORS)
    database.close()


def test_the_part_of_a_memo_lists_every_fact_once(enter: Enter) -> None:
    _, database = enter("terek")
    found, steps = made(database, NOW, MemoKind.CHAIN), told(database)
    every: list[ChainFact] = [fact for one in steps for fact in one.facts]
    table = rows(found, "Звенья управленческого цикла")
    assert [row[1] for row in table] == [fact.text for fact in every]
    assert [row[0] for row in table if row[0]] == [one.title for one in steps if one.facts]
    gaps = [one for one in steps if one.gap]
    assert ChainLink.ANALYSIS in {one.link for one in gaps}
    assert len(found.parts[0].sentences) == 1 + len(gaps)


def test_an_account_of_one_school_is_told_nothing_of_the_services_work(enter: Enter) -> None:
    visitor, database = enter("terek")
    number = database.read(lambda session: session.scalars(select(Organisation.id).limit(1)).one())
    school = another(
        visitor, database, "school", StaffRole.ORGANISATION, municipalities=("tersky-mr",), organisation_id=number
    )
    assert school.get("/memos/chain").status_code in (403, 404)
    assert school.get(FILE).status_code == 404
    assert "Управленческий цикл" not in school.text("/memos/")
