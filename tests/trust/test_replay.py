"""Replay is harmless: what comes twice, or is tapped twice, leaves the same database and the same notices."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import DateTime, select
from sqlalchemy.orm import Session

from bot.sandbox.client import Message, SandboxPerson
from db.base import Base, UtcDateTime
from db.clock import FrozenClock
from db.inbox import services as inbox
from db.mentoring import staff_services
from db.notices.outbox import PACE
from db.people.models import Role
from tests.applications.support import ANSWERS, PDF, PNG
from tests.events.support import REGION, make_event
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.figures import Figures
from tests.support.postgres import PostgresServer
from tests.support.processes import volumes
from tests.support.town import Town, person_of

NEWCOMER, TEACHER, MENTOR, EVENT = 1001, 2001, 2002, "replayed"
# Drawn by lot, or a number that stands for an id.
DRAWN = {"check_in_key", "code", "number", "stored_name", "key", "sequence", "revision"}
OF_DELIVERY = {"incoming_update", "dialog"}
Urls = Callable[[], str]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, _sqlite_template: Path) -> Iterator[Urls]:
    """As many databases of one engine as one asks for."""
    with ExitStack() as dropped:
        if request.param == "SQLite":
            names = iter(range(9))
            yield lambda: copy_sqlite(_sqlite_template, tmp_path / f"{next(names)}.db")
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            template: str = request.getfixturevalue("_postgres_template")
            yield lambda: dropped.enter_context(server.database(template))


class Teller:
    """Somebody who does a thing once; `twice` makes of it what the test asks for."""

    def __init__(self, town: Town, person: SandboxPerson, twice: str) -> None:
        self.town, self.person, self.twice = town, person, twice

    async def do(self, *deeds: str) -> Message:
        """Deeds in turn: «>text» is typed, anything else is a tap; answers the last screen."""
        for deed in deeds:
            if deed.startswith(">"):
                await self.person.send(deed[1:])
            else:
                shown = {message.id: message for message in await self.person.messages()}
                done = await self.person.tap(deed)
                if self.twice == "tapped":
                    button = shown[done["message_id"]].button(deed)
                    await self.person.forge(button["callback_data"], done["message_id"])
            await self.settled()
        return await self.person.last()

    async def attach(self, name: str, content: bytes) -> None:
        await self.person.send_file(name, content)
        await self.settled()

    async def settled(self) -> None:
        """Delivers again what is delivered: at once, while it is in hand, and after it is done with."""
        if self.twice == "redelivered":
            await self.town.client.redeliver()
        await self.person.settle(answer_is_enough=True)
        await self.town.bot.receiver.idle()
        if self.twice == "redelivered":
            await self.town.client.redeliver()
            await self.person.settle(answer_is_enough=True)


async def conversation(town: Town, twice: str, whole: bool) -> None:
    """A long mixed conversation: the first meeting, a self-diagnosis, an event, an application, a pair's meeting."""
    now = town.clock.now()
    town.write(make_event, now=now, capacity=1, code=EVENT)
    newcomer = Teller(town, await town.person(NEWCOMER), twice)
    teacher = Teller(town, await town.teacher(TEACHER, "Ковалёва Анна Ильинична"), twice)
    mentor = Teller(town, await town.teacher(MENTOR, "Мудрая Нина Павловна", roles=[Role.MENTOR]), twice)
    await newcomer.do(
        ">/start", "Познакомиться", "Читать дальше", "Даю согласие", ">ковалёва анна игоревна", "Ч", "Челябинский ГО",
        ">школа 67", "Учитель", "Математика", "6–10 лет", "Первая", "сохранить",
    )  # fmt: skip
    await teacher.do(f">/start ev_{EVENT}", "Записаться")
    await newcomer.do(f">/start ev_{EVENT}", "Встать в очередь")
    await teacher.do("Не смогу", "Да, не смогу")
    if whole:
        await diagnosis(teacher)
        await application(teacher)
        await meeting(town, mentor)
    await town.delivered()
    town.move(days=2)
    for _ in range(2):
        await town.sweep()
        await town.delivered()


async def diagnosis(teacher: Teller) -> None:
    await teacher.do(">/diagnostics", "Начать")
    for _ in range(36):
        letters = (await teacher.person.last()).buttons[0].startswith("А")
        await teacher.do("В" if letters else "Пригодилась бы")
    await teacher.do("Показать результат")
    await teacher.person.wait_for("Ваш результат")


async def application(teacher: Teller) -> None:
    await teacher.do(">/apply", "Подать заявку", ">грамотность", "Функциональная грамотность", "Учителя-предметники")
    await teacher.do(f">{ANSWERS[1]}", "Дальше", "Первая", "Дальше", f">{ANSWERS[3]}", "Дальше", f">{ANSWERS[4]}")
    await teacher.attach("удостоверение.pdf", PDF)
    await teacher.do("Дальше", f">{ANSWERS[5]}")
    await teacher.attach("оценка.png", PNG)
    await teacher.do("Дальше", "Да", "Отправить заявку")


async def meeting(town: Town, mentor: Teller) -> None:
    people = {number: town.read(person_of, external_id=number) for number in (MENTOR, TEACHER)}
    pair = {"mentor_id": people[MENTOR], "mentee_id": people[TEACHER], "goals": "Собрания"}
    town.write(staff_services.create_pair, callers.staff(REGION, town.clock.now()), **pair)
    await mentor.do(">/mentees", "Ковалёва", "Назначить встречу", "вт, 3 марта", "15:00")


def left_behind(session: Session) -> dict[str, list[Any]]:
    """Every row of every table; times, what was drawn by lot and the bare numbers of rows aside."""
    ranks: dict[str, dict[Any, int]] = {}
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            found = session.scalars(select(table.c.id).order_by(table.c.id)).all()
            ranks[table.name] = {number: rank for rank, number in enumerate(found)}
    rows: dict[str, list[Any]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in OF_DELIVERY:
            order = list(table.primary_key.columns)
            found = session.execute(select(table).order_by(*order)).mappings()
            rows[table.name] = [_plain(table, row, ranks) for row in found if row.get("key") != f"{PACE}:telegram"]
    return rows


def _plain(table: Any, row: Any, ranks: dict[str, dict[Any, int]]) -> dict[str, Any]:
    plain = {}
    for column in table.columns:
        value = row[column.name]
        if column.name in DRAWN or column.name == "id" or isinstance(column.type, UtcDateTime | DateTime):
            continue
        for key in column.foreign_keys:
            value = ranks.get(key.column.table.name, {}).get(value, value)
        if isinstance(value, dict):
            value = {name: part for name, part in value.items() if name not in DRAWN}
        plain[column.name] = value
    return plain


@asynccontextmanager
async def lived(url: str, clock: FrozenClock, data_dir: Path, twice: str, whole: bool) -> AsyncIterator[Town]:
    """A town after the conversation."""
    town = await Town(url, clock, data_dir=data_dir).open()
    try:
        await conversation(town, twice, whole)
        yield town
    finally:
        await town.close()


async def outcome(url: str, clock: FrozenClock, data_dir: Path, twice: str, whole: bool) -> tuple[Any, Any]:
    """What is in the database, and what each person reads in the chat."""
    begun = clock.now()
    async with lived(url, clock, data_dir, twice, whole) as town:
        rows = town.read(left_behind)
        chats = {}
        for number in (NEWCOMER, TEACHER, MENTOR):
            person = await town.person(number)
            chats[number] = sorted(message.text for message in await person.messages() if message.outgoing)
    clock.moment = begun
    return rows, chats


def differences(once: tuple[Any, Any], twice: tuple[Any, Any], *, chats: bool) -> list[str]:
    """Rows, and messages, that are in one only."""
    found = []
    for part, (first, second) in enumerate(zip(once, twice, strict=True)):
        for name in first if part == 0 or chats else ():
            before, after = Counter(map(str, first[name])), Counter(map(str, second[name]))
            found += [f"{name}: - {row}" for row in (before - after)] + [f"{name}: + {row}" for row in (after - before)]
    return found


@volumes(whole=(False, True))
async def test_twice_is_as_once(
    fresh: Urls, request: pytest.FixtureRequest, clock: FrozenClock, tmp_path: Path, whole: bool, figures: Figures
) -> None:
    once = await outcome(fresh(), clock, tmp_path / "once", "", whole)
    again = await outcome(fresh(), clock, tmp_path / "again", "redelivered", whole)
    tapped = await outcome(fresh(), clock, tmp_path / "tapped", "tapped", whole)
    wrong = differences(once, again, chats=True) + differences(once, tapped, chats=False)
    rows = sum(map(len, once[0].values()))
    figures.note(
        "Replay is harmless",
        f"{request.node.callspec.params['fresh']}: {rows} rows of {len(once[0])} tables and {len(once[1])} chats,"
        f" every update twice, every tap twice: {len(wrong)} differ",
        goal="database and notices identical",
        held=not wrong,
    )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("fresh", ["SQLite"], indirect=True)
async def test_control_a_bot_that_forgets_what_it_has_seen_differs(
    fresh: Urls, clock: FrozenClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = await outcome(fresh(), clock, tmp_path / "once", "", False)
    receive = inbox.receive

    def forgetful(session: Session, *, updates: Any, **arguments: Any) -> set[int]:
        receive(session, updates=updates, **arguments)
        return {item.update_id for item in updates}

    monkeypatch.setattr(inbox, "receive", forgetful)
    try:
        assert differences(once, await outcome(fresh(), clock, tmp_path / "again", "redelivered", False), chats=True)
    except AssertionError as error:  # or the conversation does not even get to its end
        assert "no button" in str(error), error
