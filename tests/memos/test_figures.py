"""Every sentence of a memo, out of a small region that was counted by hand; its figures are the pages' own."""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin import charts
from admin.memos.tables import memo_docx
from db.active.models import Membership
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import ComponentScore
from db.dictionaries.models import Centre, Municipality
from db.errors import ForbiddenError, NotFoundError
from db.events.models import Registration, RegistrationStatus
from db.memos.rules import Memo, MemoKind, MemoOrder
from db.mentoring.models import Meeting, MeetingKind, MeetingStatus, Pair, PairStatus
from db.overviews.memos import memo
from db.people.models import Person
from db.scope import Scope, StaffRole
from locales import translator
from tests.diagnostics.walking import form_of
from tests.events.support import make_event, make_people
from tests.groups.conftest import united
from tests.reports.test_deficits import plant, publish
from tests.support import callers
from tests.support.region import Enter

T = translator("ru")
REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
READER = Scope(2, StaffRole.READER, None)
SCHOOL_YEAR = date(2025, 9, 1)
NOTHING = "Данных за этот период в системе нет."


def made(
    database: Database, now: datetime, kind: MemoKind, scope: Scope = REGION, since: date = SCHOOL_YEAR, **unit: Any
) -> Memo:
    order = MemoOrder(kind=kind, since=since, **unit)
    return database.read(memo, callers.staff(scope, now), t=T, order=order, service="Служба")


def said(*args: Any, **more: Any) -> Sequence[str]:
    (part,) = made(*args, **more).parts
    return part.sentences


def rows(found: Memo, title: str) -> Sequence[Sequence[str]]:
    (table,) = [one for part in found.parts for one in part.tables if one.title == title]
    return table.rows


def town(database: Database, code: str) -> int:
    return database.read(
        lambda session: session.scalars(select(Municipality.id).where(Municipality.code == code)).one()
    )


def sit(session: Session, event_id: int, people: Sequence[int], *, came: int, waiting: int = 0) -> None:
    """Seats people at an event: the first of them came, the last of them wait."""
    for place, person_id in enumerate(people):
        row = session.get_one(Person, person_id)
        waits = place >= len(people) - waiting
        moment = datetime(2025, 1, 1, tzinfo=UTC)
        session.add(
            Registration(
                event_id=event_id,
                person_id=person_id,
                status=RegistrationStatus.WAITING if waits else RegistrationStatus.SEATED,
                sequence=place + 1,
                municipality_id=row.municipality_id,
                registered_at=moment,
                attended_at=moment if place < came else None,
            )
        )


def test_events_beside_the_same_months_of_a_year_ago(database: Database, clock: FrozenClock) -> None:
    """30 of whom 15 came; then 60 of whom 54 came, and an event ahead with 5 and 2 who wait."""
    now = clock.now()

    people = database.write(make_people, count=30, now=now, municipality="magnitogorsky-go")

    def plan(session: Session, day: datetime, count: int, came: int, waiting: int) -> None:
        sit(session, make_event(session, now=now, starts_at=day), people[:count], came=came, waiting=waiting)

    assert said(database, now, MemoKind.EVENTS) == [NOTHING]
    database.write(plan, now + timedelta(days=5), 7, 0, 2)
    assert said(database, now, MemoKind.EVENTS) == [
        "За период — 1 событие, 5 записей.",
        "В очереди на места — 2 человека.",
    ], "«4 события», and under it «Число записей — 0»: it was of whole months, in which there was none"
    for day, came in ((datetime(2025, 2, 10), 15), (datetime(2026, 2, 10), 27), (datetime(2026, 2, 12), 27)):
        database.write(plan, day.replace(hour=9, tzinfo=UTC), 30, came, 0)
    found = made(database, now, MemoKind.EVENTS)
    assert found.parts[0].sentences == [
        "За период — 3 события, 65 записей.",
        "На прошедшие события пришли 54 человека из 60 записанных, 90 %.",
        "В очереди на места — 2 человека.",
        "Для сравнения взяты полные месяцы: с 1 сентября 2025 года до 1 марта 2026 года.",
        "Число записей на события за эти месяцы увеличилось на 100 %: 60, в те же месяцы год назад — 30.",
        "Доля пришедших среди записанных выросла: 90 %, в те же месяцы год назад — 50 %.",
    ]
    assert rows(found, "События по месяцам") == [
        ["Февраль 2026", "2", "60", "54", "90 %", "0"],
        ["Март 2026", "1", "5", "0", "—", "2"],
    ]
    assert rows(found, "Участники событий по территориям") == [["Магнитогорский ГО", "3", "65", "54", "90 %", "2"]]
    here, there = (town(database, code) for code in ("magnitogorsky-go", "chelyabinsky-go"))
    own = Scope(3, StaffRole.MUNICIPAL_METHODIST, frozenset({here}))
    assert said(database, now, MemoKind.EVENTS, municipality_id=here) == said(database, now, MemoKind.EVENTS, own)
    assert said(database, now, MemoKind.EVENTS, municipality_id=there)[0] == NOTHING


def test_deficits_name_the_largest_and_keep_the_small_groups(database: Database, clock: FrozenClock) -> None:
    """Seven in one town, four in another: of the four nothing is told, not even by taking one figure from another."""
    now = clock.now()
    empty = said(database, now, MemoKind.DIAGNOSTICS)
    assert empty[0] == "Результатов, которые можно показать, пока нет: группы меньше 5 человек не показываются."
    database.write(plant, place="magnitogorsky-go", values=[30] * 7, now=now)
    database.write(plant, place="zlatoustovsky-go", values=[97] * 4, now=now)
    publish(database, clock)
    found = made(database, now, MemoKind.DIAGNOSTICS)
    people, even, masked = found.parts[0].sentences
    assert people == "В показанных группах результаты 7 педагогов."
    assert even == "Средние дефициты по компонентам почти одинаковы: от 30 до 30 из 100."
    assert masked.startswith("Меньше 5 результатов или результатов пока нет, поэтому значения не показаны: ")
    units = rows(found, "Средний дефицит по территориям, из 100")
    assert [row[0] for row in units] == ["Магнитогорский ГО", "Всего по показанным"]
    assert rows(found, "Средний дефицит по компонентам")[-1][:3] == ["цифровой (Цифровые помощники)", "7", "30"]
    assert rows(found, "Средний дефицит по компонентам")[0][1:] == ["меньше 5, не показано", "—", "—", "—"]
    content = _text(memo_docx(T, found))
    assert "97" not in content, "the canary of the masked group"
    assert "не показано" in content


def test_a_difference_of_components_is_told_from_six_points_on(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    database.write(plant, place="magnitogorsky-go", values=[50] * 6, now=now)

    def another(session: Session) -> None:
        for row in session.scalars(select(ComponentScore)).all():
            values = {
                name: getattr(row, name) for name in ("attempt_id", "person_id", "municipality_id", "position_id")
            }
            session.add(
                ComponentScore(
                    **values,
                    component="subject",
                    form=form_of("subject"),
                    level=70,
                    deficit=30,
                    need=0,
                    priority=21,
                    point_deficits=[],
                    completed_at=now,
                )
            )

    database.write(another)
    publish(database, clock)
    assert said(database, now, MemoKind.DIAGNOSTICS)[1] == (
        "Наибольший средний дефицит — «цифровой (Цифровые помощники)», 50 из 100;"
        " наименьший — «предметный (Предмет и содержание)», 30 из 100."
    )


def test_the_selection_of_2023_as_its_report_has_it(demo: Database, clock: FrozenClock) -> None:
    found = made(demo, clock.now(), MemoKind.SELECTION)
    assert found.parts[0].sentences == [
        "Отбор «Отбор в региональный методический актив, 2023» проведён по приказу № 02/2066 от 21 августа 2023 года.",
        "Подано 629 заявок из 36 муниципальных образований (всего 43).",
        "Решения: одобрено — 458 заявок (73 %), отклонено — 171 заявка, в работе — 0 заявок.",
        "Белые пятна: заявок не поступило из 7 муниципальных образований — Варненский МР, Кизильский МР, "
        "Локомотивный ГО, Нагайбакский МР, Пластовский МР, Троицкий МР, Уйский МР.",
    ]
    assert len(rows(found, "Заявки по направлениям")) == 19
    assert sum(int(row[1]) for row in rows(found, "Заявки по муниципальным образованиям")) == 629


def test_a_campaign_stands_beside_the_one_before_it(demo: Database, clock: FrozenClock) -> None:
    clock.moment += timedelta(days=60)  # the present one is over now
    told = said(demo, clock.now(), MemoKind.SELECTION)
    assert told[-1] == "Число поданных заявок уменьшилось на 93 %: 43, в предыдущем отборе — 629."


def test_who_learns_no_names_gets_places_in_fives_and_no_unit(demo: Database, clock: FrozenClock) -> None:
    """A district's total was exact, beside a page that told it in fives."""
    found = made(demo, clock.now(), MemoKind.SELECTION, READER)
    assert found.parts[0].sentences[-1] == "Числа по направлениям, территориям и причинам округлены до пяти."
    assert all(int(row[1]) % 5 == 0 for row in rows(found, "Заявки по муниципальным образованиям"))
    here = town(demo, "magnitogorsky-go")
    with pytest.raises(ForbiddenError):
        made(demo, clock.now(), MemoKind.SELECTION, READER, municipality_id=here)


def test_what_is_out_of_reach_is_not_found(demo: Database, clock: FrozenClock) -> None:
    here, there = (town(demo, code) for code in ("magnitogorsky-go", "chelyabinsky-go"))
    own = Scope(3, StaffRole.MUNICIPAL_METHODIST, frozenset({here}))
    centre = demo.read(lambda session: session.scalars(select(Centre.id)).first())
    for unit in ({"municipality_id": there}, {"centre_id": centre or 1}, {"group_id": 999}):
        with pytest.raises(NotFoundError):
            made(demo, clock.now(), MemoKind.UNIONS, own, **unit)
    with pytest.raises(NotFoundError):
        made(demo, clock.now(), MemoKind.PLAN, municipality_id=here)


def test_one_union_is_told_of_as_its_page_does(database: Database, clock: FrozenClock) -> None:
    union = united(database, clock)
    union.met(len(union.people))
    told = said(union.database, union.clock.now(), MemoKind.UNIONS, group_id=union.group)
    count = len(union.people)
    assert told[0].startswith("В объединении «ШМО математиков» ") and f" {count} " in told[0]
    assert told[1] == "За период проведено 1 заседание; принято — 0 решений, выполнено — 0 решений."
    every = said(union.database, union.clock.now(), MemoKind.UNIONS)
    assert every[0].startswith("Работает 1 объединение, всего ")
    assert every[1] == told[1]


def test_the_networks_document_is_quoted_by_its_numbers(enter: Enter) -> None:
    _, database = enter("timashevsk")
    now = datetime(2026, 3, 2, 6, tzinfo=UTC)
    assert said(database, now, MemoKind.NETWORK) == [
        "В сети названо 12 участников.",
        "Документ объявляет 13 участников.",
        "Подписано 11 соглашений.",
        "В 2026 году — 0 взаимопосещений.",
    ]
    plan = said(database, now, MemoKind.PLAN)
    assert len(plan) >= 3
    lines = sum(int(found) for found in re.findall(r"»: (\d+) строк", " ".join(plan)))
    stand = rows(made(database, now, MemoKind.PLAN), "Состояние строк планов")
    assert lines == sum(int(value) for row in stand for value in row[1:]) > 0


def test_pairs_and_the_active_are_counted_as_their_tables_hold_them(demo: Database, clock: FrozenClock) -> None:
    """Four pairs work, one of them silent for weeks; 458 of 2023 and the 8 of the present selection are the active."""

    def count(query: Any) -> int:
        return demo.read(lambda session: session.scalar(query)) or 0

    working = Pair.status.in_((PairStatus.ACTIVE, PairStatus.PAUSED))
    held = select(func.count()).where(Meeting.status == MeetingStatus.HELD)
    assert count(select(func.count()).where(working)) == 4
    assert (count(held), count(held.where(Meeting.kind == MeetingKind.VISIT))) == (7, 0)
    assert said(demo, clock.now(), MemoKind.MENTORING) == [
        "Работают 4 пары «наставник — подопечный».",
        "За период начали работу 4 пары: 7 встреч, 0 посещений уроков.",
        "Давно нет встреч у 1 пары.",
    ]
    found = made(demo, clock.now(), MemoKind.ACTIVE)
    people = count(select(func.count(Membership.person_id.distinct())).where(Membership.ended_at.is_(None)))
    empty = sum(row[1] == "0" for row in rows(found, "Методисты по муниципальным образованиям"))
    assert people == 466 and empty >= 7
    assert found.parts[0].sentences == [
        "В методическом активе 466 человек.",
        "За период в дневниках актива 12 записей о работе.",
        "Сочетаний направления и муниципального образования без методиста — 556 из 817.",
        "Белые пятна последнего отбора — 7 муниципальных образований: Варненский МР, Кизильский МР, Локомотивный ГО, "
        "Нагайбакский МР, Пластовский МР, Троицкий МР, Уйский МР.",
        "Приглашены из них — 0.",
    ]


def test_a_years_memo_has_all_parts_and_is_the_same_bytes_twice(demo: Database, clock: FrozenClock) -> None:
    found = made(demo, clock.now(), MemoKind.YEAR)
    assert [part.kind for part in found.parts] == [one for one in MemoKind if one is not MemoKind.YEAR]
    first = memo_docx(T, found)
    charts._kept.clear()
    assert memo_docx(T, made(demo, clock.now(), MemoKind.YEAR)) == first
    content = _text(first)
    for part in found.parts:
        for sentence in part.sentences:
            assert sentence in content
    assert "Источник: отчёт «Воронка отбора», данные на 2 марта 2026 года." in content
    assert "Подпись ____" in content
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
        assert b"fldSimple" not in archive.read("word/document.xml"), "no value is a field"
    assert len(pictures) == sum(len(part.charts) for part in found.parts) >= 4
    here = town(demo, "magnitogorsky-go")
    of_town = made(demo, clock.now(), MemoKind.YEAR, municipality_id=here)
    kinds = {part.kind for part in of_town.parts}
    assert of_town.unit == "Магнитогорский ГО" and not kinds & {MemoKind.PLAN, MemoKind.NETWORK}


def _text(content: bytes) -> str:
    word = Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in word.paragraphs), *cells])
