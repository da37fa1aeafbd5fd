"""The plan of a group by its rules: due slots, what fulfils them once, reminders, and what is called off since."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import staff_services as event_staff
from db.events.models import EventHost, HostRole
from db.groups import meetings
from db.groups import staff_services as group_staff
from db.groups.models import GroupDecision
from db.notices.models import Notice, NoticeStatus
from db.overviews import groups as report
from db.plans.rules import LineState
from db.products.models import Product, ProductAuthor
from db.workplans import queries, rules, services, staff_queries, staff_services, sweeps
from db.workplans.deeds import WorkDeed
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay
from db.workplans.queries import WorkTotals
from db.workplans.staff_services import WorkDraft
from tests.events.support import make_event
from tests.groups.conftest import Union, add_kind, make_group, united
from tests.groups.conftest import database as database
from tests.groups.conftest import unite as unite
from tests.mentoring.test_services import at_once
from tests.support import callers

Unite = Callable[..., Union]
YEAR = 2025
"""The school year of the tests' day, 2 March 2026."""


def planned(union: Union, text: str = "Открытые уроки", code: str = "year") -> int:
    """A line of the union's plan, by its head."""
    line = union.database.write(services.add, union.person(), group_id=union.group, year=YEAR, text=text)
    union.database.write(services.set_term, union.person(), line_id=line, code=code)
    return line


def card(union: Union, line: int, number: int = 0) -> queries.WorkCard:
    return union.database.read(queries.line, union.person(number), line_id=line)


def marks(session: Session) -> list[Any]:
    return list(session.scalars(select(WorkplanFulfilment).order_by(WorkplanFulfilment.id)))


@pytest.mark.parametrize(
    ("code", "due"),
    [
        ("month", [date(2026, month, day) for month, day in ((3, 31), (4, 30), (5, 31))]),
        ("quarter", [date(2026, 3, 31), date(2026, 5, 31)]),
        ("year2", [date(2026, 4, 15), date(2026, 5, 31)]),
        ("year", [date(2026, 5, 31)]),
        ("10", [date(2025, 10, 31)]),
        ("2", [date(2026, 2, 28)]),
        ("5", [date(2026, 5, 31)]),
    ],
)
def test_a_term_by_a_button_is_days_and_owes_nothing_for_months_that_were_before(
    unite: Unite, code: str, due: list[date]
) -> None:
    found = card(union := unite(1), planned(union, code=code)).row
    assert [one.ends for one in found.due] == due


def test_a_term_of_the_next_year_has_all_its_months() -> None:
    found = rules.term_of("month", 2026, today=date(2026, 3, 2))
    assert found is not None and rules.count(found.starts, found.ends, found.period, found.times) == 9
    assert all(rules.term_of(code, 2026, today=date(2026, 3, 2)) is None for code in ("7", "13", "", "daily"))


@pytest.mark.parametrize(
    ("words", "times"),
    [
        *(("1 раз в год", 1), ("2 раза в год", 2), ("4 раза в год", 4), ("раз в квартал", 4), ("ежемесячно", 9)),
        *(("в течение года", 1), ("июнь", 1), ("до 20.08.2026", 1), ("октябрь-ноябрь", 1)),
    ],
)
def test_words_of_a_term_are_due_as_often_as_they_say_in_a_school_year(words: str, times: int) -> None:
    found = rules.read(words, YEAR)
    assert found is not None and rules.count(found.starts, found.ends, found.period, found.times) == times


def test_a_typed_term_is_read_or_refused_and_then_nothing_is_changed(unite: Unite) -> None:
    union = unite(1)
    line = planned(union)
    union.database.write(services.type_term, union.person(), line_id=line, words="1 раз в месяц")
    assert len(card(union, line).row.due) == 9
    for words in ("когда-нибудь", "октябрь 2019", "35.13.2026", "в соответствии с регламентом"):
        with pytest.raises(DomainError) as refused:
            union.database.write(services.type_term, union.person(), line_id=line, words=words)
        assert refused.value.code == "workplan_term"
    assert card(union, line).row.line.term == "1 раз в месяц"


def test_only_the_head_changes_the_plan_and_members_see_it(unite: Unite) -> None:
    union = unite(2)
    line = planned(union)
    seen = union.database.read(queries.plan, union.person(1), group_id=union.group)
    assert (len(seen.rows), seen.heads, card(union, line, 1).shown) == (1, False, ())
    own = {"line_id": line}
    for write, more in (
        (services.add, {"group_id": union.group, "year": YEAR, "text": "Чужое"}),
        (services.set_term, {**own, "code": "5"}),
        (services.type_term, {**own, "words": "май"}),
        (services.done, {**own, "slot": 0}),
        (services.drop, own),
        (services.say, {**own, "slot": 0, "word": "Чужое"}),
        (services.reopen, {**own, "slot": 0}),
        (services.show, {**own, "slot": 0, "way": "meeting", "of_id": 1}),
    ):
        with pytest.raises(NotFoundError):
            union.database.write(write, union.person(1), **more)
    stranger = callers.person(union.people[1], union.clock.now())
    union.database.write(group_staff.end_member, union.staff, member_id=2, until=None)
    with pytest.raises(NotFoundError):
        union.database.read(queries.plan, stranger, group_id=union.group)


def test_a_line_is_done_slot_by_slot_and_a_wrong_tap_is_taken_back(unite: Unite) -> None:
    union = unite(1)
    line = planned(union, code="month")
    for slot in (0, 1):
        union.database.write(services.done, union.person(), line_id=line, slot=slot)
    with pytest.raises(ConflictError) as refused:
        union.database.write(services.done, union.person(), line_id=line, slot=1)
    assert refused.value.code == "workplan_done"
    union.database.write(services.say, union.person(), line_id=line, slot=1, word="Пять уроков")
    with pytest.raises(ConflictError):
        union.database.write(services.drop, union.person(), line_id=line)
    with pytest.raises(DomainError) as shorter:
        union.database.write(services.set_term, union.person(), line_id=line, code="5")
    assert shorter.value.code == "workplan_fewer"
    union.database.write(services.reopen, union.person(), line_id=line, slot=1)
    assert [one.slot for one in card(union, line).row.done] == [0]


def test_of_four_who_note_one_slot_at_once_one_does(database_url: str, clock: FrozenClock) -> None:
    database = Database.connect(database_url)
    union = united(database, clock, 1)
    line = planned(union)
    deed = WorkDeed(done_on=clock.now().date(), word="Провели")
    refusals = at_once(
        database_url,
        *[
            lambda door, bot=bot: (
                door.write(services.done, union.person(), line_id=line, slot=0)
                if bot
                else door.write(staff_services.fulfil, union.staff, line_id=line, deed=deed)
            )
            for bot in (True, False, True, False)
        ],
    )
    assert [one.code for one in refusals if isinstance(one, ConflictError)] == ["workplan_done"] * 3
    assert len(database.read(marks)) == 1
    database.close()


def evidence(union: Union) -> dict[WorkWay, int]:
    """Something of the group for every way, by its id."""

    def make(session: Session) -> dict[WorkWay, int]:
        event = make_event(session, now=union.clock.now() - timedelta(days=10), days=3)
        session.add(EventHost(event_id=event, person_id=union.people[1], role=HostRole.SPEAKER))
        product = Product(code="own-1", title="Сборник уроков")
        session.add(product)
        session.flush()
        session.add(ProductAuthor(product_id=product.id, person_id=union.people[0]))
        return {WorkWay.EVENT: event, WorkWay.PRODUCT: product.id}

    meeting = union.met(3)
    decision = union.decide(meeting)
    union.database.write(meetings.finish_decision, union.staff, decision_id=decision, word="Сделано")
    return {WorkWay.MEETING: meeting, WorkWay.DECISION: decision, **union.database.write(make)}


def test_a_line_is_fulfilled_by_a_meeting_a_decision_an_event_and_a_product(unite: Unite) -> None:
    union = unite()
    ways = evidence(union)
    for way, number in ways.items():
        line = planned(union, f"Дело {way.value}")
        deed = WorkDeed(done_on=union.clock.now().date(), way=way, of_id=number)
        union.database.write(staff_services.fulfil, union.staff, line_id=line, deed=deed)
    found = union.database.read(staff_queries.page, union.staff, group_id=union.group, year=YEAR)
    assert found.totals == WorkTotals(4, 4, 4, 0)
    assert {one.line.text.partition(" ")[2]: one.done[0].way.value for one in found.rows} == {
        way.value: way.value for way in ways
    }
    with pytest.raises(NotFoundError):
        stranger = WorkDeed(done_on=union.clock.now().date(), way=WorkWay.MEETING, of_id=999)
        union.database.write(staff_services.fulfil, union.staff, line_id=planned(union, "Чужое"), deed=stranger)


def test_another_groups_meeting_fulfils_nothing(unite: Unite) -> None:
    union = unite()
    other = union.database.write(make_group, now=union.clock.now(), kind_id=union.kind, name="ШМО физиков")
    theirs = union.database.write(
        meetings.save_meeting,
        union.staff,
        meeting_id=None,
        group_id=other,
        draft=meetings.MeetingDraft(at=union.clock.now() - timedelta(days=1), place="", link="", agenda=""),
    )
    line = planned(union)
    union.database.write(services.done, union.person(), line_id=line, slot=0)
    with pytest.raises(NotFoundError):
        union.database.write(services.show, union.person(), line_id=line, slot=0, way="meeting", of_id=theirs)


def test_what_was_called_off_since_fulfils_nothing_any_more(unite: Unite) -> None:
    union = unite()

    def under_way(session: Session) -> int:
        event = make_event(session, now=union.clock.now(), days=-1 / 24)
        session.add(EventHost(event_id=event, person_id=union.people[1], role=HostRole.LEADER))
        return event

    ways = {WorkWay.MEETING: union.met(3), WorkWay.EVENT: union.database.write(under_way)}
    by_hand = planned(union, "Дело словами")
    union.database.write(services.done, union.person(), line_id=by_hand, slot=0)
    for way, number in ways.items():
        line = planned(union, f"Дело {way.value}")
        union.database.write(services.done, union.person(), line_id=line, slot=0)
        union.database.write(services.show, union.person(), line_id=line, slot=0, way=way.value, of_id=number)
    union.database.write(meetings.cancel, union.staff, meeting_id=ways[WorkWay.MEETING])
    union.database.write(event_staff.call_off, union.staff, event_id=ways[WorkWay.EVENT], reason="Болезнь ведущего")
    union.database.write(sweeps.reopen, callers.clock(union.clock.now()), rules=Rules())
    assert [one.line_id for one in union.database.read(marks)] == [by_hand]


def test_a_decision_that_was_written_by_mistake_takes_its_mark_along(unite: Unite) -> None:
    union = unite()
    ways = evidence(union)
    line = planned(union)
    deed = WorkDeed(done_on=union.clock.now().date(), way=WorkWay.DECISION, of_id=ways[WorkWay.DECISION])
    union.database.write(staff_services.fulfil, union.staff, line_id=line, deed=deed)
    union.database.write(lambda session: session.execute(delete(GroupDecision)))
    assert card(union, line).row.state is LineState.NOW


def told(session: Session) -> list[tuple[int, NoticeStatus]]:
    query = select(Notice.person_id, Notice.status).where(Notice.kind == "workplans.due").order_by(Notice.id)
    return [(number, status) for number, status in session.execute(query)]


def test_the_head_is_reminded_of_every_slot_once_and_a_former_head_no_more(unite: Unite) -> None:
    union = unite(2)
    planned(union, code="month")

    def sweep() -> None:
        union.database.write(sweeps.sweep, callers.clock(union.clock.now()), rules=Rules())

    sweep()
    assert union.database.read(told) == []
    union.clock.moment += timedelta(days=23)  # 25 March, a week before the end of the month
    for _ in range(3):
        sweep()
    assert union.database.read(told) == [(union.people[0], NoticeStatus.PENDING)]
    union.database.write(group_staff.name_head, union.staff, group_id=union.group, person_id=union.people[1])
    union.clock.moment += timedelta(days=30)
    sweep()
    assert [one for one, _ in union.database.read(told)] == union.people


def test_what_is_done_or_dropped_is_not_reminded_of(unite: Unite) -> None:
    union = unite(1)
    done, dropped = planned(union, "Первое", "3"), planned(union, "Второе", "3")
    union.clock.moment += timedelta(days=23)
    union.database.write(sweeps.sweep, callers.clock(union.clock.now()), rules=Rules())
    assert len(union.database.read(told)) == 2
    union.database.write(services.done, union.person(), line_id=done, slot=0)
    union.database.write(services.drop, union.person(), line_id=dropped)
    assert {status for _, status in union.database.read(told)} == {NoticeStatus.CANCELLED}


def test_the_report_of_unions_counts_plans_by_kind_as_by_hand(unite: Unite) -> None:
    union = unite(1)
    planned(union, "Первое", "month")
    late = planned(union, "Второе", "10")
    union.database.write(services.done, union.person(), line_id=planned(union, "Третье"), slot=0)
    other = union.database.write(add_kind, "council")
    union.database.write(make_group, now=union.clock.now(), kind_id=other, name="Совет")
    found = union.database.read(report.report, union.staff, since=date(2026, 1, 1))
    counted = [(one.plan_wanted, one.plan_done, one.plan_overdue) for one in (*found.rows, found.total)]
    assert counted == [(5, 1, 1), (0, 0, 0), (5, 1, 1)]
    assert card(union, late).row.state is LineState.OVERDUE
    assert union.database.read(queries.open_count, union.person()) == 2


def test_a_plan_has_so_many_lines_and_the_same_words_are_one_line(unite: Unite) -> None:
    union = unite(1)
    assert planned(union) == planned(union)
    union.database.write(
        lambda session: session.add_all(
            WorkplanLine(group_id=union.group, year=YEAR, text=f"Дело {one}") for one in range(rules.MOST_LINES - 1)
        )
    )
    with pytest.raises(DomainError) as refused:
        planned(union, "Ещё одно")
    assert refused.value.code == "workplan_many"
    for year in (YEAR - 1, YEAR + 2):
        with pytest.raises(NotFoundError):
            union.database.write(services.add, union.person(), group_id=union.group, year=year, text="Не тот год")
    assert union.database.write(services.add, union.person(), group_id=union.group, year=YEAR + 1, text="Тот год")


def test_the_panel_refuses_a_term_that_cannot_be_read_and_keeps_nothing_of_it(unite: Unite) -> None:
    union = unite(1)
    for draft, code in (
        (WorkDraft(text="Открытые уроки", term="когда-нибудь"), "workplan_term"),
        (WorkDraft(text="", term=""), "workplan_text"),
    ):
        with pytest.raises(DomainError) as refused:
            union.database.write(staff_services.add_line, union.staff, group_id=union.group, year=YEAR, draft=draft)
        assert refused.value.code == code
    assert union.database.read(staff_queries.years, union.staff, group_id=union.group) == {}
    line = union.database.write(
        staff_services.add_line, union.staff, group_id=union.group, year=YEAR, draft=WorkDraft(text="Дело", term="")
    )
    assert card(union, line).row.state is LineState.NO_TERM
    union.database.write(lambda session: session.execute(update(WorkplanLine).values(year=2019)))
    assert card(union, line).row.state is LineState.NO_TERM
