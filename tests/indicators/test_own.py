"""«Мои показатели»: indicators of people are told the very person in the bot, and others by groups of five alone."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.indicators import screens
from bot.ui.screens import length
from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality
from db.documents.models import OfficialDocument
from db.errors import NotFoundError
from db.indicators import queries, staff_queries
from db.indicators.models import Formula, Indicator, IndicatorLevel, IndicatorMeasure, IndicatorPeriod
from db.indicators.queries import OwnBoard, OwnFigure, OwnIndicator, OwnRow
from db.indicators.rules import Figure
from db.indicators.staff_services import IndicatorDraft, ValueDraft, rate, save_indicator
from db.packs import load_pack
from db.packs.loading import load
from db.practices.models import Practice, PracticeStatus
from db.reports.sweeps import publish_facts
from db.routes import planning
from db.routes.models import ItemKind, ItemStatus, Route, RouteItem, RouteStatus
from db.scope import Scope, StaffRole
from locales import translator
from tests.routes.test_conversation import tap
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.town import Town, add_teacher, person_of

AUTUMN = datetime(2023, 11, 15, 6, tzinfo=UTC)
REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
DAY = timedelta(days=1)


@pytest.fixture
async def terek(empty: Path, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Town]:
    """The district whose programme has indicators of people, in its last stage."""
    clock.moment = AUTUMN
    url = copy_sqlite(empty, tmp_path / "terek.db")
    database = Database.connect(url)
    database.write(load, pack=load_pack("terek").real, now=AUTUMN)
    database.close()
    place = await Town(url, clock, region_pack="terek", data_dir=tmp_path / "data").open()
    yield place
    await place.close()


def district(session: Session) -> str:
    return session.scalars(select(Municipality.code).order_by(Municipality.id)).first() or ""


def proved(session: Session, *, person_id: int, now: datetime) -> None:
    """A route of one's own, a line of it done with a word of how it went."""
    mine = callers.person(person_id, now)
    line = planning.add_own(session, mine, text="Урок с обсуждением")
    planning.agree(session, mine)
    planning.prove(session, mine, item_id=line.id, text="Дети спорили сами")


def practice(session: Session, *, person_id: int, now: datetime) -> None:
    """A practice of one's own in the bank."""
    moments = dict.fromkeys(("made_at", "sent_at", "decided_at", "confirmed_at"), now)
    session.add(Practice(proposer_id=person_id, title="Тихая пауза", status=PracticeStatus.PUBLISHED, **moments))


def people_s(database: Database, now: datetime, formula: Formula) -> Figure | None:
    """What the monitoring tells the whole service of it."""
    staff = callers.staff(REGION, now)
    measure = database.read(
        lambda session: session.scalars(select(IndicatorMeasure.id).where(IndicatorMeasure.formula == formula)).one()
    )
    return database.read(staff_queries.measured, staff, measure_id=measure).figure


async def test_it_is_read_by_the_very_person_with_period_and_basis(terek: Town) -> None:
    code = terek.read(district)
    vera = await terek.teacher(2001, "Тестова Вера Ивановна", municipality=code)
    nina = await terek.teacher(2002, "Тестова Нина Петровна", municipality=code)
    mine = terek.read(person_of, external_id=2001)
    for deed in (proved, practice):
        terek.write(deed, person_id=mine, now=AUTUMN)
    await vera.send("/menu")
    await vera.settle()
    said = await tap(vera, "Мои показатели")
    assert "III этап (2023-2024 учебный год)" in said and "№ 19" in said
    assert "усиление способностей к рефлексии" in said
    assert "Маршрутов начато: 1; 15 нояб" in said
    assert "как прошло: 1 раз; 15 нояб: «Урок с обсуждением»" in said
    assert "Ваших практик в банке: 1; 15 нояб: «Тихая пауза»" in said
    assert "Это видите только вы" in said and len(said) <= 700
    assert "начато: 0" in await tap(vera, "Предыдущий период")
    assert "начато: 1" in await tap(vera, "Следующий период")
    await nina.send("/menu")
    await nina.settle()
    hers = await tap(nina, "Мои показатели")
    assert "начато: 0" in hers and "Урок" not in hers and "Тихая" not in hers, "nobody else's"
    terek.move(days=90)
    await vera.send("/menu")
    await vera.settle()
    assert "срок действия истёк" in await tap(vera, "Мои показатели"), "the order was in force until the year's end"
    with pytest.raises(NotFoundError):
        terek.read(queries.own, callers.person(mine, AUTUMN), period_id=10**6)


def test_however_many_there_are_each_is_counted_and_the_newest_named(empty: Path, tmp_path: Path) -> None:
    """Of each kind a hundred were read and counted, and who had more was told a hundred."""
    database = Database.connect(copy_sqlite(empty, tmp_path / "terek.db"))
    database.write(load, pack=load_pack("terek").real, now=AUTUMN)
    code, many = database.read(district), 103
    mine = database.write(add_teacher, external_id=2001, name="Тестова Вера", now=AUTUMN, municipality=code)

    def steps(session: Session) -> None:
        route = Route(person_id=mine, status=RouteStatus.ACTIVE, started_at=AUTUMN)
        session.add(route)
        session.flush()
        for number in range(many):
            said = {"word": "Дети спорили", "taken_at": AUTUMN, "reflected_at": AUTUMN + timedelta(minutes=number)}
            step = {"kind": ItemKind.STEP, "status": ItemStatus.DONE, "text": f"Шаг {number}"}
            session.add(RouteItem(route_id=route.id, **step, **said))

    database.write(steps)
    board = database.read(queries.own, callers.person(mine, AUTUMN + DAY))
    assert board is not None
    figures = {one.formula: one for line in board.lines for one in line.figures}
    said = figures[Formula.REFLECTIONS]
    assert (said.count, said.last and said.last.title) == (many, f"Шаг {many - 1}")
    assert (figures[Formula.ROUTES].count, figures[Formula.PRACTICES]) == (1, OwnFigure(Formula.PRACTICES, 0, None))
    database.close()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_however_much_is_said_of_indicators_it_fits_the_screens_of_the_chat(language: str) -> None:
    """Three indicators of long acts, each with its own figures, were a screen of nearly two thousand characters."""

    def line(number: int, formulas: Sequence[Formula]) -> OwnIndicator:
        act = OfficialDocument(heading=f"{number} {'Приказ министерства образования и науки ' * 5}")
        figures = [OwnFigure(one, 10_000, OwnRow("Тихая пауза " * 20, AUTUMN)) for one in formulas]
        text = f"{number} {'усиление способностей к рефлексии ' * 9}"
        return OwnIndicator(Indicator(text=text, source="", document=act), figures, expired=True)

    every = list(queries.OWN)
    lines = [line(n, every[: n % 5]) for n in range(1, 12)]
    board = OwnBoard(IndicatorPeriod(id=7, title="Период " * 40), 1, 9, lines)
    t, told, page, pages = translator(language), "", 0, 1
    while page < pages:
        screen = screens.own(t, board, callers.ZONE, page=page)
        assert length(screen.text) <= 700
        told += screen.text
        pages, page = int(screen.rows[0][1].text.split()[-1]), page + 1
    assert [f"{n} усиление" in told for n in range(1, 12)] == [True] * 11


async def test_a_region_without_such_indicators_has_no_button(town: Town) -> None:
    vera = await town.teacher()
    await vera.send("/menu")
    await vera.settle()
    assert "Мои показатели" not in (await vera.last()).buttons
    mine = town.read(person_of, external_id=2001)
    assert town.read(queries.own, callers.person(mine, town.clock.now())) is None
    assert "нет показателей" in screens.own(translator("ru"), None, callers.ZONE).text


def test_others_are_told_of_five_and_more_alone(empty: Path, tmp_path: Path) -> None:
    """ACCEPTANCE, terek 10: the level of the person is never a person's in a report."""
    database = Database.connect(copy_sqlite(empty, tmp_path / "terek.db"))
    database.write(load, pack=load_pack("terek").real, now=AUTUMN)
    code = database.read(district)
    people = [
        database.write(add_teacher, external_id=3000 + n, name=f"Юная Анна {n}", now=AUTUMN, municipality=code)
        for n in range(14)
    ]
    for number, person_id in enumerate(people[:4]):
        database.write(proved, person_id=person_id, now=AUTUMN + number * DAY)
    later = AUTUMN + 40 * DAY
    database.write(publish_facts, callers.clock(later))
    assert people_s(database, later, Formula.REFLECTIONS) is None, "four are no group"
    database.write(proved, person_id=people[4], now=later)
    database.write(publish_facts, callers.clock(later + 8 * DAY))
    found = people_s(database, later + 9 * DAY, Formula.REFLECTIONS)
    assert found is not None and (found.numerator, found.denominator) == (5, 10)
    database.write(erasure.erase, callers.clock(later), person_id=people[4], requested_by="operator")
    database.write(publish_facts, callers.clock(later + 60 * DAY))
    assert people_s(database, later + 9 * DAY, Formula.REFLECTIONS) == found
    database.close()


def test_a_number_of_people_that_is_entered_by_hand_is_kept_in_fives(empty: Path, tmp_path: Path) -> None:
    """An indicator of people without a formula took any number, so one of three people stood on the page."""
    database = Database.connect(copy_sqlite(empty, tmp_path / "terek.db"))
    database.write(load, pack=load_pack("terek").real, now=AUTUMN)
    staff = callers.staff(REGION, AUTUMN)
    draft = IndicatorDraft(
        level=IndicatorLevel.PERSON,
        part="",
        text="Выступили со своим опытом",
        note="",
        responsible="",
        document_id=None,
        valid_until=None,
        active=True,
    )
    number = database.write(save_indicator, staff, indicator_id=None, draft=draft)
    measure = database.read(
        lambda s: s.scalars(select(IndicatorMeasure.id).where(IndicatorMeasure.indicator_id == number)).one()
    )
    period = database.read(lambda s: s.scalars(select(IndicatorPeriod.id).order_by(IndicatorPeriod.id)).first())
    asked = {"measure_id": measure, "period_id": period, "municipality_id": None}
    told = []
    for many in (3, 0, 5, 12):
        database.write(rate, staff, **asked, draft=ValueDraft(numerator=many, word="По спискам школ"))
        told.append(database.read(staff_queries.value_of, staff, measure_id=measure, period_id=period).value)
    assert [(one.numerator, one.least) for one in told if one] == [(0, True), (0, True), (5, False), (10, False)]
    database.close()
