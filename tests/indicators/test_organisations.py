"""An indicator of level «organisation» has a value for each organisation: one level down, within reach, as a file."""

from sqlalchemy import select

from db.dictionaries.models import Organisation
from db.indicators.models import IndicatorValue
from db.scope import StaffRole
from tests.indicators.test_monitoring import measure_of, period_of
from tests.support.region import Enter, another, sheet

STRATEGY = "tasks-1-1"
"""Of organisations, in per cent."""


def test_each_organisation_has_its_own_value_word_and_target(enter: Enter) -> None:
    visitor, database = enter("terek")
    schools = database.read(
        lambda session: session.scalars(
            select(Organisation).where(Organisation.confirmed).order_by(Organisation.name)
        ).all()
    )
    measure, period = measure_of(database, STRATEGY), period_of(database, "stage-3")
    address = f"/reports/monitoring/{measure}/organisations"
    assert f"{address}?period=" in visitor.text("/reports/monitoring/")
    page = visitor.text(f"{address}?period={period}")
    assert f"Отмечено: 0 из {len(schools)}" in page and schools[0].name in page
    sent = {"numerator": "1", "denominator": "1", "word": "Стратегия принята", "rated_by": "Совет ИМЦ"}
    rate = f"/reports/monitoring/{measure}/rate?period={period}&organisation={schools[0].id}"
    assert visitor.post(rate, sent).status_code == 302
    rows = sheet(visitor, f"{address}.xlsx?period={period}")
    assert len(rows) == 1 + len(schools)
    told = next(row for row in rows if row[0] == schools[0].name)
    assert (told[2], told[4], told[5]) == ("100 % (1 из 1)", "Стратегия принята", "Совет ИМЦ")
    assert f"Отмечено: 1 из {len(schools)}" in visitor.text(f"{address}?period={period}")
    value = database.read(lambda session: session.scalars(select(IndicatorValue)).one())
    assert (value.organisation_id, value.whose) == (schools[0].id, -schools[0].id)
    other = measure_of(database, "criteria-1-1")
    assert visitor.get(f"/reports/monitoring/{other}/organisations").status_code == 404, "of the centre"


def test_a_reader_sees_and_nobody_reaches_a_foreign_school(enter: Enter) -> None:
    visitor, database = enter("terek")
    school = database.read(lambda session: session.scalars(select(Organisation.id)).first())
    measure, period = measure_of(database, STRATEGY), period_of(database, "stage-3")
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert reader.get(f"/reports/monitoring/{measure}/organisations?period={period}").status_code == 200
    rate = f"/reports/monitoring/{measure}/rate?period={period}&organisation="
    assert reader.post(f"{rate}{school}", {"numerator": "1", "denominator": "1", "word": "Да"}).status_code == 403
    assert visitor.get(f"{rate}999999").status_code == 404
