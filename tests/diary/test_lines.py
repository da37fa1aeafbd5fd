"""A line of a diary: written by what happened, once, for whoever keeps one; by hand; taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.clock import FrozenClock
from db.database import Database
from db.diary import queries, services, staff_queries
from db.diary.check import RULES
from db.diary.models import DiaryLine, DiarySource
from db.diary.rules import LONGEST, MOST_A_DAY, month_before, next_month
from db.diary.staff_queries import DiaryFilter
from db.dictionaries.models import Term
from db.errors import DomainError
from db.people.models import Role
from db.people.roles import grant, revoke
from tests.events.support import REGION
from tests.support import callers
from tests.support.town import add_teacher

HELP = "Оказание адресной методической помощи по выявленным профессиональным затруднениям"
NUMBERS = iter(range(1, 999))


def member(session: Session, clock: FrozenClock, *, active: bool = True) -> PersonCaller:
    """Somebody of the active, or a plain teacher."""
    number = add_teacher(session, external_id=7000 + next(NUMBERS), name="Умелая Нина Петровна", now=clock.now())
    if active:
        grant(session, callers.clock(clock.now()), person_id=number, role=Role.ACTIVE_MEMBER, order_number="1")
    return callers.person(number, clock.now())


def noted(session: Session, who: PersonCaller, source: str = "request", number: int = 1, **more: Any) -> None:
    day = who.now.astimezone(who.zone).date()
    services.note(
        session, who, person_id=who.person_id, source=source, source_id=number, on=day, text="Помогла", **more
    )


def lines(session: Session, who: PersonCaller) -> list[tuple[str, str]]:
    found = session.scalars(select(DiaryLine).where(DiaryLine.person_id == who.person_id).order_by(DiaryLine.id))
    return [(one.activity.name, one.text) for one in found]


def sound(session: Session) -> bool:
    """Whether the tally counts every line."""
    return not session.execute(text(RULES["has a tally that is not the number of lines"])).all()


def refused(call: object, *args: object, **more: object) -> str:
    with pytest.raises(DomainError) as refusal:
        call(*args, **more)  # type: ignore[operator]
    return refusal.value.code


def test_what_happened_is_one_line_of_whoever_keeps_a_diary(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        nina, plain = member(session, clock), member(session, clock, active=False)
        for _ in range(2):
            noted(session, nina, hours=2)
            noted(session, plain)
        noted(session, nina, number=2)
        assert lines(session, nina) == [(HELP, "Помогла")] * 2 and lines(session, plain) == []
        revoke(session, nina, person_id=nina.person_id, role=Role.ACTIVE_MEMBER)
        noted(session, nina, number=3)
        assert sound(session)
        assert len(lines(session, nina)) == 2, "who left the active keeps the lines, and gets no new ones"
        for source in DiarySource:
            noted(session, plain, source=source)
        assert refused(services.add, session, plain, activity_id=1, text="Провела семинар") == "diary_not_kept"

    database.write(story)


def test_a_thing_that_did_not_happen_takes_its_line_with_it(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        one, two = member(session, clock), member(session, clock)
        for who in (one, two):
            noted(session, who, "event", 5)
            noted(session, who, "event", 6)
        services.remove(session, one, source="event", source_id=5, person_id=one.person_id)
        services.remove(session, one, source="event", source_id=6)
        assert len(lines(session, one)) == 0 and len(lines(session, two)) == 1
        noted(session, one, "event", 5)
        assert len(lines(session, one)) == 1, "it happened after all"
        assert sound(session)

    database.write(story)


def test_a_line_of_the_system_that_its_person_deleted_stays_away(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        nina, other = member(session, clock), member(session, clock)
        noted(session, nina)
        number = queries.month(session, nina).lines[0].id
        assert refused(services.drop, session, other, diary_id=number) == "not_found"
        services.drop(session, nina, diary_id=number)
        noted(session, nina)
        assert sound(session)
        assert not queries.month(session, nina).lines and lines(session, nina) == [(HELP, "")]
        assert refused(services.say, session, nina, diary_id=number, text="Снова здесь") == "not_found"

    database.write(story)


def test_a_line_by_hand_is_of_a_kind_of_the_document_and_said_in_one_breath(
    database: Database, clock: FrozenClock
) -> None:
    def story(session: Session) -> None:
        nina, other = member(session, clock), member(session, clock)
        kinds = queries.activities(session, nina)
        assert [one.kind.value for one in kinds] == ["activity"] * 9 + ["work_line"] * 5
        assert refused(services.add, session, nina, activity_id=kinds[0].id, text="а") == "diary_words"
        assert refused(services.add, session, nina, activity_id=kinds[0].id, text="а" * (LONGEST + 1)) == "diary_words"
        position = session.scalar(select(Term.id).where(Term.kind == "position"))
        assert refused(services.add, session, nina, activity_id=position, text="Провела") == "not_found"
        row = services.add(session, nina, activity_id=kinds[0].id, text="Провела  'круглый' стол")
        today = date(2026, 3, 2)
        assert (row.day, row.text, row.source) == (today, "Провела 'круглый' стол", None)
        assert services.put_day(session, nina, diary_id=row.id, day=today - timedelta(days=3)).day.month == 2
        for day in (today + timedelta(days=1), today - timedelta(days=367)):
            assert refused(services.put_day, session, nina, diary_id=row.id, day=day) == "diary_day"
        assert refused(services.say, session, other, diary_id=row.id, text="Чужое слово") == "not_found"
        assert [one.text for one in queries.month(session, nina, of=date(2026, 2, 9)).lines] == [row.text]
        assert sound(session)
        services.put_day(session, nina, diary_id=row.id, day=date(2025, 8, 31))
        assert sound(session)
        services.drop(session, nina, diary_id=row.id)
        assert lines(session, nina) == [] and sound(session)
        for number in range(MOST_A_DAY):
            services.add(session, nina, activity_id=kinds[0].id, text=f"Запись {number}")
        assert refused(services.add, session, nina, activity_id=kinds[0].id, text="И ещё одна") == "diary_many"

    database.write(story)


def test_a_month_tells_how_many_of_each_kind_and_where_more_is(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        nina = member(session, clock)
        noted(session, nina)
        noted(session, nina, "event", 4)
        noted(session, nina, "event", 7)
        own = queries.month(session, nina)
        assert [(one.short, one.written) for one in own.sums] == [
            ("Мероприятия сопровождения", 2),
            ("Адресная помощь", 1),
        ]
        assert own.by_itself == 3 and own.keeps and not own.earlier and not own.later
        before = queries.month(session, nina, of=date(2026, 2, 14))
        assert not before.lines and before.later and not before.earlier

    database.write(story)
    assert next_month(date(2025, 12, 1)) == date(2026, 1, 1) and month_before(date(2026, 1, 1)) == date(2025, 12, 1)


def test_a_period_of_any_days_counts_what_its_lines_are(database: Database, clock: FrozenClock) -> None:
    """Whole school years are counted by their tally, so every edge is one where a line may be lost or counted twice."""
    days = [
        date(2023, 8, 31),
        date(2023, 9, 1),
        date(2024, 5, 2),
        date(2024, 9, 1),
        date(2025, 8, 31),
        date(2026, 3, 1),
    ]

    def story(session: Session) -> None:
        nina, staff = member(session, clock), callers.staff(REGION, clock.now())
        for number, day in enumerate(days):
            noted_on = {"source": "request", "source_id": number, "on": day}
            services.note(session, nina, person_id=nina.person_id, **noted_on)
        edges = [None, *days, *(day + timedelta(days=1) for day in days)]
        for since in edges:
            for until in edges:
                wanted = DiaryFilter(person_id=nina.person_id, since=since, until=until)
                counted = sum(staff_queries.counts(session, staff, wanted=wanted).values())
                told = [day for day in days if (since or date.min) <= day < (until or date.max)]
                assert counted == len(told), (since, until)

    database.write(story)


def test_two_that_tell_of_one_thing_at_once_write_one_line(database: Database, clock: FrozenClock) -> None:
    nina = database.write(lambda session: member(session, clock))
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(database.write, lambda session: noted(session, nina)) for _ in range(8)]
        for one in done:
            one.result()
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(DiaryLine))) == 1
    assert database.read(sound)
