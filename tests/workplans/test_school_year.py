"""A school year of the clock on the plans of groups in Terek and Timashevsk: what is due and told, counted by hand."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality
from db.groups import staff_services as group_staff
from db.groups.models import GroupKind
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.plans.rules import LineState
from db.workplans import queries, services, staff_services, sweeps
from db.workplans.deeds import WorkDeed
from db.workplans.models import WorkplanLine
from db.workplans.staff_services import WorkDraft
from tests.groups.conftest import REGION, make_group
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.region import Enter, sheet
from tests.support.region import empty as empty
from tests.support.region import enter as enter
from tests.support.town import add_teacher

MOSCOW = ZoneInfo("Europe/Moscow")
YEAR, BEGINS = 2025, datetime(2025, 9, 1)
HOURS = (2, 10, 22)  # of the day there: at night, by day, late
OFF = {
    *(date(2026, 1, day) for day in range(1, 10)),
    *(date(2025, 11, 4), date(2026, 2, 23), date(2026, 3, 8), date(2026, 3, 9)),
    *(date(2026, 5, 1), date(2026, 5, 9), date(2026, 5, 11), date(2026, 6, 12)),
}
"""Days off of that year, as the calendar on the wall has them; Sundays besides."""


@dataclass(frozen=True)
class Wanted:
    """What a line's term means by hand: the last days of its slots and the days when one is reminded of them."""

    ends: str
    told: str


BY_BUTTON = {
    "month": Wanted(
        "30.09 31.10 30.11 31.12 31.01 28.02 31.03 30.04 31.05", "23.09 24.10 24.11 24.12 24.01 21.02 24.03 23.04 25.05"
    ),
    "quarter": Wanted("30.09 31.12 31.03 31.05", "23.09 24.12 24.03 25.05"),
    "year2": Wanted("14.01 31.05", "10.01 25.05"),
    "year": Wanted("31.05", "25.05"),
    "10": Wanted("31.10", "24.10"),
    "2": Wanted("28.02", "21.02"),
}
IN_WORDS = {
    "1 раз в месяц": BY_BUTTON["month"],
    "ежеквартально": BY_BUTTON["quarter"],
    "3 раза в год": Wanted("30.11 01.03 31.05", "24.11 24.02 25.05"),
    "4 раза в год": Wanted("07.11 14.01 23.03 31.05", "31.10 10.01 16.03 25.05"),
    "2 раза в квартал": Wanted(
        "30.09 15.11 31.12 14.02 31.03 15.05 31.05", "23.09 08.11 24.12 07.02 24.03 08.05 25.05"
    ),
    "октябрь-ноябрь": Wanted("30.11", "24.11"),
    "в течение года": BY_BUTTON["year"],
    "июнь": Wanted("30.06", "23.06"),
    "до 20.08.2026": Wanted("20.08", "13.08"),
    "16.10.2025": Wanted("16.10", "09.10"),
    # A Sunday; a day in the holidays of the new year, of which one hears before they begin.
    "15.03.2026": Wanted("15.03", "10.03"),
    "09.01.2026": Wanted("09.01", "31.12"),
}


def days(told: str) -> list[date]:
    """Days of that school year, written as «dd.mm»."""
    pairs = [[int(part) for part in one.split(".")] for one in told.split()]
    return [date(YEAR if month >= 9 else YEAR + 1, month, day) for day, month in pairs]


def at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, tzinfo=MOSCOW).astimezone(UTC)


class Headed:
    """A group of a region and its head, who has written the year's plan on its first day."""

    def __init__(self, database: Database) -> None:
        self.database, now = database, at(BEGINS, 9)
        town = str(database.read(lambda session: session.scalars(select(Municipality.code)).first()))
        self.head = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=now, municipality=town)
        kind = database.read(lambda session: session.scalars(select(GroupKind.id)).first())
        self.group = database.write(make_group, now=now, kind_id=kind)
        staff = callers.staff(REGION, now, MOSCOW)
        database.write(group_staff.add_member, staff, group_id=self.group, person_id=self.head, since=None)
        database.write(group_staff.name_head, staff, group_id=self.group, person_id=self.head)
        self.lines = {code: self.line(f"Кнопка {code}", code=code) for code in BY_BUTTON}
        self.lines |= {words: self.line(f"Слова {words}", words=words) for words in IN_WORDS}
        self.terms = {number: term for term, number in self.lines.items()}
        self.rules = database.read(dictionaries.rules)

    def line(self, text: str, *, code: str = "", words: str = "") -> int:
        own = callers.person(self.head, at(BEGINS, 9), MOSCOW)
        number: int = self.database.write(services.add, own, group_id=self.group, year=YEAR, text=text)
        if code:
            self.database.write(services.set_term, own, line_id=number, code=code)
        else:
            self.database.write(services.type_term, own, line_id=number, words=words)
        return number

    def pass_by(self, day: datetime) -> None:
        """The minutes of a day, of which some stand for all."""

        def swept(session: Session) -> None:
            for hour in HOURS:
                sweeps.sweep(session, callers.clock(at(day, hour), MOSCOW), rules=self.rules)

        self.database.write(swept)

    def told(self) -> list[Notice]:
        rows = select(Notice).where(Notice.kind == "workplans.due").order_by(Notice.id)
        return list(self.database.read(lambda session: session.scalars(rows).all()))

    def plan(self, day: datetime) -> queries.GroupPlan:
        own = callers.person(self.head, at(day, 20), MOSCOW)
        return self.database.read(queries.plan, own, group_id=self.group, year=YEAR)


def year_of(enter: Enter, pack: str) -> tuple[Visitor, Headed]:
    visitor, database = enter(pack, now=at(BEGINS + timedelta(days=364), 20))
    return visitor, Headed(database)


@pytest.mark.parametrize("pack", ["terek", "timashevsk"])
def test_a_groups_school_year_is_due_reminded_and_counted_as_by_hand(enter: Enter, pack: str) -> None:
    visitor, headed = year_of(enter, pack)
    wanted = BY_BUTTON | IN_WORDS
    found = {headed.terms[one.line.id]: [slot.ends for slot in one.due] for one in headed.plan(BEGINS).rows}
    assert found == {term: days(one.ends) for term, one in wanted.items()}
    monthly = headed.lines["1 раз в месяц"]
    for number in range(365):
        day = BEGINS + timedelta(days=number)
        own = callers.person(headed.head, at(day, 9), MOSCOW)
        if day.day == 5 and day.month not in (6, 7, 8):  # before the reminder
            slot = (day.year - YEAR) * 12 + day.month - 9
            headed.database.write(services.done, own, line_id=monthly, slot=slot)
        if (day.day, day.month) == (28, 11):  # after it
            headed.database.write(services.done, own, line_id=headed.lines["3 раза в год"], slot=0)
        headed.pass_by(day)
    told = headed.told()
    assert max(Counter((one.params["line"], one.params["slot"]) for one in told).values()) == 1
    by_hand = {term: days(one.told) for term, one in wanted.items() if term != "1 раз в месяц"}
    heard: dict[str, list[date]] = {}
    for one in told:
        day = one.due_at.astimezone(MOSCOW).date()
        heard.setdefault(headed.terms[one.params["line"]], []).append(day)
        assert not is_quiet(one.due_at, rules=headed.rules, zone=MOSCOW) and day.weekday() != 6 and day not in OFF
        assert one.expires_at is not None and one.due_at < one.expires_at
    assert heard == by_hand
    slots = sum(len(days(one.ends)) for one in wanted.values())
    totals = headed.plan(BEGINS + timedelta(days=364)).totals
    assert (totals.lines, totals.wanted, totals.done) == (len(wanted), slots, 10)
    late = len(wanted) - 1  # all but the monthly one that was kept up
    assert totals.overdue == late
    rows = {row[0]: row[2:4] for row in sheet(visitor, f"/workplans/{headed.group}/plan.xlsx?year={YEAR}") if row[2]}
    table = {text: said for text, said in rows.items() if text.startswith(("Кнопка", "Слова"))}
    assert Counter(said[1] for said in table.values()) == {"срок прошёл": late, "сделано ✓": 1}
    assert table["Слова 1 раз в месяц"] == ["9 / 9", "сделано ✓"]
    assert table["Слова 3 раза в год"] == ["1 / 3", "срок прошёл"]
    assert sum(int(said[0].split(" / ")[1]) for said in table.values()) == slots
    after = headed.plan(BEGINS + timedelta(days=365)).rows
    assert {one.state for one in after} == {LineState.UNMARKED, LineState.DONE}, "a new year has begun: nobody's debt"


def test_a_line_that_is_changed_while_its_reminder_waits_is_reminded_of_all_the_same(enter: Enter) -> None:
    """A word put right on a Sunday took the reminder back, and it never came again."""
    _, headed = year_of(enter, "timashevsk")
    sunday = datetime(2025, 11, 23)
    headed.pass_by(sunday)
    line = headed.lines["октябрь-ноябрь"]

    def of_line() -> list[NoticeStatus]:
        return [one.status for one in headed.told() if one.params["line"] == line]

    assert of_line() == [NoticeStatus.PENDING]
    draft = WorkDraft(text="Слова исправлены", term="октябрь-ноябрь")
    headed.database.write(
        staff_services.change_line, callers.staff(REGION, at(sunday, 23), MOSCOW), line_id=line, draft=draft
    )
    assert of_line() == [NoticeStatus.CANCELLED], "what was to be said is of former words"
    headed.pass_by(sunday + timedelta(days=1))
    (notice,) = [one for one in headed.told() if one.params["line"] == line]
    assert notice.status is NoticeStatus.PENDING and notice.params["text"] == "Слова исправлены"
    staff = callers.staff(REGION, at(sunday + timedelta(days=1), 7), MOSCOW)
    deed = WorkDeed(done_on=sunday.date(), word="Провели")
    headed.database.write(staff_services.fulfil, staff, line_id=line, deed=deed)
    headed.pass_by(sunday + timedelta(days=1))
    assert of_line() == [NoticeStatus.CANCELLED], "done: nothing is said"
    remind_on = headed.database.read(lambda session: session.get_one(WorkplanLine, line).remind_on)
    assert remind_on is None


def test_a_bot_that_was_down_for_a_month_reminds_of_what_is_still_to_end_and_of_nothing_that_is_over(
    enter: Enter,
) -> None:
    _, headed = year_of(enter, "timashevsk")
    headed.pass_by(datetime(2025, 9, 20))
    headed.pass_by(datetime(2025, 10, 27))
    told = {(headed.terms[one.params["line"]], one.params["slot"]) for one in headed.told()}
    assert told == {("month", 1), ("1 раз в месяц", 1), ("10", 0)}, "September's slots are over, October's are not"
