"""A figure of the monitoring becomes a proposal, and later stands beside what the indicator is then."""

import re

from db.database import Database
from db.products.models import Product
from db.programmes.models import Programme
from db.scope import StaffRole
from tests.groups.test_panel import words
from tests.indicators.test_monitoring import measure_of, period_of, rated
from tests.support.panel import Visitor
from tests.support.region import Enter, another, sheet
from tests.support.region import empty as empty
from tests.support.region import enter as enter

PROPOSED = re.compile(r'href="(/motions/new\?source=indicator[^"]+)"')


def proposed(visitor: Visitor, database: Database, address: str) -> str:
    """Proposes a change of a programme; returns the address of the card."""

    def course(session) -> int:  # type: ignore[no-untyped-def]
        row = Programme(code="course", title="Издаём пособия", months_from=1, months_to=2)
        session.add(row)
        session.flush()
        return int(row.id)

    sent = {"target": f"programme-{database.write(course)}", "change": "Добавить часы на подготовку пособий"}
    answer = visitor.post(address, sent)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_a_count_of_things_is_proposed_by_from_the_board_and_from_its_rows(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    measure, period = measure_of(database, "requirements-1-1"), period_of(database, "year-2023")
    database.write(lambda session: session.add(Product(code="x", title="Сборник", year=2023, count=4)))
    rows = visitor.text(f"/reports/monitoring/{measure}/rows?period={period}")
    (address,) = (one.replace("&amp;", "&") for one in PROPOSED.findall(rows))
    assert address.replace("&", "&amp;") in visitor.text(f"/reports/monitoring/?period={period}")
    form = words(visitor.text(address))
    assert "Всё вместе: Формирование комплекта" in form and "По ответам" not in form
    card = proposed(visitor, database, address)
    assert "Заметных изменений нет" in words(visitor.text(card)) and "человек не показываем" not in visitor.text(card)
    database.write(lambda session: session.add(Product(code="y", title="Пособие", year=2023, count=1)))
    page = visitor.text(card)
    assert "Стало больше на 1: было 4, теперь 5." in words(page), "of things each is a change"
    (link,) = re.findall(r'href="(/reports/monitoring/[^"]*)"[^>]*>[^<]*отчёт', page)
    assert visitor.get(link).status_code == 200
    (row,) = sheet(visitor, "/motions.xlsx")[1:]
    assert (row[6], row[7]) == ("4", 0)


def test_a_rating_is_told_by_its_word_then_and_now(enter: Enter) -> None:
    visitor, database = enter("terek")
    measure = measure_of(database, "criteria-1-1")
    address = f"/motions/new?source=indicator&indicator={measure}&period={period_of(database, 'stage-3')}"
    assert "Здесь цифры нет" in visitor.text(address)
    rated(visitor, database, "criteria-1-1", "stage-3", rating="begun")
    assert "начато" in words(visitor.text(address))
    card = proposed(visitor, database, address)
    rated(visitor, database, "criteria-1-1", "stage-3", rating="partly")
    assert "Было: начато. Теперь: заметно." in words(visitor.text(card))


def test_what_is_not_there_or_out_of_reach_is_not_proposed_by(enter: Enter) -> None:
    visitor, database = enter("terek")
    for asked in ("indicator=999", "", "indicator=1&period=999", "indicator=1&unit=organisation&unit_id=1"):
        assert visitor.get(f"/motions/new?source=indicator&{asked}").status_code == 404
    town = another(visitor, database, "town", StaffRole.MUNICIPAL_METHODIST, municipalities=())
    assert town.get("/motions/new?source=indicator&indicator=1").status_code == 404
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert not PROPOSED.findall(reader.text("/reports/monitoring/"))
    assert reader.get("/motions/new?source=indicator&indicator=1").status_code == 403
