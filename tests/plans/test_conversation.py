"""One's own lines of the plan in the chat: named, reminded once before the term, done with one tap and a line."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.sandbox.client import SandboxPerson
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import ConflictError, NotFoundError
from db.notices.models import Notice
from db.notices.rules import is_quiet
from db.plans import personal, services, staff_services, sweeps
from db.plans.models import Period, Plan, PlanFulfilment, PlanLine, PlanResponsible
from tests.events.support import heard
from tests.mentoring.conftest import REGION
from tests.support import callers
from tests.support.town import Town, add_teacher, person_of

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ZONE = ZoneInfo("Asia/Yekaterinburg")


def four_times_a_year(session: Session, line_id: int) -> None:
    session.execute(update(Plan).values(ends=YEAR[1]))
    session.execute(
        update(PlanLine)
        .where(PlanLine.id == line_id)
        .values(text="Заседание совета", term="4 раза в год", starts=YEAR[0], ends=YEAR[1], period=Period.YEAR, times=4)
    )


@pytest.fixture
async def member(town: Town) -> tuple[SandboxPerson, int, int]:
    """Somebody who answers for a line that is due four times this year."""
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    person_id = town.read(person_of, external_id=2001)
    line_id = town.read(lambda session: session.scalars(select(PlanLine.id)).first())
    town.write(four_times_a_year, line_id)
    for _ in range(2):
        town.write(
            staff_services.name_responsible,
            callers.staff(REGION, town.clock.now()),
            line_id=line_id,
            person_id=person_id,
        )
    town.write(heard, now=town.clock.now())
    return person, person_id, line_id


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def test_a_line_is_done_with_one_tap_and_a_line_and_a_wrong_tap_is_taken_back(
    town: Town, member: tuple[SandboxPerson, int, int]
) -> None:
    person, _, line_id = member
    assert "Заседание совета" in await say(person, "/plan")
    assert "Сделано 0 из 4" in await tap(person, "Заседание совета")
    assert "Отметил: сделано" in await tap(person, "Сделано")
    assert "Отметку убрал" in await tap(person, "Отметил по ошибке")
    assert town.read(lambda session: session.scalars(select(PlanFulfilment)).all()) == []
    await tap(person, "Сделано")
    told = await say(person, "Протокол № 3, договорились о школе молодого педагога")
    assert "Записал" in told
    assert "Сделано 1 из 4" in told
    (made,) = town.read(lambda session: session.scalars(select(PlanFulfilment)).all())
    assert (made.line_id, made.slot, made.word) == (line_id, 0, "Протокол № 3, договорились о школе молодого педагога")


async def test_who_answers_for_nothing_is_told_so_and_sees_no_button(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    assert "строк плана нет" in await say(person, "/plan")
    await say(person, "/menu")
    assert "Мой план" not in (await person.last()).buttons


async def test_who_answers_for_a_line_finds_it_in_the_menu_and_heard_of_it_once(
    town: Town, member: tuple[SandboxPerson, int, int]
) -> None:
    person, _, _ = member
    await say(person, "/menu")
    assert "Мой план" in (await person.last()).buttons
    kinds = town.read(lambda session: session.scalars(select(Notice.kind)).all())
    assert kinds.count("plans.named") == 1


def test_a_year_of_minutes_reminds_once_a_quarter_and_never_at_night(database: Database) -> None:
    """The clock of a whole year: four slots, four reminders, none in quiet hours or on holidays."""
    start = datetime(2026, 1, 1, 5, tzinfo=UTC)
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=start)
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id)).first())
    database.write(four_times_a_year, line_id)
    caller = callers.staff(REGION, start)
    database.write(staff_services.name_responsible, caller, line_id=line_id, person_id=person_id)
    for hours in range(0, 365 * 24, 6):
        database.write(sweeps.sweep, callers.clock(start + timedelta(hours=hours)), rules=Rules())
    due = [
        one.due_at
        for one in database.read(
            lambda session: session.scalars(select(Notice).where(Notice.kind == "plans.due").order_by(Notice.id)).all()
        )
    ]
    assert [(at.month, at.day) for at in due] == [(3, 24), (6, 23), (9, 23), (12, 24)]
    assert not [at for at in due if is_quiet(at, rules=Rules(), zone=ZONE)]
    assert all(after - before > timedelta(days=80) for before, after in pairwise(due))


def test_what_is_done_is_not_reminded_of_and_a_moved_term_is(database: Database) -> None:
    start = datetime(2026, 3, 10, 5, tzinfo=UTC)
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=start)
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id)).first())
    database.write(four_times_a_year, line_id)
    staff, own = callers.staff(REGION, start), callers.person(person_id, start)
    database.write(staff_services.name_responsible, staff, line_id=line_id, person_id=person_id)

    def reminder() -> date | None:
        return database.read(lambda session: session.scalars(select(PlanResponsible.remind_on)).one())

    assert reminder() == date(2026, 3, 24)
    database.write(services.done, own, line_id=line_id, slot=0)
    assert reminder() == date(2026, 6, 23)
    database.write(services.reopen, own, line_id=line_id, slot=0)
    assert reminder() == date(2026, 3, 24)
    database.write(sweeps.sweep, callers.clock(start + timedelta(days=14)), rules=Rules())
    assert reminder() == date(2026, 6, 23), "what was said is not looked at again every minute"


def test_a_slot_is_done_once_and_only_by_whoever_answers_for_the_line(database: Database) -> None:
    start = datetime(2026, 3, 10, 5, tzinfo=UTC)
    mine, other = (
        database.write(add_teacher, external_id=number, name=f"Имя {number}", now=start) for number in (1, 2)
    )
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id)).first())
    database.write(staff_services.name_responsible, callers.staff(REGION, start), line_id=line_id, person_id=mine)
    database.write(services.done, callers.person(mine, start), line_id=line_id, slot=0)
    with pytest.raises(ConflictError):
        database.write(services.done, callers.person(mine, start), line_id=line_id, slot=0)
    with pytest.raises(NotFoundError):
        database.write(services.done, callers.person(other, start), line_id=line_id, slot=0)
    with pytest.raises(NotFoundError):
        database.write(services.say, callers.person(other, start), line_id=line_id, slot=0, word="Чужое")


def test_an_erased_persons_words_go_and_what_was_done_stays(database: Database) -> None:
    start = datetime(2026, 3, 10, 5, tzinfo=UTC)
    person_id = database.write(add_teacher, external_id=1, name="Мудрая Нина", now=start)
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id)).first())
    own = callers.person(person_id, start)
    database.write(staff_services.name_responsible, callers.staff(REGION, start), line_id=line_id, person_id=person_id)
    database.write(services.done, own, line_id=line_id, slot=0)
    database.write(services.say, own, line_id=line_id, slot=0, word="Провела с Ольгой")
    assert database.read(personal.export, person_id=person_id)["plan_done"][0]["word"] == "Провела с Ольгой"
    database.write(personal.forget, callers.clock(start), person_id=person_id)
    made = database.read(lambda session: session.scalars(select(PlanFulfilment)).one())
    assert (made.word, made.noted_by) == ("", "")
    assert database.read(lambda session: session.scalars(select(PlanResponsible)).all()) == []
