"""Dialogs in Redis: shared by processes, gone with the person; nothing is lost or misunderstood while it is away."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiogram.fsm.storage.base import StorageKey
from sqlalchemy import func, select

from bot import erasure
from bot.dialogs.redis import RedisDialogs
from bot.dialogs.storage import DialogsLostError
from bot.sandbox.client import Message, SandboxPerson
from bot.updates import handling
from db.clock import FrozenClock
from db.erasure import ERASED_WITHIN
from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus
from db.inbox.services import DIALOGS_KEPT
from db.people.models import Person
from tests.operations.conftest import Run, call, said  # noqa: F401  the fixture `call`
from tests.support.redis import RedisServer
from tests.support.town import Town, until

KEY = StorageKey(bot_id=1, chat_id=7, user_id=7)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
async def town(sqlite_url: str, clock: FrozenClock, tmp_path: Path, redis: RedisServer) -> AsyncIterator[Town]:
    """The town whose bot keeps dialogs in Redis."""
    place = await Town(sqlite_url, clock, data_dir=tmp_path / "data", redis_url=redis.url).open()
    yield place
    await place.close()


async def walk(person: SandboxPerson, *deeds: str) -> Message:
    for deed in deeds:
        await (person.send(deed[1:]) if deed.startswith(">") else person.tap(deed))
        await person.settle()
    return await person.last()


async def asked_for_the_name(town: Town) -> SandboxPerson:
    """A newcomer whose next text is the answer to «your name»."""
    anna = await town.person(2001)
    screen = await walk(anna, ">/start", "Познакомиться", "Читать дальше", "Даю согласие")
    assert "Шаг 1 из 7" in screen.text
    return anna


def set_aside(town: Town) -> int:
    query = select(func.count()).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
    return town.read(lambda session: session.scalar(query) or 0)


async def test_another_process_goes_on_with_the_dialog_and_the_database_holds_none(
    town: Town, redis: RedisServer
) -> None:
    anna = await asked_for_the_name(town)
    await town.kill_bot()
    assert "Ковалёва Анна" in (await walk(anna, ">ковалёва анна")).text
    assert redis.keys() == ["opora:telegram:1000000:2001:2001:data", "opora:telegram:1000000:2001:2001:state"]
    assert town.read(lambda session: session.scalar(select(func.count()).select_from(Dialog))) == 0


async def test_a_dialog_ends_when_the_database_would_end_it(redis: RedisServer) -> None:
    storage = RedisDialogs(redis.url, "telegram")
    await storage.set_data(KEY, {"field": "name"})
    await storage.set_state(KEY, "ProfileForm:answer")
    for part in ("state", "data"):
        left = await storage.redis.ttl(f"opora:telegram:1:7:7:{part}")
        assert abs(left - DIALOGS_KEPT.total_seconds()) < 60
    await storage.close()


async def test_two_processes_never_handle_one_dialog_at_once(redis: RedisServer) -> None:
    storages = [RedisDialogs(redis.url, "telegram") for _ in range(2)]
    inside = most = 0

    async def handle(storage: RedisDialogs) -> None:
        nonlocal inside, most
        async with storage.isolation().lock(KEY):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.02)
            inside -= 1

    await asyncio.gather(*(handle(storage) for storage in storages * 3))
    assert most == 1
    for storage in storages:
        await storage.close()


async def test_buttons_go_on_working_while_redis_is_away(town: Town, redis: RedisServer) -> None:
    vera = await town.teacher()
    screen = await walk(vera, ">/menu", "Самодиагностика", "Начать")
    redis.stop()
    first = screen.text
    screen = await walk(vera, screen.buttons[0])
    assert screen.text != first, "the answer was taken"
    assert set_aside(town) == 0


async def test_a_text_typed_during_a_short_outage_is_understood_after_it(town: Town, redis: RedisServer) -> None:
    anna = await asked_for_the_name(town)
    redis.stop()
    await anna.send("ковалёва анна")
    await until(lambda: redis_was_missed(town))
    redis.start()
    assert "Ковалёва Анна" in (await anna.wait_for("Ковалёва Анна")).text
    assert set_aside(town) == 0


def redis_was_missed(town: Town) -> bool:
    storage = town.bot.context.dialogs
    assert isinstance(storage, RedisDialogs)
    return storage.rests


async def test_a_long_outage_is_apologised_for_and_nothing_is_lost(
    town: Town, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "NETWORK_TRIES", 2)
    anna = await asked_for_the_name(town)
    redis.stop()
    await anna.send("ковалёва анна")
    await anna.wait_for("Что-то пошло не так у нас")
    assert set_aside(town) == 1
    redis.start()
    await until(lambda: not redis_was_missed(town))
    assert "Ковалёва Анна" in (await walk(anna, ">ковалёва анна")).text, "it was still the name that was asked for"


async def test_an_erasure_takes_the_dialog_along(town: Town, redis: RedisServer) -> None:
    vera = await town.teacher(2001)
    storage = town.bot.context.dialogs
    # Of another bot and in another chat too: what is erased is the person.
    for key in (StorageKey(bot_id=5, chat_id=2001, user_id=2001), StorageKey(bot_id=1000000, chat_id=-9, user_id=2001)):
        await storage.set_data(key, {"typed": "Тестова Вера"})
    stranger = StorageKey(bot_id=1000000, chat_id=12001, user_id=12001)
    await storage.set_data(stranger, {"typed": "somebody else's"})
    await walk(vera, ">/mydata", "Удалить все мои данные", "Да, удалить навсегда")
    assert redis.keys() == ["opora:telegram:1000000:12001:12001:data"]


async def test_an_erasure_that_is_due_waits_for_redis(town: Town, redis: RedisServer) -> None:
    vera = await town.teacher(2001)
    await walk(vera, ">/mydata", "Отозвать согласие", "Да, отозвать")
    key = StorageKey(bot_id=1000000, chat_id=2001, user_id=2001)
    await town.bot.context.dialogs.set_data(key, {"typed": "Тестова Вера"})
    town.clock.moment += ERASED_WITHIN
    names = select(Person.full_name)
    redis.stop()
    with pytest.raises(DialogsLostError):
        await erasure.carry_out(town.bot.context)
    assert town.read(lambda session: session.scalars(names).all()) == ["Тестова Вера Ивановна"]
    redis.start()
    await erasure.carry_out(town.bot.context)
    assert town.read(lambda session: session.scalars(names).all()) == [None]
    assert redis.keys() == []


async def test_an_operator_who_erases_somebody_erases_the_dialog(
    town: Town,
    redis: RedisServer,
    call: Run,  # noqa: F811
) -> None:
    await asked_for_the_name(town)
    assert redis.keys()
    command = {"url": town.url, "REDIS_URL": redis.url}
    redis.stop()
    refused = call("forget-person", "1", **command)
    assert refused.returncode == 1
    assert said(refused) == ["REDIS_URL: no answer (ConnectionError); nothing was erased"]
    redis.start()
    done = call("forget-person", "1", **command)
    assert (done.returncode, said(done)) == (0, ["person 1 is erased, files deleted: 0"])
    assert redis.keys() == []
