"""A year's plan out of a result, its months and what proves a line: pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db.diagnostics.content import DECLINED, Component, Item
from db.dictionaries.rules import Rules
from db.routes.models import EvidenceKind, ItemKind
from db.routes.rules import (
    AHEAD,
    LINK_LENGTH,
    PlanLineDraft,
    ServingEvent,
    StepOffer,
    asks_at,
    evidence_of,
    later_month,
    lesson_days,
    may_plan,
    months,
    step_offers,
    year_draft,
)

TODAY = date(2026, 3, 2)


def item(component: str, number: int, step: str = "Попробовать") -> Item:
    return Item(f"{component}_{number}", component, "", "", ("",) * 5, step=step)


def component(code: str, *items: Item) -> Component:
    need = Item(f"{code}_need", code, "", "", ("",) * 4, need=True)
    return Component(code, code, f"Тема {code}", "", (*items, need), "")


A = component("a", item("a", 1), item("a", 2), item("a", 3, step=""), item("a", 4))
B = component("b", item("b", 1), item("b", 2))
C = component("c")


def offered(answers: dict[str, int | None], *taken: str) -> list[str]:
    return [one.item.code for one in step_offers([A, B], answers, taken=set(taken))]


@pytest.mark.parametrize(
    ("answers", "taken", "offers"),
    [
        ({}, (), []),
        ({"a_1": 2, "a_2": 1, "b_1": 0}, (), ["a_2", "a_1", "b_1"]),  # by components, within one the hardest first
        ({"a_1": 2, "a_2": 1, "b_1": 0}, ("a_2",), ["a_1", "b_1"]),
        ({"a_1": 3, "b_1": 2}, (), ["b_1"]),  # nothing that goes well while something does not
        ({"a_1": 3, "b_1": 2}, ("b_1",), ["a_1"]),
        ({"a_1": 3, "a_2": 4, "b_1": 3}, (), ["a_1", "b_1"]),  # of the best answer nothing is left to grow
        ({"a_1": DECLINED, "a_2": None, "a_3": 0, "b_2": 1}, (), ["b_2"]),  # a_3 has no step
        ({"a_1": 1, "a_4": 1}, (), ["a_1", "a_4"]),
    ],
)
def test_which_steps_a_result_leads_to(
    answers: dict[str, int | None], taken: tuple[str, ...], offers: list[str]
) -> None:
    assert offered(answers, *taken) == offers


def test_a_plan_looks_at_nine_months_with_lessons() -> None:
    assert [f"{month:%Y-%m-%d}" for month in months(TODAY)] == [
        *("2026-03-01", "2026-04-01", "2026-05-01"),
        *("2026-09-01", "2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"),
    ]
    in_summer = months(date(2026, 7, 31))
    assert (in_summer[0], in_summer[-1], len(in_summer)) == (date(2026, 9, 1), date(2027, 5, 1), 9)
    assert len(months(date(2026, 8, 1))) == len(months(date(2026, 5, 1))) == 9
    in_december = months(date(2026, 12, 31))
    assert in_december[:2] == [date(2026, 12, 1), date(2027, 1, 1)] and len(in_december) == 9


@pytest.mark.parametrize(
    ("term", "later"),
    [
        (date(2026, 3, 1), date(2026, 4, 1)),
        (date(2026, 5, 1), date(2026, 9, 1)),
        (date(2027, 2, 1), date(2026, 3, 1)),  # after the last the first again
        (date(2025, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_line_is_moved_to_the_next_month(term: date, later: date) -> None:
    assert later_month(term, today=TODAY) == later


MARCH, APRIL, MAY, SEPTEMBER, OCTOBER, NOVEMBER = months(TODAY)[:6]


def test_a_year_is_learn_do_and_talk_for_two_themes() -> None:
    events = {
        "a": [ServingEvent(7, "Семинар", SEPTEMBER)],
        "b": [ServingEvent(7, "Семинар", SEPTEMBER), ServingEvent(8, "Практикум", MAY)],
    }
    practices = [StepOffer(B, B.items[1]), StepOffer(A, A.items[0]), StepOffer(A, A.items[1])]
    assert year_draft(TODAY, [A, B, C], practices, events, mentored=True) == [
        PlanLineDraft(ItemKind.PRACTICE, "a", "Попробовать", APRIL, item="a_1"),
        PlanLineDraft(ItemKind.TALK, "a", "Тема a", MAY),
        PlanLineDraft(ItemKind.EVENT, "b", "Практикум", MAY, event_id=8),
        PlanLineDraft(ItemKind.EVENT, "a", "Семинар", SEPTEMBER, event_id=7),
        PlanLineDraft(ItemKind.PRACTICE, "b", "Попробовать", OCTOBER, item="b_2"),
        PlanLineDraft(ItemKind.VISIT, "b", "Тема b", NOVEMBER),
    ]


def test_where_nothing_serves_a_theme_a_course_is_looked_for_and_without_a_mentor_a_colleague_visited() -> None:
    assert year_draft(TODAY, [A], [], {}, mentored=False) == [
        PlanLineDraft(ItemKind.COURSE, "a", "Тема a", MARCH),
        PlanLineDraft(ItemKind.VISIT, "a", "Тема a", MAY),
    ]
    bare = year_draft(TODAY, [A], [StepOffer(A, A.items[2])], {}, mentored=False)
    assert bare[1] == PlanLineDraft(ItemKind.PRACTICE, "a", "", APRIL, item="a_3")
    assert year_draft(TODAY, [], [], {}, mentored=True) == []


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("https://example.org/a", EvidenceKind.LINK),
        ("HTTP://example.org", EvidenceKind.LINK),
        ("https://example.org/a b", EvidenceKind.WORD),
        ("смотрите https://example.org", EvidenceKind.WORD),
        ("Провела урок", EvidenceKind.WORD),
        ("https://" + "a" * (LINK_LENGTH - 8), EvidenceKind.LINK),
        ("https://" + "a" * (LINK_LENGTH - 7), EvidenceKind.WORD),
        ("", EvidenceKind.WORD),
    ],
)
def test_an_address_is_a_link_and_all_else_a_word(typed: str, kind: EvidenceKind) -> None:
    assert evidence_of(typed) is kind


def test_a_step_is_planned_on_a_working_day_of_the_coming_three_weeks() -> None:
    rules = Rules(holidays=("2026-03-09",))
    last = TODAY + timedelta(days=AHEAD)
    assert may_plan(TODAY, today=TODAY, rules=rules) and may_plan(last, today=TODAY, rules=rules)
    for day in (TODAY - timedelta(days=1), last + timedelta(days=1), date(2026, 3, 8), date(2026, 3, 9)):
        assert not may_plan(day, today=TODAY, rules=rules)
    monthly = Rules(holidays=tuple(f"2026-03-{day:02}" for day in range(3, 23)))
    assert lesson_days(TODAY, monthly) == [TODAY, last], "as far as one looks ahead and no further"


def test_one_is_asked_at_four_in_the_afternoon_or_in_an_hour() -> None:
    zone = ZoneInfo("Asia/Yekaterinburg")
    for now, wanted in (
        (datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 11, tzinfo=UTC)),
        (datetime(2026, 3, 2, 10, 30, tzinfo=UTC), datetime(2026, 3, 2, 11, 30, tzinfo=UTC)),
    ):
        found = asks_at(TODAY, now=now, zone=zone)
        assert found == wanted and found.tzinfo is UTC
