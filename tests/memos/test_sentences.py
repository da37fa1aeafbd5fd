"""The sentences of a memo that the demo's life does not come to, each out of rows that were counted by hand."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.memos.rules import MemoKind
from db.mentoring.models import MentorWish, Pair, PairStatus
from db.network.models import Agreement, AgreementStatus, MemberKind, NetworkMember
from db.plans.models import Plan, PlanFulfilment, PlanLine, PlanSection, Way
from db.reports import selection
from tests.events.support import make_event, make_people
from tests.groups.conftest import REGION, make_group, united
from tests.memos.test_figures import made, said, sit
from tests.support import callers

SENTENCES = Path(__file__).parents[2] / "locales" / "ru" / "LC_MESSAGES" / "memos.po"
SENTENCE = re.compile(r'msgid "memos\.say\.([^"]+)"\n(?:msgid_plural "[^"]*"\n)?((?:msgstr[^\n]*\n?)+)')

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@SQLITE
def test_plans_by_how_their_lines_stand(database: Database, clock: FrozenClock) -> None:
    """Of six lines one is done, one goes on, one is ahead, one late and two without a term; a year ago one unmarked."""

    def plans(session: Session) -> None:
        for position, (title, year, lines) in enumerate(
            (
                ("Малый план", 2026, [(1, 1, True), (2, 4, False), (5, 6, False), (1, 2, False), None, None]),
                ("Прошлый план", 2025, [(3, 3, False)]),
            )
        ):
            plan = Plan(code=f"p{year}", position=100 + position, title=title, columns={"text": "Что"})
            plan.starts, plan.ends = date(year, 1, 1), date(year, 12, 31)
            session.add(plan)
            session.flush()
            section = PlanSection(plan_id=plan.id, code=f"s{year}", position=1, title="Раздел")
            session.add(section)
            session.flush()
            for number, term in enumerate(lines):
                line = PlanLine(code=f"l{year}-{number}", section_id=section.id, position=number, text="Строка плана")
                if term:
                    line.starts, line.ends = date(year, term[0], 1), date(year, term[1], 28)
                session.add(line)
                session.flush()
                if term and term[2]:
                    noted = {"noted_at": clock.now(), "noted_by": "system", "way": Way.HAND, "word": "Сделано"}
                    session.add(PlanFulfilment(line_id=line.id, slot=0, done_on=date(year, 1, 20), **noted))

    database.write(plans)
    assert said(database, clock.now(), MemoKind.PLAN)[-8:] == [
        "План «Малый план»: 6 строк.",
        "Исполнено — 1, выполняется — 1, впереди — 1.",
        "Без срока 2 строки.",
        "Просрочена 1 строка.",
        "План «Прошлый план»: 1 строка.",
        "Исполнено — 0, выполняется — 0, впереди — 0.",
        "План закончился, а 1 строка не отмечена.",
        "Просроченных строк нет.",
    ]


@SQLITE
def test_agreements_that_end_soon_and_those_that_are_over(database: Database, clock: FrozenClock) -> None:
    """Three were signed: one without an end, one for ten days more, one until five days ago."""
    today = clock.now().date()

    def members(session: Session) -> None:
        for number, ends in enumerate((None, today + timedelta(days=10), today - timedelta(days=5))):
            member = NetworkMember(code=f"m{number}", kind=MemberKind.SERVICE, name=f"Служба {number}")
            session.add(member)
            session.flush()
            session.add(Agreement(member_id=member.id, status=AgreementStatus.SIGNED, ends=ends))

    database.write(members)
    found = made(database, clock.now(), MemoKind.NETWORK)
    assert found.parts[0].sentences == [
        "В сети названы 3 участника.",
        "Подписаны 2 соглашения.",
        "В ближайший месяц кончается срок у 1 соглашения.",
        "Срок прошёл у 1 соглашения.",
        "В 2026 году — 0 взаимопосещений.",
    ]
    standing = next(table for table in found.parts[0].tables if table.key == "agreements")
    assert [row[1] for row in standing.rows] == ["1", "1", "1"], "of three members, each once"


@SQLITE
def test_unions_with_a_late_decision_and_without_a_head(database: Database, clock: FrozenClock) -> None:
    union = united(database, clock)
    union.decide(union.met(5), due_on=clock.now().date() - timedelta(days=1))
    alone = database.write(make_group, now=clock.now(), kind_id=union.kind, name="ШМО физиков")
    assert said(database, clock.now(), MemoKind.UNIONS) == [
        "Работают 2 объединения, всего 5 участников.",
        "За период проведено 1 заседание; принято — 1 решение, выполнено — 0 решений.",
        "Просрочено 1 решение.",
        "Без руководителя 1 объединение.",
    ]
    assert said(database, clock.now(), MemoKind.UNIONS, group_id=alone) == [
        "В объединении «ШМО физиков» 0 участников.",
        "За период проведено 0 заседаний; принято — 0 решений, выполнено — 0 решений.",
        "Проведённых заседаний за период не отмечено.",
    ]


@SQLITE
def test_pairs_that_keep_in_touch_and_who_looks_for_a_mentor(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    mentor, mentee, third = database.write(make_people, count=3, now=now)

    def pairs(session: Session) -> None:
        days = {"started_at": now, "last_contact_at": now}
        session.add(Pair(mentor_id=mentor, mentee_id=mentee, status=PairStatus.ACTIVE, **days))
        session.add(MentorWish(person_id=third, asked_at=now))

    database.write(pairs)
    assert said(database, now, MemoKind.MENTORING) == [
        "Работает 1 пара «наставник — подопечный».",
        "За период начала работу 1 пара: 0 встреч, 0 посещений уроков.",
        "Пар, где давно не было встреч, нет.",
        "Ищет наставника 1 педагог.",
    ]


@SQLITE
def test_events_that_were_rated(database: Database, clock: FrozenClock) -> None:
    """Twelve gave 54 stars: 4.5 of five."""
    event_id = database.write(make_event, now=clock.now(), days=-10, rated=12, stars=54)
    database.write(sit, event_id, database.write(make_people, count=12, now=clock.now()), came=12)
    told = said(database, clock.now(), MemoKind.EVENTS)
    assert "Средняя оценка событий — 4,5 из 5 (12 оценок)." in told


@SQLITE
def test_a_selection_that_nobody_applied_to(database: Database, clock: FrozenClock) -> None:
    number = database.read(selection.default_campaign, callers.staff(REGION, clock.now()))
    assert number is not None
    assert said(database, clock.now(), MemoKind.SELECTION, campaign_id=number)[1] == "Заявок не подано."


def test_every_sentence_stands_in_a_test_that_counted_it() -> None:
    """A sentence that no test has in words may say anything: it is read here beside the rows that it is of."""
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("test_*.py")))
    joined = re.sub(r'"\s*\n\s*"', "", tests)
    missing = []
    for key, forms in SENTENCE.findall(SENTENCES.read_text(encoding="utf-8")):
        pieces = [
            [piece for piece in re.split(r"\{\w+\}", form) if piece.strip(" .,;:—«»()%")]
            for form in re.findall(r'"(.*)"', forms)
        ]
        if not any(all(piece in joined for piece in form) for form in pieces):
            missing.append(key)
    assert not missing, missing
