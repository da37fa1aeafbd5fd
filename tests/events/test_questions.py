"""A question to those who lead an event: asked before it, answered once, without a name unless the asker wants it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import erasure
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, NotFoundError
from db.events import hosts, seats, services
from db.events.models import EventHost, EventQuestion, HostRole
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import StaffRole
from tests.events.support import REGION, make_event, make_people
from tests.events.test_bot import code_of
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, person_of

NAME = "Тестова Вера Ивановна"


async def test_a_host_reads_a_question_without_a_name_and_the_answer_comes_back(town: Town) -> None:
    now = town.clock.now()
    event_id = town.write(make_event, now=now, capacity=None)
    vera, host = await town.teacher(), await town.teacher(2002, "Ведущая Анна")
    role = {"role": HostRole.SPEAKER, "person_id": town.read(person_of, external_id=2002), "name": ""}
    town.write(hosts.add_host, callers.staff(REGION, now), event_id=event_id, **role)
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    assert not [one for one in (await vera.last()).buttons if "Спросить" in one], "who has registered may ask"
    await vera.tap("Записаться")
    await vera.settle()
    for named, text in ((False, "Будет ли запись?"), (True, "Можно с коллегой?")):
        await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
        await vera.tap("Спросить ведущего")
        await vera.settle()
        if named:
            await vera.tap("Показать моё имя")
            await vera.settle()
        await (await vera.send(text)).settle()
        assert "Вопрос передан" in (await vera.last()).text
        await host.settle()
        came = await host.last()
        assert text in came.text and (NAME in came.text) is named
    await host.tap("Ответить")
    await host.settle()
    await (await host.send("/ladna")).settle()
    assert "Напишите ответ" in (await host.last()).text
    await (await host.send("Да, приходите вдвоём")).settle()
    assert "Ответ отправлен" in (await host.last()).text
    await vera.settle()
    came = await vera.last()
    assert "Можно с коллегой?" in came.text and "приходите вдвоём" in came.text and "Анна" not in came.text


def test_who_may_ask_and_answer_and_how_often(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    event_id = database.write(make_event, now=now, capacity=None)
    asker, host, other = database.write(make_people, count=3, now=now)
    own = callers.person(asker, now)

    def refused(text: str, at: object = own) -> str | None:
        try:
            database.write(services.ask, at, event_id=event_id, text=text, named=False)
        except DomainError as refusal:
            return refusal.code
        return None

    assert refused("Когда?") == "question_not_there"
    database.write(seats.register, own, event_id=event_id)
    for person in (host, other):
        leads = EventHost(event_id=event_id, person_id=person, role=HostRole.LEADER)
        database.write(lambda session, leads=leads: session.add(leads))
    assert [refused(text) for text in ("Когда?", "Когда?", "Где?", "Кто?", "Зачем?")] == [*[None] * 4, "question_many"]
    assert refused("Уже идёт?", callers.person(asker, now + timedelta(days=4))) == "question_late"
    first = database.read(lambda session: session.scalars(select(func.min(EventQuestion.id))).one())
    with pytest.raises(NotFoundError):
        database.write(services.answer, own, question_id=first, text="Сам себе")

    def answers(person: int) -> str:
        try:
            database.write(services.answer, callers.person(person, now), question_id=first, text=f"Ответ {person}")
        except DomainError as refusal:
            return refusal.code
        return "answered"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answers, (host, other))) == ["answered", "question_answered"], "one answer is enough"
    database.write(erasure.erase, callers.clock(now), person_id=asker, requested_by="operator")
    assert not database.read(lambda session: session.scalars(select(EventQuestion.id)).all()), "words end with people"


def test_what_is_asked_at_night_is_read_in_the_morning_or_never_if_the_asker_is_gone(
    database: Database, clock: FrozenClock
) -> None:
    """Both were woken; of a question that was deleted a notice stayed that nobody could make."""
    event_id = database.write(make_event, now=clock.now(), capacity=None)
    asker, host = database.write(make_people, count=2, now=clock.now())
    database.write(seats.register, callers.person(asker, clock.now()), event_id=event_id)
    database.write(lambda session: session.add(EventHost(event_id=event_id, person_id=host, role=HostRole.LEADER)))
    night = clock.now().astimezone(callers.ZONE).replace(hour=23).astimezone(UTC)
    for text in ("Когда?", "Где?"):
        database.write(services.ask, callers.person(asker, night), event_id=event_id, text=text, named=False)
    first = database.read(lambda session: session.scalars(select(func.min(EventQuestion.id))).one())
    database.write(services.answer, callers.person(host, night), question_id=first, text="В три")

    def waiting(session: Session) -> list[tuple[str, int]]:
        asked = Notice.kind.in_(("events.question", "events.answer")), Notice.status == NoticeStatus.PENDING
        rows = session.execute(select(Notice.kind, Notice.due_at).where(*asked).order_by(Notice.id))
        return [(kind, due_at.astimezone(callers.ZONE).hour) for kind, due_at in rows]

    assert database.read(waiting) == [("events.question", 8), ("events.question", 8), ("events.answer", 8)]
    database.write(erasure.erase, callers.clock(night), person_id=asker, requested_by="operator")
    assert database.read(waiting) == []


def named(session: Session, person_id: int, name: str) -> None:
    session.get_one(Person, person_id).full_name = name


def test_the_panel_shows_a_name_only_where_the_asker_lets_it(
    sqlite_url: str, clock: FrozenClock, tmp_path: Path
) -> None:
    database, now = Database.connect(sqlite_url), clock.now()
    event_id = database.write(make_event, now=now, capacity=None)
    people = database.write(make_people, count=2, now=now)
    for place, person in enumerate(people):
        own = callers.person(person, now)
        database.write(named, person, f"Кварц{person}")
        database.write(seats.register, own, event_id=event_id)
        asks = {"text": f"<b>Вопрос {place}</b>", "named": place == 1}
        database.write(services.ask, own, event_id=event_id, **asks)
    database.write(add_staff, login="chief", role=StaffRole.ADMINISTRATOR, now=now)
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("chief")
    page = visitor.text(f"/events/{event_id}")
    asked = page[page.index("Вопросы до события") :]
    asked = asked[: asked.index("</section>")] if "</section>" in asked else asked
    assert "<b>Вопрос" not in page and "Вопрос 0" in page and "без имени" in page
    assert f"Кварц{people[1]}" in asked
    first = database.read(lambda session: session.scalars(select(func.min(EventQuestion.id))).one())
    other = database.write(make_event, now=now)
    assert visitor.post(f"/events/{other}/questions/{first}", {"answer": "Да"}).status_code == 404
    answer = visitor.post(f"/events/{event_id}/questions/{first}", {"answer": "Да"}, follow_redirects=True)
    assert "Ответ отправлен" in unescape(answer.text)
    again = visitor.post(f"/events/{event_id}/questions/{first}", {"answer": "Нет"}, follow_redirects=True)
    assert "уже ответили" in unescape(again.text)
    database.close()
