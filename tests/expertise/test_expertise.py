"""Expert work: invited, answered in the chat, done, in the diary; no conflict of interest; a hundred per cent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.active.models import Membership
from db.caller import PersonCaller
from db.clock import FrozenClock
from db.database import Database
from db.diary.models import DiaryLine
from db.dictionaries.models import Organisation
from db.errors import DomainError
from db.expertise import handover, services, staff_services
from db.expertise.models import ExpertKind, ExpertStatus, ExpertWork
from db.expertise.rules import shares
from db.expertise.staff_services import ExpertDraft
from db.overviews.demand import demand
from db.people.models import Person, Role
from db.people.roles import grant
from db.reports.staff_queries import difficulties_told
from db.reports.sweeps import publish_facts
from db.scope import Scope, StaffRole
from db.ties import queries as ties
from db.ties.models import TieKind
from db.ties.services import withdraw
from tests.diary.test_conversation import say, tap
from tests.events.support import REGION
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.region import Enter, empty, enter, sheet
from tests.support.town import MONDAY, Town, add_teacher, person_of

__all__ = ["empty", "enter"]
TODAY = date(2026, 3, 2)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def draft(session: Session, **more: Any) -> ExpertDraft:
    kind = session.scalars(select(ExpertKind.id).order_by(ExpertKind.position)).first()
    values: dict[str, Any] = {"title": "Конкурс «Учитель года»", "organisation_id": None, "hours": 6, "ends_on": None}
    values |= {"kind_id": kind, "starts_on": TODAY + timedelta(days=7)}
    return ExpertDraft(**(values | more))


def invited(session: Session, now: Any, person_id: int, **more: Any) -> int:
    return staff_services.invite(session, callers.staff(REGION, now), person_id=person_id, draft=draft(session, **more))


def expert(session: Session, now: Any, number: int = 1) -> PersonCaller:
    person_id = add_teacher(session, external_id=9000 + number, name=f"Зоркая Нина {number}", now=now)
    grant(session, callers.clock(now), person_id=person_id, role=Role.ACTIVE_MEMBER, order_number="1")
    return callers.person(person_id, now)


def refused(call: Any, *args: Any, **more: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        call(*args, **more)
    return refusal.value.code


@given(st.lists(st.integers(0, 900), max_size=40))
def test_shares_make_a_hundred_and_none_is_more_than_one_off(counts: list[int]) -> None:
    parts = shares(counts)
    assert len(parts) == len(counts) and sum(parts) == (100 if sum(counts) else 0)
    assert all(abs(part - 100 * count / (sum(counts) or 1)) < 1 for part, count in zip(parts, counts, strict=True))
    assert shares([1, 1, 1]) == [34, 33, 33]


@SQLITE
def test_nobody_examines_the_own_school_a_relatives_or_two_things_at_once(
    database: Database, clock: FrozenClock
) -> None:
    def story(session: Session) -> None:
        now = clock.now()
        nina = expert(session, now)
        own = session.get_one(Person, nina.person_id).organisation_id
        other = session.scalars(select(Organisation.id).where(Organisation.id != own)).first()
        assert refused(invited, session, now, nina.person_id, organisation_id=own) == "expertise_own_place"
        first = invited(session, now, nina.person_id, organisation_id=other)
        services.decline(session, nina, work_id=first, relative=True)
        (tie,) = ties.own(session, nina)
        assert (tie.organisation_id, tie.kind, tie.paper_on) == (other, TieKind.RELATIVE, None)
        assert refused(invited, session, now, nina.person_id, organisation_id=other) == "expertise_relative"
        assert refused(services.accept, session, nina, work_id=first) == "expertise_over"
        withdraw(session, nina, tie_id=tie.id)
        assert invited(session, now, nina.person_id, organisation_id=other), "it was a wrong tap"

        long = {"starts_on": TODAY + timedelta(days=5), "ends_on": TODAY + timedelta(days=8)}
        one, two = invited(session, now, nina.person_id), invited(session, now, nina.person_id, **long)
        services.accept(session, nina, work_id=one)
        assert services.accept(session, nina, work_id=one).status is ExpertStatus.ACCEPTED
        assert refused(services.accept, session, nina, work_id=two) == "expertise_days"
        assert refused(invited, session, now, nina.person_id) == "expertise_days"
        services.decline(session, nina, work_id=one)
        services.accept(session, nina, work_id=two)
        assert refused(services.accept, session, expert(session, now, 2), work_id=two) == "not_found"

    database.write(story)


def test_of_two_invitations_for_one_day_accepted_at_once_one_is(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    nina = database.write(lambda session: expert(session, now))

    def ask(session: Session) -> list[int]:
        if session.scalars(select(ExpertKind.id)).first() is None:
            session.add(ExpertKind(code="jury", name="жюри"))
            session.flush()
        return [invited(session, now, nina.person_id) for _ in range(4)]

    numbers = database.write(ask)

    def accept(number: int) -> str:
        try:
            database.write(services.accept, nina, work_id=number)
        except DomainError as error:
            return error.code
        return "taken"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(accept, numbers))
    assert answers == ["expertise_days"] * 3 + ["taken"]


@SQLITE
def test_what_is_done_stands_in_the_diary_and_goes_when_it_is_not(database: Database, clock: FrozenClock) -> None:
    def story(session: Session) -> None:
        now = clock.now()
        nina, staff = expert(session, now), callers.staff(REGION, now)
        text = select(DiaryLine.text, DiaryLine.hours, DiaryLine.day)
        work = invited(session, now, nina.person_id)
        assert refused(staff_services.finish, session, staff, work_id=work, hours=4) == "expertise_ahead"
        later = callers.staff(REGION, now + timedelta(days=8))
        assert refused(staff_services.finish, session, later, work_id=work, hours=4) == "expertise_over", (
            "no answer yet"
        )
        services.accept(session, nina, work_id=work)
        assert refused(staff_services.finish, session, later, work_id=work, hours=0) == "expertise_hours"
        staff_services.finish(session, later, work_id=work, hours=4)
        day = TODAY + timedelta(days=7)
        assert session.execute(text).all() == [("Конкурс «Учитель года»", 4, day)]
        staff_services.reopen(session, later, work_id=work)
        assert session.execute(text).all() == []
        staff_services.cancel(session, later, work_id=work)
        long = invited(session, now, nina.person_id, starts_on=TODAY, ends_on=TODAY + timedelta(days=3))
        services.accept(session, nina, work_id=long)
        staff_services.finish(session, staff, work_id=long, hours=4)
        assert session.execute(text).all() == [("Конкурс «Учитель года»", 4, TODAY)], "no line is of a day ahead"
        other = invited(session, now, nina.person_id, starts_on=TODAY, ends_on=TODAY)
        services.accept(session, nina, work_id=other)
        assert refused(staff_services.reopen, session, staff, work_id=long) == "expertise_days", "two at one time"
        staff_services.cancel(session, staff, work_id=other)
        staff_services.reopen(session, staff, work_id=long)
        past = draft(session, starts_on=TODAY - timedelta(days=3), title="Экзамен")
        assert refused(staff_services.invite, session, staff, person_id=nina.person_id, draft=past) == "expertise_past"
        staff_services.write_down(session, staff, person_id=nina.person_id, draft=past)
        assert session.execute(text).all() == [("Экзамен", 6, TODAY - timedelta(days=3))]
        ahead = draft(session)
        assert (
            refused(staff_services.write_down, session, staff, person_id=nina.person_id, draft=ahead)
            == "expertise_ahead"
        )
        for wrong, code in (
            ({"title": "и"}, "expertise_title"),
            ({"kind_id": None}, "expertise_title"),
            ({"starts_on": None}, "expertise_day"),
            ({"ends_on": TODAY}, "expertise_day"),
            ({"hours": 9999}, "expertise_hours"),
        ):
            assert refused(invited, session, now, nina.person_id, **wrong) == code
        away = callers.staff(Scope(1, StaffRole.MUNICIPAL_METHODIST, frozenset({-1})), now)
        assert refused(staff_services.invite, session, away, person_id=nina.person_id, draft=ahead) == "not_found"
        assert refused(staff_services.cancel, session, away, work_id=work) == "not_found"

    database.write(story)


async def test_an_invitation_is_answered_by_one_tap_and_a_relative_is_believed(town: Town) -> None:
    person = await town.teacher(2001, "Зоркая Нина Петровна")
    nina, now = town.read(person_of, external_id=2001), town.clock.now()
    other = town.read(lambda session: session.scalars(select(Organisation.id).order_by(Organisation.id.desc())).first())

    def asked(session: Session) -> list[int]:
        first = invited(session, now, nina, organisation_id=other, title="Программа школы")
        return [first, invited(session, now, nina)]

    one, two = town.write(asked)
    await person.wait_for(lambda message: "экспертом: Программа" in message.text)
    message = await person.wait_for(lambda message: "экспертом: Конкурс" in message.text)
    await person.settle()
    await say(person, "/menu")
    await tap(person, "Экспертная работа")
    assert "Ждёт: Программа школы" in (await person.last()).buttons
    await tap(person, "Ждёт: Программа школы")
    await tap(person, "Не получится")
    assert "Методист увидит только это" in (await person.last()).text
    assert "Спасибо за ответ" in await tap(person, "Там работает родственник")
    assert "Ждёт: Программа школы" not in (await person.last()).buttons
    await tap(person, "Ждёт: Конкурс")
    assert "Методист видит ваше согласие" in await tap(person, "Да, возьмусь")
    assert message.buttons[0] == "Да, возьмусь"
    statuses = town.read(lambda s: dict(s.execute(select(ExpertWork.id, ExpertWork.status)).all()))
    assert statuses == {one: ExpertStatus.DECLINED, two: ExpertStatus.ACCEPTED}
    town.write(staff_services.cancel, callers.staff(REGION, now), work_id=two)
    await person.wait_for(lambda message: "отозвана" in message.text)


async def test_difficulties_of_a_lesson_are_noted_without_names_and_few_are_not_told(town: Town) -> None:
    person = await town.teacher(2001, "Зоркая Нина Петровна")
    now, nina = town.clock.now(), town.read(person_of, external_id=2001)
    town.write(grant, callers.clock(now), person_id=nina, role=Role.ACTIVE_MEMBER, order_number="1")
    await say(person, "/diary")
    await tap(person, "Добавить запись")
    await tap(person, "Консультации")
    await say(person, "Консультация о мотивации")
    assert "Затруднения педагогов" not in (await person.last()).buttons, "nobody was observed there"
    await say(person, "/diary")
    await tap(person, "Добавить запись")
    await tap(person, "›")
    await tap(person, "Посещение занятий")
    await say(person, "Урок в пятом классе")
    assert "без имён" in await tap(person, "Затруднения педагогов")
    await tap(person, "Предмет")
    assert "Записано" in await tap(person, "4")
    staff = callers.staff(REGION, now)
    place = town.read(lambda session: session.get_one(Person, nina).municipality_id)
    town.move(days=40)
    town.write(publish_facts, callers.clock(town.clock.now()))
    assert town.read(difficulties_told, staff) == {}, "four are too few to be told"
    await tap(person, "Предмет")
    assert "число от 1 до 500" in await say(person, "много")
    assert "Предмет" in await say(person, "12")
    town.write(publish_facts, callers.clock(town.clock.now()))
    assert town.read(difficulties_told, staff) == {place: {"subject": 12}}
    assert town.read(demand, staff).total.noted in ({}, {"subject": 12})
    elsewhere = callers.staff(Scope(1, StaffRole.MUNICIPAL_METHODIST, frozenset({-1})), now)
    assert town.read(difficulties_told, elsewhere) == {}
    await tap(person, "Предмет")
    await say(person, "13")
    await tap(person, "К записи")
    await tap(person, "Удалить запись")
    await tap(person, "Да, удалить")
    town.move(days=40)
    town.write(publish_facts, callers.clock(town.clock.now()))
    assert town.read(difficulties_told, staff) == {place: {"subject": 12}}, "told once, nobody's doing moves it"


def test_work_of_who_leaves_goes_to_another_who_has_nothing_against_it(database: Database, clock: FrozenClock) -> None:
    """Who left took the jury's place along, and the methodist heard of it on the day."""

    def story(session: Session) -> None:
        now, staff = clock.now(), callers.staff(REGION, clock.now())
        leaves, busy, colleague, free = (expert(session, now, number).person_id for number in range(4))
        for person_id in (busy, colleague, free):
            session.add(Membership(person_id=person_id, order_number="1", since=now))
        session.flush()
        place = session.get_one(Person, colleague).organisation_id
        for person_id in (leaves, busy, free):
            session.get_one(Person, person_id).organisation_id = None
        session.flush()
        held = invited(session, now, leaves, organisation_id=place)
        theirs = invited(session, now, busy)
        services.accept(session, callers.person(busy, now), work_id=theirs)
        assert leaves in session.scalars(handover.holders(staff)).all()
        (affair,) = handover.held(session, staff, person_id=leaves)
        assert (affair.id, [one.person_id for one in affair.takers]) == (held, [free])
        handover.hand_over(session, staff, held_id=held, to_person_id=free)
        assert session.get_one(ExpertWork, held).status is ExpertStatus.CANCELLED
        assert handover.held(session, staff, person_id=leaves) == []
        (taken,) = handover.held(session, staff, person_id=free)
        assert taken.title == affair.title
        own_place = {"held_id": taken.id, "to_person_id": colleague}
        assert refused(handover.hand_over, session, staff, **own_place) == "expertise_own_place"

    database.write(story)


def test_the_report_of_unevenness_makes_a_hundred(enter: Enter) -> None:
    """ACCEPTANCE, terek 14."""
    visitor, database = enter("terek")

    def work(session: Session) -> None:
        schools = session.scalars(select(Organisation).order_by(Organisation.id).limit(3)).all()
        staff = callers.staff(REGION, MONDAY)
        for number, school in enumerate(schools):
            person = Person(
                full_name=f"Зоркая {number}",
                municipality_id=school.municipality_id,
                organisation_id=school.id,
                profile_saved_at=MONDAY,
                created_at=MONDAY,
            )
            session.add(person)
            session.flush()
            past = draft(session, starts_on=TODAY - timedelta(days=3), title="Конкурс")
            staff_services.write_down(session, staff, person_id=person.id, draft=past)

    database.write(work)
    names = [
        one.name for one in database.read(lambda s: s.scalars(select(ExpertKind).order_by(ExpertKind.position)).all())
    ]
    assert names == [
        "участие в предметных комиссиях ГИА обучающихся",
        "привлечение в качестве членов жюри конкурсов профессионального мастерства педагогических работников",
        "участие в экспертной деятельности по оценке методических материалов, инновационных проектов и др.",
        "инновационные проекты",
    ]
    rows = sheet(visitor, "/reports/expertise.xlsx")[1:]
    assert sorted((row[2] for row in rows[:-1]), reverse=True)[:4] == [34, 33, 33, 0]
    assert rows[-1][2:] == [100, 3, 3, 18] and sum(row[2] for row in rows[:-1]) == 100
    assert len(rows) - 1 == 24, "who did nothing has a row too"
    page = visitor.text("/reports/expertise")
    assert "Без экспертной работы: 21 из 24" in page
    idle = visitor.text("/reports/expertise?idle=1")
    names = [row[0] for row in rows[:-1]]
    assert [name in page for name in names] == [True] * 3 + [False] * 21, "a hundred lines of nothing hid the three"
    assert [name in idle for name in names] == [False] * 3 + [True] * 21
    assert len(sheet(visitor, "/expertise.xlsx?status=done")) == 1 + 3
    assert "Неравномерность" in visitor.text("/reports/")


@SQLITE
def test_a_methodist_invites_by_the_form_and_finishes_on_the_card(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    now = clock.now()
    nina = database.write(lambda session: expert(session, now)).person_id
    database.write(lambda session: add_staff(session, login="one", role=StaffRole.REGIONAL_METHODIST, now=now))
    database.write(lambda session: add_staff(session, login="reader", role=StaffRole.READER, now=now))
    panel = make_panel(database, clock, tmp_path)
    visitor, reader = Visitor(panel), Visitor(panel)
    assert visitor.sign_in("one").status_code == reader.sign_in("reader").status_code == 302
    kind = database.read(lambda session: session.scalars(select(ExpertKind.id)).first())
    form = {"person": nina, "kind": kind, "title": "Конкурс", "starts_on": "2026-03-01", "done": "1", "hours": "3"}
    assert "Зоркая" in visitor.text("/expertise/new?find=Зоркая")
    answer = visitor.post("/expertise/new?find=Зоркая", form)
    address = answer.headers["Location"]
    assert answer.status_code == 302 and "сделано" in visitor.text(address)
    assert visitor.post(f"{address}/reopen", {}).status_code == 302 and "согласие есть" in visitor.text(address)
    assert visitor.post(f"{address}/finish", {"hours": "5"}).status_code == 302
    page = visitor.text("/expertise/?q=зоркая")
    assert "Работ: 1 · экспертов: 1" in page and "Зоркая" in page
    assert "Зоркая" not in reader.text("/expertise/") and reader.get("/expertise/new").status_code == 403
