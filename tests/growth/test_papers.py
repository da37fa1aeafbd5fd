"""A teacher's papers: every section, each line with its day and its evidence, the same text twice."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.errors import NotFoundError, SettingsError
from db.growth.documents import PaperWriter
from db.growth.pack import GrowthForms, forms_of
from db.growth.queries import Paper, PaperFacts, told_once
from db.packs import load_pack
from db.papers import KINDS, PaperKind, PaperLine, PaperReader, PaperSection
from db.routes.models import RouteItem
from locales import translator
from tests.diagnostics.test_screens import made, mixed
from tests.diagnostics.walking import complete, twos
from tests.events.support import heard
from tests.support.town import Town, person_of

ZONE = ZoneInfo("Europe/Moscow")
FORMS = forms_of(load_pack("timashevsk"))
START = "https://t.me/opora_bot?start={payload}"


def words(content: bytes) -> list[str]:
    """Every paragraph and every cell of a Word file."""
    word = Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return [*(one.text for one in word.paragraphs), *cells]


def facts(*lines: PaperLine, reader: PaperReader = PaperReader.OWNER) -> PaperFacts:
    return PaperFacts("Учебная Марина", "учитель", "СОШ № 4", "Тимашевский район", reader, START, lines, None)


def written(found: PaperFacts, paper: Paper, code: str = "") -> bytes:
    writer = PaperWriter(translator("ru"), found, service="Центр", panel_url="https://panel", zone=ZONE)
    return writer.file(paper, FORMS, code)


def line(kind: PaperKind, **more: object) -> PaperLine:
    return replace(PaperLine(kind, datetime(2026, 3, 2, 22, 30, tzinfo=UTC), f"<{kind}> & дело"), **more)  # type: ignore[arg-type]


def test_every_kind_of_line_stands_in_one_section_with_a_local_day_and_its_evidence() -> None:
    assert sorted(kind for kinds in KINDS.values() for kind in kinds) == sorted(PaperKind)
    shown = words(written(facts(*(line(kind, payload=f"x_{kind}") for kind in PaperKind)), Paper.JOURNAL))
    names = ("Диагностики", "Маршрут", "События", "Стажировка", "Практики", "Рефлексия")
    assert [one for one in shown if one[:2] in [f"{n}." for n in range(1, 7)]] == [
        f"{number}. {name}" for number, name in enumerate(names, 1)
    ]
    for kind in PaperKind:
        if kind is not PaperKind.PRODUCT:
            assert shown.count("03.03.2026") == len(PaperKind) - 1
        assert kind is PaperKind.MENTORING or any(f"<{kind}> & дело" in one for one in shown)
        assert any(one.endswith(f"\nhttps://t.me/opora_bot?start=x_{kind}") for one in shown)
    assert "Записей с подтверждением пока нет." not in shown
    empty = words(written(facts(), Paper.JOURNAL))
    assert empty.count("Записей с подтверждением пока нет.") == len(PaperSection)


def test_a_certificate_is_checked_by_everybody_and_a_criterion_without_evidence_says_so() -> None:
    hosted = line(PaperKind.HOSTED, role="speaker", number="К-1", times=1)
    group = line(PaperKind.GROUP, role="head", times=4, since=datetime(2025, 9, 1, tzinfo=UTC))
    shown = words(written(facts(hosted, group), Paper.DOSSIER, "methodist"))
    assert "Сертификат № К-1\nhttps://panel/verify/К-1" in shown
    assert any("руководитель объединения; 4 встречи" in one for one in shown)
    assert "01.09.2025 –\n03.03.2026" in shown
    assert shown.count("Подтверждений в сервисе пока нет.") == 2
    assert any("Учебные данные" in one for one in shown)
    assert any("от 24.03.2023 № 196" in one for one in shown)
    with pytest.raises(NotFoundError):
        written(facts(), Paper.DOSSIER, "nobody")


def test_the_card_tells_noise_from_change() -> None:
    """Fifteen points are within the instrument's own error, twenty are not."""

    def better(item: object) -> int | None:
        by = {"subject": 3, "methodical": 4}.get(item.component, 0)  # type: ignore[attr-defined]
        place = int(item.code.rsplit("_", 1)[1]) if not item.need else 99  # type: ignore[attr-defined]
        return (twos(item) or 0) + (place <= by)  # type: ignore[arg-type]

    result = made(better, twos)
    shown = words(written(replace(facts(), result=result), Paper.CARD))
    assert shown.count("в пределах обычных колебаний") == 5
    assert "заметно выше: +20" in shown
    assert words(written(facts(), Paper.CARD))[-1].startswith("Карта строится по самодиагностике")


def test_the_group_of_an_internship_is_not_told_twice() -> None:
    own, group = line(PaperKind.EVENT, payload="ev_b"), line(PaperKind.EVENT, payload="ev_a")
    internship = line(PaperKind.INTERNSHIP, payload="ev_a")
    assert told_once([own, group, internship]) == [own, internship]


def test_two_copies_of_one_paper_are_the_same_bytes() -> None:
    found = replace(facts(*(line(kind) for kind in PaperKind)), result=made(mixed))
    for paper, code in ((Paper.JOURNAL, ""), (Paper.CARD, ""), (Paper.ROUTE, ""), (Paper.DOSSIER, "mentor")):
        assert written(found, paper, code) == written(found, paper, code)


def test_a_code_that_stands_twice_stops_the_pack() -> None:
    one = {"code": "x", "title": "x", "button": "x", "basis": "x", "criteria": []}
    with pytest.raises(SettingsError, match="stands twice"):
        GrowthForms.read({"categories": [one, one]}, pack="x")


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def test_a_paper_comes_as_a_file_once_for_a_tap(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    complete(town.database, town.read(person_of, external_id=2001), mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    assert "Какой прислать?" in await say(person, "/papers")
    buttons = (await person.last()).buttons
    assert buttons[:3] == ["Журнал роста", "Карта эффективности", "Маршрут (ИОМ)"]
    assert "Моё обучение" in buttons, "courses fill the journal, and not every region has sites to come from"
    for button in buttons[:5]:
        before = len([one for one in await person.messages() if one.kind == "document"])
        await person.tap(button)
        await person.wait_for(lambda message: message.kind == "document")
        await person.settle()
        after = len([one for one in await person.messages() if one.kind == "document"])
        assert after == before + 1
        await say(person, "/papers")


async def test_a_line_leads_to_its_evidence_and_anothers_does_not(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    found = complete(town.database, town.read(person_of, external_id=2001), mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    assert "Ваш результат" in await say(person, f"/start result_{found.attempt_id}")
    await say(person, "/route")
    await person.tap("План на год")
    await person.settle()
    await person.tap("Добавить своё")
    await person.settle()
    await say(person, "Показать урок коллегам")
    card = await person.last()
    line = town.read(lambda session: session.scalars(select(RouteItem.id)).one())
    assert "Показать урок коллегам" in await say(person, f"/start step_{line}")
    assert (await person.last()).buttons == card.buttons, "a line of the plan is no step"
    other = await town.teacher(2002, "Мудрая Вера Павловна")
    assert "Ваш результат" not in await say(other, f"/start result_{found.attempt_id}")
    for payload in ("result_x", "result_99999999999", "step_5", "pair_7", "group_0"):
        assert await say(person, f"/start {payload}")
