"""What is entered by hand of people is told as what is counted of them: never of a few, never of each of a group."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.indicators.models import IndicatorMeasure, IndicatorValue, MeasureKind
from db.indicators.rules import change, enough, entered
from db.motions.models import FigureSource
from db.overviews import figures
from db.reports.rules import Trend
from db.scope import Scope, StaffRole
from tests.indicators.test_monitoring import line, measure_of, period_of, rated
from tests.support import callers
from tests.support.region import NOW, Enter, sheet

FRACTION = MeasureKind.FRACTION


def test_what_was_said_is_said_again_of_every_part_of_every_group() -> None:
    """It is kept as it was said, and told by the same rule: a second time nothing else may come out."""
    for of in range(1, 130):
        for count in range(of + 1):
            once = entered(count, of=of, least=5)
            assert once == entered(once.numerator or 0, of=once.denominator or of, least=5), (count, of)
            told = once.portion or once.least or (once.numerator or 0) % 5 == 0
            assert told and (once.portion or once.least or count != of), (count, of)


def test_words_are_compared_by_words_and_are_no_number() -> None:
    all_of, some, none = (entered(many, of=10, least=5) for many in (10, 5, 0))
    assert change(FRACTION, none, all_of) is Trend.IN_WORDS and change(FRACTION, all_of, all_of) is Trend.SAME
    assert change(FRACTION, all_of, some) is Trend.IN_WORDS
    assert change(FRACTION, entered(3, of=4, least=5), all_of) is Trend.SMALL
    assert enough(FRACTION, 41, all_of) is None and enough(FRACTION, 41, some) is True


@pytest.mark.parametrize("of_people", [True, False])
def test_all_and_nobody_of_a_group_are_told_in_words_whatever_was_typed(enter: Enter, of_people: bool) -> None:
    """«10 из 10» stood in the monitoring: what each of the ten had done; and of four teachers «75 %»."""
    visitor, database = enter("terek")
    draft = {"level": "organisation", "kind": "fraction", "formula": "hand", "document_id": "0", "active": "1"}
    people = {"of_people": "1"} if of_people else {}
    visitor.post("/reports/indicators/new", {**draft, **people, "text": "Выступили со своим опытом"})
    code = database.read(
        lambda s: s.scalars(select(IndicatorMeasure.code).order_by(IndicatorMeasure.id.desc())).first()
    )
    form = visitor.text(f"/reports/monitoring/{measure_of(database, code)}/rate")
    assert ("Это показатель о людях" in form) is of_people
    said = []
    for many, whole in ((10, 10), (0, 10), (9, 10), (6, 10), (2, 7), (7, 7), (3, 4), (9, 12), (60, 100)):
        assert rated(visitor, database, code, "stage-3", numerator=many, denominator=whole).status_code == 302
        said.append(line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Выступили со своим")[7])
    if not of_people:
        assert said[0] == "100 % (10 из 10)" and said[6] == "75 % (3 из 4)"
        return
    assert said[:3] == ["почти все из 10", "почти никто из 10", "почти все из 10"]
    assert said[3:] == [
        *("50 % (5 из 10)", "часть из 7", "почти все из 7", "меньше 5", "почти все из 12", "60 % (60 из 100)")
    ]
    rated(visitor, database, code, "stage-2", numerator=1, denominator=7)
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Выступили со своим")
    assert row[9] == "было: почти никто из 7; стало: 60 %"
    page = visitor.text("/reports/monitoring/?period=" + str(period_of(database, "stage-2")))
    assert "почти никто из 7" in page


def test_a_documents_own_measure_of_people_is_one_whatever_it_speaks_of(enter: Enter) -> None:
    """Terek's «% учителей …, желающих» stands under the centre: three of four teachers were told as they are."""
    visitor, database = enter("terek")
    text = "Формирование мотивационного ресурса"
    assert rated(visitor, database, "subsystems-5-1", "stage-3", numerator=3, denominator=4).status_code == 302
    assert line(sheet(visitor, "/reports/monitoring.xlsx")[1:], text)[7] == "меньше 5"
    assert rated(visitor, database, "subsystems-5-1", "stage-3", numerator=9, denominator=10).status_code == 302
    assert line(sheet(visitor, "/reports/monitoring.xlsx")[1:], text)[7] == "почти все из 10"
    assert "почти все из 10" in visitor.text("/reports/monitoring/")
    staff = callers.staff(Scope(1, StaffRole.REGIONAL_METHODIST, None), NOW)
    asked = {"indicator": str(measure_of(database, "subsystems-5-1"))}
    assert database.read(figures.figure, staff, source=FigureSource.INDICATOR, asked=asked) is None, "no number of it"


def test_what_was_noted_before_is_told_by_the_same_rule(enter: Enter) -> None:
    visitor, database = enter("terek")
    assert rated(visitor, database, "subsystems-5-1", "stage-3", numerator=5, denominator=10).status_code == 302

    def as_it_was(session: Session) -> None:
        session.scalars(select(IndicatorValue)).one().numerator = 10

    database.write(as_it_was)
    row = line(sheet(visitor, "/reports/monitoring.xlsx")[1:], "Формирование мотивационного ресурса")
    assert row[7] == "почти все из 10"
