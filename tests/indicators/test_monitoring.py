"""The documents' indicators stand verbatim in their parts, two periods side by side; each fact opens its rows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.events.models import Event, EventMode, EventStatus, Registration, RegistrationStatus
from db.indicators.models import Indicator, IndicatorMeasure, IndicatorPeriod, IndicatorValue
from db.people.models import Person
from db.products.models import Product
from db.reports.sweeps import publish_facts
from db.requests.models import HelpRequest, RequestStatus
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.region import NOW, Enter, another, sheet
from tests.support.town import add_teacher

PERCENT = 3
FOURS = {"ИМЦ": 9, "Образовательный округ": 6, "Образовательная организация": 4}


def period_of(database: Database, code: str) -> int:
    of = select(IndicatorPeriod.id).where(IndicatorPeriod.code == code)
    return database.read(lambda session: session.scalars(of).one())


def measure_of(database: Database, code: str) -> int:
    of = select(IndicatorMeasure.id).where(IndicatorMeasure.code == code)
    return database.read(lambda session: session.scalars(of).one())


def rated(visitor: Visitor, database: Database, measure: str, period: str, **values: Any) -> Any:
    sent = {"period": period_of(database, period), "rated_by": "Совет ИМЦ", "word": "Протокол № 3", **values}
    return visitor.post(f"/reports/monitoring/{measure_of(database, measure)}/rate", sent)


def line(rows: list[list[Any]], text: str) -> list[Any]:
    return next(row for row in rows if row[2].startswith(text))


def test_tereks_criteria_are_twenty_two_on_four_levels_though_three_are_announced(enter: Enter) -> None:
    visitor, _ = enter("terek")
    page = visitor.text("/reports/monitoring/")
    assert "в документе объявлено три уровня, критерии даны для четырёх" in page
    _, *counts = sheet(visitor, "/reports/monitoring.xlsx", 1)
    criteria = {part: number for name, part, number in counts if name == "Критерии эффективности Программы"}
    assert list(criteria.values()) == [9, 6, 4, 3] and sum(criteria.values()) == 22
    assert FOURS.items() <= criteria.items()
    assert "ИМЦ 9 · Образовательный округ 6 · Образовательная организация 4" in page and "= 22" in page
    subsystems = [number for name, _, number in counts if name.startswith("Показатели (индикаторы)")]
    assert subsystems == [3, 4, 3, 3, 2] and sum(subsystems) == 15


def test_tereks_words_are_the_documents_own(enter: Enter) -> None:
    visitor, database = enter("terek")
    told = database.read(lambda session: session.scalars(select(Indicator.text)).all())
    assert "Множественность уровней взаимодействия" in next(one for one in told if one.startswith("Обеспечение гор"))
    _, *rows = sheet(visitor, "/reports/monitoring.xlsx")
    subsystems = [row for row in rows if row[0].startswith("Показатели (индикаторы)")]
    assert sum("(%" in row[2] for row in subsystems) == PERCENT
    assert line(rows, "Общеобразовательные организации")[5] == "15 %"


def test_an_act_that_is_in_force_no_more_warns(enter: Enter) -> None:
    visitor, _ = enter("terek")
    page = visitor.text("/reports/monitoring/")
    assert "Акт, на котором стоят 38 показателей, больше не действует" in page
    assert "акт действовал до 31.12.2023" in sheet(visitor, "/reports/monitoring.xlsx")[1][13]
    visitor, _ = enter("timashevsk")
    assert "больше не действует" not in visitor.text("/reports/monitoring/")


def test_timashevsks_five_requirements_have_seven_thresholds_and_eight_services_are_enough(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    _, *rows = sheet(visitor, "/reports/monitoring.xlsx")
    assert len({row[2] for row in rows}) == 5
    wanted = ["не меньше 3"] * 3 + ["не меньше 1", "не меньше 5", "не меньше 41 %", "не меньше 20 %"]
    assert [row[4] for row in rows] == wanted
    services = next(row for row in rows if "ТМС" in row[3] and row[4] == "не меньше 5")
    assert (services[7], services[10]) == ("8", "выполнено")
    assert (rows[0][7], rows[0][10]) == ("0", "не выполнено"), "the products are of 2015–2018"


def test_a_fact_opens_as_many_rows_as_it_says(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    found = re.search(r'href="(/reports/monitoring/\d+/rows\?[^"]*)">8</a>', visitor.text("/reports/monitoring/"))
    assert found
    address = found[1].replace("&amp;", "&")
    page = visitor.text(address)
    assert page.count('class="row-link"') == 8 and "Каневской район" in page and "Всего: 8" in page
    assert len(sheet(visitor, address.replace("/rows?", "/rows.xlsx?"))) == 1 + 8
    database.write(lambda session: session.add(Product(code="x", title="Сборник", year=2023, count=4)))
    products = f"/reports/monitoring/{measure_of(database, 'requirements-1-1')}/rows"
    told = visitor.text(f"{products}?period={period_of(database, 'year-2023')}")
    assert "Всего: 4" in told and told.count('class="row-link"') == 1
    assert visitor.get(f"{products}?period=999").status_code == 404


def test_a_rating_needs_a_word_what_shows_it_and_who_said_so(enter: Enter) -> None:
    visitor, database = enter("terek")
    for values, told in (
        ({"rating": ""}, "Выберите слово"),
        ({"rating": "partly", "rated_by": ""}, "кто оценил"),
        ({"rating": "partly", "word": ""}, "чем это подтверждается"),
        ({"rating": "partly", "link": "javascript:alert(1)"}, "начинается с https"),
    ):
        answer = rated(visitor, database, "criteria-1-1", "stage-3", **values)
        assert answer.status_code == 200 and told in answer.text
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(IndicatorValue))) == 0
    assert rated(visitor, database, "criteria-1-1", "stage-2", rating="begun").status_code == 302
    assert rated(visitor, database, "criteria-1-1", "stage-3", rating="partly").status_code == 302
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "качественное улучшение реализации")
    assert (row[6], row[7], row[9]) == ("начато", "заметно", "выросло с «начато» до «заметно»")
    assert (row[11], row[12]) == ("Протокол № 3", "Совет ИМЦ")


def test_a_part_in_per_cent_is_entered_and_a_small_difference_is_chance(enter: Enter) -> None:
    visitor, database = enter("terek")
    answer = rated(visitor, database, "subsystems-4-1", "stage-2", numerator="12", denominator="10")
    assert answer.status_code == 200 and "часть не больше целого" in answer.text
    for period, many in (("stage-2", 60), ("stage-3", 62)):
        sent = rated(visitor, database, "subsystems-4-1", period, numerator=many, denominator=100)
        assert sent.status_code == 302
    text = "Сохранение и расширение материально-технической базы"
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], text)
    assert (row[6], row[7]) == ("60 % (60 из 100)", "62 % (62 из 100)")
    assert row[9] == "без изменений в пределах погрешности"
    rated(visitor, database, "subsystems-4-1", "stage-3", numerator=90, denominator=100)
    assert line(sheet(visitor, "/reports/monitoring.xlsx")[1:], text)[9] == "выросло с 60 % до 90 %"


def test_a_period_that_is_put_down_stands_beside_the_figure_now(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    period = period_of(database, "year-2023")
    database.write(lambda session: session.add(Product(code="x", title="Сборник", year=2023, count=3)))
    assert visitor.post("/reports/monitoring/fix", {"period": period}).status_code == 302
    database.write(lambda session: session.add(Product(code="y", title="Пособие", year=2023, count=2)))
    row = sheet(visitor, f"/reports/monitoring.xlsx?period={period}")[1]
    assert (row[7], row[8], row[10]) == ("3", "5", "выполнено")
    assert "Зафиксировано" in visitor.text(f"/reports/monitoring/?period={period}")
    visitor.post("/reports/monitoring/fix", {"period": period})
    assert "уже зафиксирован" in visitor.text("/reports/monitoring/")
    answer = rated(visitor, database, "requirements-3-1", "year-2023", numerator=3)
    assert answer.status_code == 200 and "уже зафиксирован" in answer.text
    assert rated(visitor, database, "requirements-1-1", "year-2022", numerator=3).status_code == 404
    actions = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert actions.count("indicators.fix") == 1


def test_what_was_counted_otherwise_is_not_compared(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    before, period = period_of(database, "year-2022"), period_of(database, "year-2023")
    visitor.post("/reports/monitoring/fix", {"period": before})

    def narrow(session: Any) -> None:
        of = select(IndicatorMeasure).where(IndicatorMeasure.code == "requirements-2-1")
        session.scalars(of).one().params = {"levels": ["regional"]}

    database.write(narrow)
    rows = sheet(visitor, f"/reports/monitoring.xlsx?period={period}&with={before}")[1:]
    assert line(rows, "Проведение зональных")[9] == "несопоставимо"
    assert line(rows, "Формирование комплекта")[9] == "без изменений"


def test_an_indicator_of_ones_own_is_counted_and_may_be_put_aside(enter: Enter) -> None:
    visitor, database = enter("sverdlovsk")
    page = visitor.text("/reports/monitoring/")
    assert "школ с низкими результатами обучения" in page and "Периодов пока нет" in page
    said = {"title": "2026 год", "starts": "2026-01-01", "ends": "2026-12-31"}
    visitor.post("/reports/monitoring/periods", {**said, "ends": "2025-12-31"})
    assert "Периоду нужны название и два дня" in visitor.text("/reports/monitoring/")
    visitor.post("/reports/monitoring/periods", said)
    sent = {"level": "region", "kind": "count", "formula": "products", "document_id": "0", "active": "1"}
    assert "хотя бы три знака" in visitor.post("/reports/indicators/new", {**sent, "text": "а"}).text
    wrong = visitor.post("/reports/indicators/new", {**sent, "text": "Продукты года", "kind": "fraction"})
    assert "Так посчитать нельзя" in wrong.text
    made = visitor.post("/reports/indicators/new", {**sent, "text": "Продукты года", "threshold": "2"})
    assert made.status_code == 302
    database.write(lambda session: session.add(Product(code="x", title="Сборник", year=2026, count=2)))
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Продукты года")
    assert (row[0], row[7], row[10]) == ("Свои показатели", "2", "выполнено")
    assert len(sheet(visitor, "/reports/indicators.xlsx")) == 1 + 3


def test_another_fraction_of_the_same_people_counts_them_no_second_time(enter: Enter) -> None:
    """Everybody was counted for each fraction and period: the page took 490–760 ms at 100,000 teachers."""
    visitor, database = enter("sverdlovsk")
    for year in (2025, 2026):
        said = {"title": f"{year} год", "starts": f"{year}-01-01", "ends": f"{year}-12-31"}
        visitor.post("/reports/monitoring/periods", said)
    asked: list[str] = []
    listen(database.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counted = []
    for formula in ("routes", "active_members"):
        sent = {"level": "region", "kind": "fraction", "formula": formula, "document_id": "0", "active": "1"}
        assert visitor.post("/reports/indicators/new", {**sent, "text": f"Доля: {formula}"}).status_code == 302
        asked.clear()
        assert f"Доля: {formula}" in visitor.text("/reports/monitoring/")
        counted.append(len(asked))
    assert counted[1] - counted[0] == 2, "a part of each of the two periods"


def test_a_centre_sees_and_puts_down_its_own_alone(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    visitor.post("/reports/monitoring/periods", {"title": "2026", "starts": "2026-01-01", "ends": "2026-12-31"})
    visitor.post("/reports/monitoring/periods", {"title": "2026 год", "starts": "2026-01-01", "ends": "2026-12-31"})
    sent = {"level": "region", "kind": "count", "formula": "products", "document_id": "0", "active": "1"}
    visitor.post("/reports/indicators/new", {**sent, "text": "Продукты года"})
    of = select(Municipality.code, Municipality.id)
    towns: dict[str, int] = dict(database.read(lambda session: [tuple(row) for row in session.execute(of)]))
    own, foreign = towns["gubkinsky-go"], towns["valuysky-go"]

    def products(session: Any) -> None:
        for number, (town, many) in enumerate(((own, 2), (foreign, 4), (None, 8))):
            session.add(Product(code=f"p{number}", title="Сборник", year=2026, count=many, municipality_id=town))

    database.write(products)
    town = another(visitor, database, "town", StaffRole.MUNICIPAL_METHODIST, municipalities=("gubkinsky-go",))
    assert sheet(visitor, "/reports/monitoring.xlsx")[1][7] == "14"
    assert sheet(town, "/reports/monitoring.xlsx")[1][7] == "2"
    assert town.get(f"/reports/monitoring/?municipality={foreign}").status_code == 404
    period = database.read(lambda session: session.scalars(select(IndicatorPeriod.id)).first())
    assert town.post("/reports/monitoring/fix", {"period": period, "municipality": foreign}).status_code == 404
    town.post("/reports/monitoring/fix", {"period": period})
    town.post("/reports/monitoring/fix", {"period": period, "municipality": own})
    stored = database.read(lambda session: session.scalars(select(IndicatorValue.municipality_id)).all())
    assert set(stored) == {own}
    assert town.get("/reports/indicators/new").status_code == 403


@pytest.mark.parametrize("pack", ["chelyabinsk", "belgorod"])
def test_a_service_without_a_documents_indicators_has_its_page(enter: Enter, pack: str) -> None:
    visitor, _ = enter(pack)
    assert "Периодов пока нет" in visitor.text("/reports/monitoring/")
    assert NOW.year == 2026


def event(session: Session, code: str, people: list[int], ended: datetime = NOW - timedelta(days=10)) -> None:
    """A published event with people on its list."""
    form = select(Term.id).where(Term.kind == TermKind.EVENT_FORMAT).limit(1)
    row = Event(
        code=code,
        title=f"Семинар {code}",
        about="",
        format_id=session.scalars(form).one(),
        mode=EventMode.OFFLINE,
        starts_at=ended - timedelta(hours=2),
        ends_at=ended,
        status=EventStatus.PUBLISHED,
        check_in_key=code,
        created_at=ended,
    )
    session.add(row)
    session.flush()
    for number, person in enumerate(people, 1):
        session.add(
            Registration(
                event_id=row.id,
                person_id=person,
                status=RegistrationStatus.SEATED,
                sequence=number,
                registered_at=ended,
            )
        )


def test_events_for_schools_with_low_results_and_in_hard_conditions_are_counted_apart(enter: Enter) -> None:
    visitor, database = enter("sverdlovsk")
    visitor.post("/reports/monitoring/periods", {"title": "2026 год", "starts": "2026-01-01", "ends": "2026-12-31"})

    def held(session: Session) -> None:
        town = session.scalars(select(Municipality).where(~Municipality.outside)).first()
        assert town is not None
        schools = [
            Organisation(municipality_id=town.id, name=f"Школа {mark}", **{mark: True})
            for mark in ("low_results", "hard_conditions")
        ]
        session.add_all(schools)
        session.flush()
        people = [
            add_teacher(session, external_id=7100 + number, name="Учебная", now=NOW, municipality=town.code)
            for number in range(15)
        ]
        for number, person in enumerate(people):
            school = schools[number // 5].id if number < 10 else None
            session.get_one(Person, person).organisation_id = school
        event(session, "low", people[:5])
        event(session, "both", people[:10])
        event(session, "few", people[:4])
        event(session, "others", people[10:])
        event(session, "ahead", people[:5], NOW + timedelta(days=5))
        publish_facts(session, callers.clock(NOW))

    database.write(held)
    rows = sheet(visitor, "/reports/monitoring.xlsx")[1:]
    assert [row[7] for row in rows] == ["2", "1"]
    asked = f"?period={database.read(lambda session: session.scalars(select(IndicatorPeriod.id)).one())}"
    address = f"/reports/monitoring/{measure_of(database, 'own-1-1')}/rows{asked}"
    page = visitor.text(address)
    assert "Семинар low" in page and "Семинар both" in page and "Семинар others" not in page
    assert "Семинар few" not in page, "four of a school would be told by one who moves"
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert reader.get(address).status_code == 404, "which event somebody of a school was at is not told"
    assert [row[7] for row in sheet(reader, "/reports/monitoring.xlsx")[1:]] == ["2", "1"]


def test_results_of_contests_of_a_level_are_counted_and_open_their_contests(enter: Enter) -> None:
    visitor, database = enter("sverdlovsk")
    visitor.post("/reports/monitoring/periods", {"title": "2026 год", "starts": "2026-01-01", "ends": "2026-12-31"})

    def held(session: Session) -> None:
        town = session.scalars(select(Municipality).where(~Municipality.outside)).first()
        assert town is not None
        people = [
            add_teacher(session, external_id=7300 + number, name="Учебная", now=NOW, municipality=town.code)
            for number in range(4)
        ]
        of = select(Term.code, Term.id).where(Term.kind.in_((TermKind.EVENT_LEVEL, TermKind.CONTEST_RESULT)))
        terms: dict[str, int] = dict(session.execute(of).all())
        for code, won in (("regional", 3), ("school", 2), ("none", 1)):
            event(session, code, people)
            session.flush()
            row = session.scalars(select(Event).where(Event.code == code)).one()
            row.level_id = terms.get(code)
            for one in session.scalars(select(Registration).where(Registration.event_id == row.id).limit(won)):
                one.result_id = terms["winner"]

    database.write(held)
    sent = {"level": "region", "kind": "count", "formula": "contest_results", "document_id": "0", "active": "1"}
    for words, level in (("Победители всех", "0"), ("Победители региона", "regional")):
        said = {**sent, "text": words, "event_level": level}
        assert visitor.post("/reports/indicators/new", said).status_code == 302
    rows = sheet(visitor, "/reports/monitoring.xlsx")[1:]
    assert [line(rows, words)[7] for words in ("Победители всех", "Победители региона")] == ["6", "3"]
    measure = database.read(lambda session: session.scalars(select(func.max(IndicatorMeasure.id))).one())
    address = f"/reports/monitoring/{measure}/rows?period=1"
    page = visitor.text(address)
    assert "Всего: 3" in page and page.count('class="row-link"') == 1 and "Семинар regional" in page
    assert 'value="regional" selected' in visitor.text(f"/reports/indicators/{measure_indicator(database, measure)}")
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert reader.get(address).status_code == 404, "whose town was at which contest is for those who may learn names"


def measure_indicator(database: Database, measure: int) -> int:
    return database.read(lambda session: session.get_one(IndicatorMeasure, measure).indicator_id)


def test_people_are_counted_in_fives_and_a_few_are_not_told_however_periods_are_put(enter: Enter) -> None:
    """Two periods that differ by one person differ by nobody or by five: no one is worked out by subtracting."""
    visitor, database = enter("chelyabinsk")
    for number, (first, last) in enumerate((("2026-01-01", "2026-01-31"), ("2026-01-01", "2026-02-28"))):
        sent = {"title": f"Период {number}", "starts": first, "ends": last}
        visitor.post("/reports/monitoring/periods", sent)

    def asked(session: Session) -> None:
        town = session.scalars(select(Municipality).where(~Municipality.outside)).first()
        assert town is not None
        days = [*[datetime(2026, 1, 10, 9, tzinfo=UTC)] * 12, datetime(2026, 2, 10, 9, tzinfo=UTC)]
        direction = session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION)).first()
        for number, day in enumerate(days):
            person = add_teacher(session, external_id=7200 + number, name="Учебная", now=NOW, municipality=town.code)
            session.add(
                HelpRequest(
                    person_id=person,
                    municipality_id=town.id,
                    direction_id=direction,
                    status=RequestStatus.ANSWERED,
                    question="Как быть?",
                    created_at=day,
                    asked_at=day,
                    due_at=day,
                    answered_at=day,
                )
            )

    database.write(asked)
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Запросы на адресную помощь")
    assert (row[6], row[7]) == ("меньше 5", "меньше 5"), "until they may be told"
    database.write(publish_facts, callers.clock(NOW))
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Запросы на адресную помощь")
    assert (row[6], row[7], row[9]) == ("50 % (5 из 10)", "50 % (5 из 10)", "без изменений"), (
        "all of them would be each of them"
    )
    members = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Методисты актива")
    assert (members[6], members[7], members[9]) == ("меньше 5", "меньше 5", "слишком мало людей, чтобы сравнить")
