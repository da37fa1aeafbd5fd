"""Which step a result leads to: never against what was answered."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from db.diagnostics.content import DECLINED, Questionnaire, parse
from db.diagnostics.rules import DIFFICULT
from db.dictionaries.rules import Rules
from db.packs import load_pack
from db.routes.rules import asks_at, lesson_days, may_plan, step_offers
from tests.diagnostics.test_screens import made

VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")


INSTRUMENTS = [parse(one) for one in load_pack("belgorod").instruments()]


@given(content=st.sampled_from(INSTRUMENTS), data=st.data())
def test_the_first_step_is_the_one_that_the_result_names_and_none_is_for_what_goes_well_while_something_does_not(
    content: Questionnaire, data: st.DataObject
) -> None:
    marks = st.sampled_from([None, DECLINED, 0, 1, 2, 3, 4])
    answers = {
        item.code: data.draw(st.integers(0, 3) if item.need else marks, label=item.code) for item in content.items
    }
    result = made(lambda item: answers[item.code], content=content)
    components = [one.component for one in result.in_order]
    offers = step_offers(components, answers, taken=())
    marked = [answers[one.item.code] or 0 for one in offers]
    if result.step is not None and result.step.hardest is not None and result.step.hardest.step:
        assert offers[0].item is result.step.hardest
        assert result.step.mark <= DIFFICULT or all(mark > DIFFICULT for mark in marked)
    assert all(mark <= DIFFICULT for mark in marked) or all(mark > DIFFICULT for mark in marked)
    for component in components:
        own = [answers[one.item.code] or 0 for one in offers if one.component is component]
        assert own == sorted(own), "the hardest of a component comes first"
    if offers:
        rest = step_offers(components, answers, taken={offers[0].item.code})
        assert offers[0].item.code not in {one.item.code for one in rest}


def test_a_step_is_tried_on_working_days_and_asked_about_after_lessons() -> None:
    rules = Rules(holidays=("2026-11-04",))
    days = lesson_days(date(2026, 10, 31), rules)
    assert days == [date(2026, 10, 31), *(date(2026, 11, day) for day in (2, 3, 5, 6, 7))]
    assert not may_plan(date(2026, 11, 4), today=days[0], rules=rules)
    assert not may_plan(date(2026, 10, 30), today=days[0], rules=rules)
    assert not may_plan(date(2026, 12, 30), today=days[0], rules=rules)
    morning = datetime(2026, 11, 2, 1, tzinfo=UTC)
    assert asks_at(date(2026, 11, 2), now=morning, zone=VLADIVOSTOK) == datetime(2026, 11, 2, 6, tzinfo=UTC)
    late = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert asks_at(date(2026, 11, 2), now=late, zone=VLADIVOSTOK) == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
