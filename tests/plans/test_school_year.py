"""A school year of the clock on the documents' own plans: what is due and when one is reminded, counted by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality
from db.notices.models import Notice
from db.notices.rules import is_quiet
from db.plans import services, sweeps
from db.plans.models import PlanLine
from db.plans.rules import slots
from db.plans.staff_services import name_responsible
from tests.mentoring.conftest import REGION
from tests.plans.conftest import Enter
from tests.plans.support import sheet
from tests.support import callers
from tests.support.town import add_teacher

MOSCOW = ZoneInfo("Europe/Moscow")
HOURS = (2, 10, 22)  # of the day there: at night, by day, late
RECURRING = {
    "schedule-2020-2": 4,
    "schedule-2021-1": 2,
    "schedule-2021-2": 2,
    "network-1": 4,
    "network-2": 16,
    "network-3": 12,
    "network-4": 48,
    "network-5": 48,
    "network-8": 16,
    "network-9": 8,
}
"""How often each recurring line of Timashevsk is due: «4 раза в год» of one year, «1 раз в месяц» of four years."""
REMINDED = {
    "schedule-2020-2": 2,
    "schedule-2021-1": 1,
    "schedule-2021-2": 1,
    "network-1": 1,
    "network-2": 4,
    "network-3": 3,
    "network-5": 12,
    "network-8": 4,
    "network-9": 2,
}
"""How often of it one is reminded from September 2020 to August 2021; the fourth is done before every reminder."""
ONCE = 13 + 6 + 1
"""Lines of one term that ends in that school year: of 2020, of 2021, and the one of 2022 whose term is not its own."""


def named_for_all(database: Database, now: datetime) -> tuple[int, dict[int, PlanLine]]:
    """Somebody who answers for every line of every plan."""
    town = database.read(lambda session: session.scalars(select(Municipality.code)).first())
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=now, municipality=str(town))
    lines = database.read(lambda session: session.scalars(select(PlanLine).order_by(PlanLine.id)).all())
    for line in lines:
        database.write(name_responsible, callers.staff(REGION, now, MOSCOW), line_id=line.id, person_id=person_id)
    return person_id, {line.id: line for line in lines}


def reminders(database: Database) -> list[Notice]:
    rows = select(Notice).where(Notice.kind == "plans.due").order_by(Notice.id)
    return list(database.read(lambda session: session.scalars(rows).all()))


def at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, tzinfo=MOSCOW).astimezone(UTC)


def slot_of(notice: Notice) -> tuple[int, int]:
    params: dict[str, Any] = notice.params
    return params["line"], params["slot"]


def check_moments(database: Database, lines: dict[int, PlanLine], told: list[Notice]) -> None:
    """Each slot once, in the daytime of a working day, before it ends."""
    rules = database.read(dictionaries.rules)
    assert rules.holidays and max(Counter(slot_of(one) for one in told).values()) == 1
    assert not [one.due_at for one in told if is_quiet(one.due_at, rules=rules, zone=MOSCOW)]
    for one in told:
        line = lines[slot_of(one)[0]]
        due = slots(line.starts, line.ends, line.period, line.times)[slot_of(one)[1]]
        assert due.ends - timedelta(days=7) <= one.due_at.astimezone(MOSCOW).date() <= due.ends


def test_timashevsks_school_year_is_due_reminded_and_counted_as_by_hand(enter: Enter) -> None:
    begins = datetime(2020, 9, 1)
    ends = begins + timedelta(days=364)
    visitor, database = enter("timashevsk", now=at(ends, 20))
    person_id, lines = named_for_all(database, at(begins, 1))
    codes = {line.code: line for line in lines.values()}
    due = {code: len(slots(line.starts, line.ends, line.period, line.times)) for code, line in codes.items()}
    assert {code: count for code, count in due.items() if count > 1} == RECURRING
    rules, monthly, quarterly = database.read(dictionaries.rules), codes["network-4"], codes["network-2"]
    for number in range(365):
        day = begins + timedelta(days=number)
        own = callers.person(person_id, at(day, 9), MOSCOW)
        if day.day == 5:  # before the reminder: the slots are the months since January 2020
            slot = (day.year - 2020) * 12 + day.month - 1
            database.write(services.done, own, line_id=monthly.id, slot=slot)
        if day.day == 28 and day.month in (9, 12, 3, 6):  # after it: the quarters since then
            slot = (day.year - 2020) * 4 + (day.month - 1) // 3
            database.write(services.done, own, line_id=quarterly.id, slot=slot)
        for hour in HOURS:
            database.write(sweeps.sweep, callers.clock(at(day, hour), MOSCOW), rules=rules)
    told = reminders(database)
    by_code = Counter(lines[slot_of(one)[0]].code for one in told)
    assert {code: count for code, count in by_code.items() if code in RECURRING} == REMINDED
    assert sum(count for code, count in by_code.items() if code not in RECURRING) == ONCE
    check_moments(database, lines, told)
    for plan, wanted in (("schedule", 0), ("network", 12 + 4)):
        table = {row[0]: row[1] for row in sheet(visitor, f"/plan.xlsx?plan={plan}", 1)[1:]}
        assert sum(int(said.split()[1]) for said in table.values()) == wanted
        if plan == "network":
            assert table[monthly.text] == "выполнено 12 из 48"
            assert table[quarterly.text] == "выполнено 4 из 16"


def test_tereks_last_school_year_reminds_of_every_measure_once(enter: Enter) -> None:
    """29 measures with stages end on one day, three have no days: a reminder each a week before, a plan-fact of 29."""
    begins = datetime(2023, 9, 1)
    visitor, database = enter("terek", now=at(begins + timedelta(days=364), 20))
    person_id, lines = named_for_all(database, at(begins, 1))
    rules = database.read(dictionaries.rules)
    for number in range(365):
        day = begins + timedelta(days=number)
        database.write(sweeps.sweep, callers.clock(at(day, 10), MOSCOW), rules=rules)
        if (day.month, day.day) == (8, 26):
            for line_id, slot in map(slot_of, reminders(database)):
                database.write(services.done, callers.person(person_id, at(day, 9), MOSCOW), line_id=line_id, slot=slot)
    told = reminders(database)
    assert len(told) == 29
    assert {one.due_at.astimezone(MOSCOW).date().isoformat() for one in told} == {"2024-08-24"}
    check_moments(database, lines, told)
    rows = sheet(visitor, "/plan.xlsx", 1)[1:]
    assert Counter(row[1] for row in rows) == {"выполнено 1 из 1": 29, "выполнено 0 из 1": 3}
    assert Counter(row[2] for row in rows) == {"Выполнено": 29, "Без дат": 3}
