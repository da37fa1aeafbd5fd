"""A story a region, from end to end: its demo stands, a teacher does something in the bot, panel and memo tell of it.

That a pack comes onto an empty database is tests/operations/test_regions.py; here its document's own figures are read
in the panel, as a file, and in the sentences of the memo that the document asks for.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.dictionaries.models import Municipality
from db.events.models import Event, EventStatus
from tests.diagnostics.test_conversation import Walker
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import complete
from tests.e2e.test_regions import words
from tests.support.panel import Visitor, make_panel
from tests.support.region import sheet
from tests.support.town import MONDAY, Town, person_of

WHO, WHO_ID = "Сказова Вера Ивановна", 990_002
SINCE = "2025-09-01"


@dataclass(frozen=True, slots=True)
class Story:
    """Of a document: a file of the panel with what stands in its rows, a memo's kind with its sentences."""

    file: str
    cells: Sequence[object]
    kind: str
    said: Sequence[str]


STORIES = {
    "chelyabinsk": Story(
        "/reports/selection.xlsx",
        ("Всего", 629, 458, 171),
        "selection",
        ("Подано 629 заявок из 36 муниципальных образований (всего 43).",),
    ),
    "terek": Story(
        "/reports/monitoring.xlsx",
        ("ИМЦ", "Безопасность и здоровьесбережение"),
        "plan",
        ("План «Система мер по реализации Программы»: 32 строки.", "Без срока 3 строки."),
    ),
    "timashevsk": Story(
        "/network.xlsx",
        ("готовится",),
        "network",
        ("В сети названо 12 участников.", "Документ объявляет 13 участников.", "Подписано 11 соглашений."),
    ),
    "sverdlovsk": Story(
        "/groups.xlsx", ("Научно-методический совет",), "unions", ("Работают 4 объединения, всего 28 участников.",)
    ),
    "belgorod": Story("/projects/recommendations.xlsx", (), "chain", ("Рекомендации по центрам: выполнено — 1 из 72",)),
}


def told(visitor: Visitor, kind: str) -> list[str]:
    """What a memo says, in its file and on its page: paragraphs and cells."""
    page = words(visitor.text(f"/memos/?kind={kind}&since={SINCE}"))
    answer = visitor.get(f"/memos/memo.docx?kind={kind}&since={SINCE}")
    assert answer.status_code == 200
    file = Document(io.BytesIO(answer.data))
    said = [one.text for one in file.paragraphs if one.text.strip()]
    assert all(one in " ".join(page.split()) for one in said if one.endswith(".") and "Источник" not in one)
    return [*said, *(cell.text for table in file.tables for row in table.rows for cell in row.cells)]


def registered(said: Sequence[str]) -> int:
    found = re.search(r"За период — \d+ событи\w+, (\d+) запис", " ".join(said))
    assert found, said
    return int(found[1])


def coming(session: Session) -> list[str]:
    """Codes of the events to come, the nearest first."""
    rows = select(Event.code).where(Event.status == EventStatus.PUBLISHED, Event.starts_at > MONDAY)
    return list(session.scalars(rows.order_by(Event.starts_at, Event.id)))


async def registers(walker: Walker, codes: Sequence[str]) -> None:
    """Opens events until one has a seat for whoever asks, and takes it."""
    for code in codes:
        await (await walker.person.start(f"ev_{code}")).settle()
        if "Записаться" in (await walker.person.last()).buttons:
            await walker.tap("Записаться")
            assert any("Вы записаны" in one.text for one in await walker.person.messages())
            return
    raise AssertionError("no event of the demo takes a teacher in")


@pytest.mark.parametrize("region", STORIES)
async def test_a_region_from_its_demo_to_the_memo_of_its_document(
    place: Town, clock: FrozenClock, tmp_path: Path, region: str
) -> None:
    story = STORIES[region]
    panel = Visitor(make_panel(place.database, clock, tmp_path, region_pack=region))
    panel.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    before = registered(told(panel, "events"))

    town = place.read(lambda session: session.scalars(select(Municipality.code).order_by(Municipality.id)).first())
    walker = Walker(await place.teacher(WHO_ID, WHO, municipality=town))
    await registers(walker, place.read(coming))
    complete(place.database, place.read(person_of, external_id=WHO_ID), mixed, clock.now())
    await walker.say("/diagnostics")
    assert "Когда попробуете?" in (await walker.tap("Взять этот шаг")).text
    await walker.tap((await walker.person.last()).buttons[0])
    assert "Мой маршрут" in (await walker.say("/route")).text

    assert registered(told(panel, "events")) == before + 1, "the memo has the seat that was taken in the bot"
    assert WHO in panel.text(f"/people/?q={WHO.split()[0]}")
    cells = {str(cell) for row in sheet(panel, story.file) for cell in row}
    assert {str(one) for one in story.cells} <= cells
    said = told(panel, story.kind)
    missing = [one for one in story.said if not any(one in text for text in said)]
    assert not missing, said
