"""Two messengers that use the same numbers: what comes from one is never taken for the other's."""

from sqlalchemy.orm import Session

from bot.context import Context
from bot.settings import BotSettings
from db.clock import FrozenClock
from db.database import Database
from db.inbox import lanes, queries, services
from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus
from db.inbox.queries import Received
from tests.support.platforms import ONE, OTHER, PigeonSettings


def store(session: Session, platform: str, clock: FrozenClock) -> set[int]:
    updates = [Received(number, 7, f'{{"of": "{platform}"}}') for number in (1, 2)]
    return services.receive(session, platform=platform, updates=updates, now=clock.now())


def test_an_update_of_each_is_kept_handled_and_set_aside_by_itself(database: Database, clock: FrozenClock) -> None:
    for platform in (ONE, OTHER):
        assert database.write(store, platform, clock) == {1, 2}
        assert database.write(store, platform, clock) == set()
    database.write(services.mark_handled, platform=ONE, update_ids=[1], now=clock.now())
    assert database.write(services.note_failure, platform=OTHER, update_id=2, error="E") == 1
    database.write(services.quarantine, platform=OTHER, update_id=2, now=clock.now())
    left = {
        platform: [
            (item.update_id, item.payload) for item in database.read(queries.waiting, platform=platform, chat_key=7)
        ]
        for platform in (ONE, OTHER)
    }
    assert left == {ONE: [(2, f'{{"of": "{ONE}"}}')], OTHER: [(1, f'{{"of": "{OTHER}"}}')]}
    assert database.read(queries.unfinished, platform=OTHER, update_ids=[1, 2]) == {1}
    row = database.read(lambda session: session.get_one(IncomingUpdate, (ONE, 2)))
    assert (row.status, row.attempts) == (UpdateStatus.RECEIVED, 0)


def test_a_lane_of_one_does_not_hold_the_others_chat(database: Database, clock: FrozenClock) -> None:
    if database.engine.dialect.name != "postgresql":
        return  # lanes are for several processes, which SQLite is not for
    updates, now = [Received(1, 7, "{}")], clock.now()
    taken = {
        platform: database.write(
            lanes.receive, platform=platform, updates=updates, process=number, token=number, now=now
        )
        for number, platform in enumerate((ONE, OTHER), 1)
    }
    assert [(one.new, set(one.lanes), one.busy) for one in taken.values()] == [(1, {7}, frozenset())] * 2
    database.write(lanes.finish, platform=ONE, walked=[lanes.Walked(7, 1, [1])], now=now)
    assert database.read(queries.unfinished, platform=OTHER, update_ids=[1]) == {1}
    again = database.write(lanes.claim, platform=OTHER, chats=[7], process=3, token=3, now=now)
    assert (dict(again.lanes), again.busy) == ({}, frozenset({7}))


async def test_a_dialog_with_one_is_no_dialog_with_the_other(
    database: Database, database_url: str, clock: FrozenClock
) -> None:
    from aiogram.fsm.storage.base import StorageKey

    key = StorageKey(bot_id=1, chat_id=7, user_id=7)
    contexts = [
        Context.open(kind(_env_file=None, bot_token="1:t", database_url=database_url), clock)  # type: ignore[call-arg]
        for kind in (BotSettings, PigeonSettings)
    ]
    one, other = contexts
    await one.dialogs.set_state(key, "waits")
    assert await other.dialogs.get_state(key) is None
    await other.dialogs.set_state(key, "asks")
    await one.dialogs.forget(platform=OTHER, external_id=7)
    assert await one.dialogs.get_state(key) == "waits"
    assert database.read(lambda session: session.query(Dialog).count()) == 2
    for context in contexts:
        await context.close()
