"""The plan of the year behind the one step: drafted, accepted, swapped, moved, proved; and whose it is."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.sandbox.client import SandboxPerson
from db.database import Database
from db.errors import ConflictError, DomainError, NotFoundError
from db.routes import planning, queries, services
from db.routes.models import EvidenceKind, ItemKind, ItemStatus, RouteItem, RouteStatus
from db.routes.rules import BREAK, ServingEvent, evidence_of, later_month, months, step_offers, year_draft
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import NOW, complete, teacher
from tests.events.support import heard, make_event
from tests.routes.support import every
from tests.routes.test_conversation import say, taken, tap
from tests.routes.test_rules import INSTRUMENTS
from tests.support import callers
from tests.support.town import Town, person_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(today=DAYS, mentored=st.booleans(), events=st.lists(st.integers(1, 4), max_size=4))
def test_a_draft_teaches_tries_and_talks_through_each_theme_in_months_with_lessons(
    today: date, mentored: bool, events: list[int]
) -> None:
    content = INSTRUMENTS[0]
    themes = content.components[:2]
    practices = step_offers(content.components, {item.code: 1 for item in content.items}, taken=())
    free = months(today)
    serving = {one.code: [ServingEvent(number, "Семинар", free[0]) for number in events] for one in themes}
    lines = year_draft(today, themes, practices, serving, mentored=mentored)
    assert [line.term for line in lines] == sorted(line.term for line in lines)
    assert all(line.term.day == 1 and line.term.month not in BREAK for line in lines)
    assert lines[0].term >= today.replace(day=1)
    used = [line.event_id for line in lines if line.event_id is not None]
    assert len(used) == len(set(used)) == min(len(set(events)), 2)
    for number, theme in enumerate(themes):
        kinds = {line.kind for line in lines if line.component == theme.code}
        assert ItemKind.PRACTICE in kinds
        assert kinds & {ItemKind.EVENT, ItemKind.COURSE}
        assert (ItemKind.TALK in kinds) is (mentored and number == 0)
    later = later_month(free[-1], today=today)
    assert later == free[0], "after the last month the first again"


def test_an_address_is_a_link_and_all_else_a_word() -> None:
    assert evidence_of("https://example.org/a") is EvidenceKind.LINK
    assert evidence_of("смотрите https://example.org/a") is EvidenceKind.WORD
    assert evidence_of("https://example.org/ и слова") is EvidenceKind.WORD
    assert evidence_of("https://" + "a" * 300) is EvidenceKind.WORD


def drafted(database: Database, who: int) -> Sequence[RouteItem]:
    return database.write(planning.draft, callers.person(who, NOW)).lines


def of_kind(lines: Sequence[RouteItem], *kinds: ItemKind) -> RouteItem:
    return next(one for one in lines if one.kind in kinds)


def test_a_plan_is_a_draft_then_agreed_and_its_first_deed_begins_it(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    caller = callers.person(who, NOW)
    lines = drafted(database, who)
    assert [one.id for one in drafted(database, who)] == [one.id for one in lines], "twice is once"
    assert {one.status for one in lines} == {ItemStatus.PROPOSED}
    home = database.read(queries.home, caller)
    assert home.route is not None
    assert (home.route.status, len(home.items), home.lines) == (RouteStatus.DRAFT, 0, len(lines))
    visit = of_kind(lines, ItemKind.VISIT)
    with pytest.raises(ConflictError):
        database.write(planning.prove, caller, item_id=visit.id, text="Была")
    with pytest.raises(NotFoundError):
        database.write(services.pause, caller)
    plan = database.write(planning.agree, caller)
    assert plan.route is not None
    assert (plan.route.status, plan.proposed) == (RouteStatus.AGREED, 0)
    done = database.write(planning.prove, caller, item_id=visit.id, text="https://example.org/photo")
    assert (done.status, done.link, done.word) == (ItemStatus.DONE, "https://example.org/photo", None)
    assert database.read(every, RouteItem.status).count(ItemStatus.DONE) == 1
    home = database.read(queries.home, caller)
    assert home.route is not None
    assert (home.route.status, home.proved, home.done) == (RouteStatus.ACTIVE, 1, 1)


def test_a_draft_thrown_away_is_cancelled_and_the_step_is_still_offered(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    before = database.read(queries.home, callers.person(who, NOW)).step
    drafted(database, who)
    within = database.read(queries.home, callers.person(who, NOW)).step
    assert within == before, "a practice of the plan may still be the next step"
    after = database.write(services.finish, callers.person(who, NOW))
    assert after.route is None
    assert after.step == before


def test_a_practice_becomes_the_step_by_either_way_and_never_twice(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    caller = callers.person(who, NOW)
    first, second = [one for one in drafted(database, who) if one.kind is ItemKind.PRACTICE][:2]
    item, days = database.write(planning.try_out, caller, item_id=second.id)
    assert (item.kind, item.status, bool(days)) == (ItemKind.STEP, ItemStatus.OPEN, True)
    assert database.write(planning.try_out, caller, item_id=second.id)[0].id == second.id
    attempt_id = first.attempt_id or 0
    step, _ = database.write(services.take_step, caller, attempt_id=attempt_id, item=first.item or "")
    assert step.id == first.id, "the line itself is the step"
    taken(database, who)
    third = database.write(planning.add_own, caller, text="Прочитать книгу")
    with pytest.raises(NotFoundError):
        database.write(planning.try_out, caller, item_id=third.id)
    with pytest.raises(DomainError, match="route_full"):
        taken(database, who)


def test_a_line_is_swapped_through_what_there_is_and_put_off(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    caller = callers.person(who, NOW)
    weakest = database.read(queries.last_result, caller)
    assert weakest is not None
    theme = weakest.priorities[0].component.code
    starts = NOW + timedelta(days=40)
    first, second = (
        database.write(make_event, now=NOW, title=title, starts_at=starts, components=[theme])
        for title in ("Первый семинар", "Второй семинар")
    )
    lines = drafted(database, who)
    learn = next(one for one in lines if one.component == theme and one.kind is ItemKind.EVENT)
    assert (learn.event_id, learn.term) == (first, date(2026, 4, 1))
    seen = []
    for _ in range(3):
        learn = database.write(planning.swap, caller, item_id=learn.id)
        seen.append((learn.kind, learn.event_id, learn.evidence))
    assert seen == [
        (ItemKind.EVENT, second, EvidenceKind.ATTENDANCE),
        (ItemKind.COURSE, None, EvidenceKind.LINK),
        (ItemKind.EVENT, first, EvidenceKind.ATTENDANCE),
    ]
    with pytest.raises(NotFoundError):
        database.write(planning.postpone, caller, item_id=learn.id)
    practice = of_kind(lines, ItemKind.PRACTICE)
    swapped = database.write(planning.swap, caller, item_id=practice.id)
    assert (swapped.component, swapped.item != practice.item) == (practice.component, True)
    own = database.write(planning.add_own, caller, text="Прочитать книгу")
    assert database.write(planning.add_own, caller, text="Прочитать книгу").id == own.id
    later = database.write(planning.postpone, caller, item_id=own.id)
    assert (own.term, later.term) == (date(2026, 3, 1), date(2026, 4, 1))
    with pytest.raises(NotFoundError):
        database.write(planning.swap, caller, item_id=own.id)


def test_nobody_touches_anothers_plan(database: Database) -> None:
    who, other = teacher(database), teacher(database, 7002)
    complete(database, who, mixed)
    line = of_kind(drafted(database, who), ItemKind.VISIT)
    stranger = callers.person(other, NOW)
    for use_case in (planning.accept, planning.swap, planning.postpone, planning.try_out):
        with pytest.raises(NotFoundError):
            database.write(use_case, stranger, item_id=line.id)
    with pytest.raises(NotFoundError):
        database.write(planning.prove, stranger, item_id=line.id, text="Чужое")
    for whole in (planning.draft, planning.agree):
        with pytest.raises(NotFoundError):
            database.write(whole, stranger)


async def test_a_plan_is_drafted_agreed_and_proved_in_few_taps(town: Town) -> None:
    person: SandboxPerson = await town.teacher(2001, "Мудрая Нина Павловна")
    complete(town.database, town.read(person_of, external_id=2001), mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    town.clock.moment = NOW
    await say(person, "/route")
    assert "Соберу черновик" in await tap(person, "План на год")
    told = await tap(person, "Составить план")
    assert "Вот черновик" in told and "предложено" in told
    assert "План ваш" in await tap(person, "Принять весь план")
    (line,) = [one for one in (await person.last()).buttons if "Занятие коллеги" in one][:1]
    assert "Подтверждение: пара слов" in await tap(person, line)
    assert "Чем подтвердить?" in await tap(person, "Сделано")
    assert "Ваши слова: Была у Ольги" in await say(person, "Была у Ольги")
    told = await say(person, "/route")
    assert "Уже сделано: 1 шаг" in told
    assert any(one.startswith("План: 1 из") for one in (await person.last()).buttons)
    kept = town.read(lambda s: s.scalars(select(RouteItem).where(RouteItem.status == ItemStatus.DONE)).one())
    assert (kept.word, kept.attempt_id is not None) == ("Была у Ольги", True)
