"""One person in several messengers, the second one invented: each notice arrives once, where the person is reached."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.server import SandboxServer
from db.broadcasts import staff_queries as broadcasts
from db.clock import FrozenClock
from db.notices import outbox, staff_services
from db.notices.models import NoticeStatus
from db.people import services as people
from db.people.models import Role
from db.people.queries import role_holders
from tests.notices.conftest import Post
from tests.support import callers
from tests.support.platforms import ONE, OTHER, PigeonSettings
from tests.support.town import block


class Messengers:
    """Two post offices on one database."""

    def __init__(self, one: Post, other: Post) -> None:
        self.one, self.other = one, other
        self.database = one.database

    async def linked(self, external_id: int, **fields: Any) -> int:
        """Somebody of the first messenger who is in the second under the same number too."""
        person_id = await self.one.person(external_id, **fields)
        await self.other.chat(external_id)
        self.link(person_id, external_id)
        return person_id

    def link(self, person_id: int, external_id: int) -> None:
        where = {"platform": OTHER, "external_id": external_id, "locale": "en"}
        self.database.write(people.link_account, callers.person(person_id), **where)

    async def deliver(self) -> int:
        """Both bots at once, until nothing is due for either."""
        sent, caller = 0, callers.clock(self.one.clock.now())
        while any(self.database.read(outbox.waits, caller, platform=platform) for platform in (ONE, OTHER)):
            sent += sum(await asyncio.gather(self.one.delivery().drain(), self.other.delivery().drain()))
        return sent

    async def got(self, external_id: int) -> tuple[list[str], list[str]]:
        return await self.one.got(external_id), await self.other.got(external_id)


@pytest.fixture
async def messengers(post: Post, database_url: str, clock: FrozenClock) -> AsyncIterator[Messengers]:
    async with SandboxServer([]) as server:
        other = Post(post.database, database_url, clock, server, PigeonSettings)
        try:
            yield Messengers(post, other)
        finally:
            await other.close()


async def test_equal_numbers_of_two_messengers_are_two_people(messengers: Messengers) -> None:
    here, there = await messengers.one.person(7), await messengers.other.person(7)
    assert here != there
    for number in range(5):
        messengers.one.put(here, f"here {number}", key=f"h{number}")
        messengers.one.put(there, f"there {number}", key=f"t{number}")
    assert await messengers.deliver() == 10
    assert await messengers.got(7) == ([f"here {n}" for n in range(5)], [f"there {n}" for n in range(5)])


async def test_who_is_in_both_hears_each_notice_once_and_in_the_first(messengers: Messengers) -> None:
    """A rounds' worth for people of one, of the other and of both, with both bots looking at the same moment."""
    both, one, other = await messengers.linked(7), await messengers.one.person(8), await messengers.other.person(9)
    for number in range(30):
        messengers.one.put((both, one, other)[number % 3], f"№ {number}")
    assert await messengers.deliver() == 30
    arrived = [(await messengers.got(number)) for number in (7, 8, 9)]
    assert [(len(here), len(there)) for here, there in arrived] == [(10, 0), (10, 0), (0, 10)]
    assert len({words for here, there in arrived for words in here + there}) == 30


async def test_who_blocked_the_bot_in_one_messenger_hears_in_the_other(messengers: Messengers) -> None:
    both = await messengers.linked(7)
    keys = [messengers.one.put(both, f"№ {number}") for number in range(3)]
    await (await messengers.one.client.person(7)).block()
    assert await messengers.deliver() == 3
    assert await messengers.got(7) == ([], ["№ 0", "№ 1", "№ 2"])
    assert {messengers.one.notice(key).status for key in keys} == {NoticeStatus.SENT}

    await (await messengers.other.client.person(7)).block()
    last = messengers.one.put(both)
    assert await messengers.deliver() == 0
    assert (messengers.one.notice(last).status, messengers.one.notice(last).error) == (NoticeStatus.DEAD, "blocked")

    await (await messengers.one.client.person(7)).block(False)
    again = callers.administrator(messengers.one.clock.now())
    assert messengers.database.write(staff_services.retry, again, notice_id=messengers.one.notice(last).id)
    assert await messengers.deliver() == 1
    assert await messengers.got(7) == ([last], ["№ 0", "№ 1", "№ 2"])


async def test_a_bot_does_not_look_for_what_the_other_is_to_send(messengers: Messengers) -> None:
    there = await messengers.other.person(7)
    messengers.one.put(there)
    caller = callers.clock(messengers.one.clock.now())
    look = {ONE: False, OTHER: True}
    for platform, waits in look.items():
        assert messengers.database.read(outbox.waits, caller, platform=platform) is waits
        taken = messengers.database.write(outbox.take, caller, platform=platform)
        assert len(taken.outgoing) == waits
        assert not taken.more


async def test_a_broadcast_counts_a_person_once_wherever_they_are(messengers: Messengers) -> None:
    both, deaf = await messengers.linked(7), await messengers.linked(8)
    await messengers.other.person(9)
    now = messengers.one.clock.now()
    messengers.database.write(people.mark_blocked, callers.clock(now), platform=ONE, external_id=7)
    messengers.database.write(block, person_id=deaf, at=now)
    found = messengers.database.read(broadcasts.reach, audience=broadcasts.BroadcastAudience())
    assert (found.count, found.deaf) == (2, 1)
    assert both in messengers.database.read(
        lambda session: session.scalars(broadcasts.listeners(broadcasts.BroadcastAudience())).all()
    )


async def test_commands_are_published_where_the_role_holder_is(messengers: Messengers) -> None:
    await messengers.linked(7, roles=[Role.MENTOR])
    messengers.database.write(
        people.mark_blocked, callers.clock(messengers.one.clock.now()), platform=ONE, external_id=7
    )
    assert messengers.database.read(role_holders, platform=ONE) == []
    assert messengers.database.read(role_holders, platform=OTHER) == [(7, "en", frozenset({Role.MENTOR}), False)]
