"""Delivery against the Bot API stand-in: each notice arrives, whatever the messenger does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.outbox.delivery import LOOK_EVERY, Delivery
from bot.outbox.rate_limit import LATE
from db.notices.models import NoticeStatus
from tests.notices.conftest import Post
from tests.support.town import until


@asynccontextmanager
async def running(*deliveries: Delivery) -> AsyncIterator[None]:
    """Deliveries at work until the block ends."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(delivery.run(stop)) for delivery in deliveries]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)


async def test_a_backlog_arrives_in_order(post: Post) -> None:
    vera = await post.person(7)
    keys = [post.put(vera, f"№ {number}") for number in range(10)]
    assert await post.delivery().drain() == 10
    assert await post.got(7) == [f"№ {number}" for number in range(10)]
    assert {post.notice(key).status for key in keys} == {NoticeStatus.SENT}


async def test_what_the_panel_puts_in_arrives_within_a_second(post: Post) -> None:
    assert LOOK_EVERY <= 1, "nobody tells this process: it looks by itself, and a busy machine looks late"
    vera = await post.person(7)
    async with running(post.delivery()):
        await asyncio.sleep(0)
        key = post.put(vera)
        await until(lambda: post.notice(key).status is NoticeStatus.SENT)
    assert await post.got(7) == [key]


async def test_two_processes_send_each_notice_once(post: Post) -> None:
    people = [await post.person(number) for number in (7, 8, 9)]
    for number in range(60):
        post.put(people[number % 3], f"№ {number}")
    counts = await asyncio.gather(post.delivery().drain(), post.delivery().drain())
    arrived = [text for number in (7, 8, 9) for text in await post.got(number)]
    assert sum(counts) == len(arrived) == len(set(arrived)) == 60


async def test_after_too_many_requests_nothing_is_sent_before_its_time(post: Post) -> None:
    vera = await post.person(7)
    anna = await post.person(8)
    keys = [post.put(vera), post.put(anna)]
    await post.client.fault("retry_after", seconds=7, methods=["sendMessage"], times=1)
    first, second = (
        post.delivery(per_second=2.0),
        post.delivery(),
    )  # Anna's is not on its way yet when Vera's is refused
    assert await first.drain() == 0
    post.clock.moment += timedelta(seconds=6.9)
    assert [await first.drain(), await second.drain()] == [0, 0]
    assert len(await post.client.calls(method="sendMessage")) == 1
    post.clock.moment += timedelta(seconds=0.2)
    assert await second.drain() == 2
    assert (await post.got(7), await post.got(8)) == ([keys[0]], [keys[1]])


async def test_a_failing_server_is_tried_again_with_growing_pauses(post: Post) -> None:
    key = post.put(await post.person(7))
    await post.client.fault("error", status=502, methods=["sendMessage"], times=2)
    for attempts in (1, 2):
        assert await post.delivery().drain() == 0
        row = post.notice(key)
        assert (row.status, row.attempts) == (NoticeStatus.PENDING, attempts)
        assert 2**attempts * 0.5 <= (row.due_at - post.clock.now()).total_seconds() <= 2**attempts * 1.5
        post.clock.moment = row.due_at
    assert await post.delivery().drain() == 1
    assert await post.got(7) == [key]


async def test_a_lost_reply_repeats_that_message_at_most(post: Post) -> None:
    vera = await post.person(7)
    keys = [post.put(vera) for _ in range(5)]
    await post.client.fault("drop_reply", methods=["sendMessage"], times=1)
    async with running(post.delivery()):
        await until(lambda: not post.left())
    assert await post.got(7) == [keys[0], *keys]


async def test_a_lost_line_keeps_the_order_and_counts_no_failure(post: Post) -> None:
    vera = await post.person(7)
    keys = [post.put(vera) for _ in range(3)]
    await post.client.fault("drop_request", methods=["sendMessage"], times=3)
    async with running(post.delivery()):
        await until(lambda: not post.left())
    assert await post.got(7) == keys
    assert post.notice(keys[0]).attempts == 0


async def test_a_blocked_bot_says_nothing_more_to_that_person(post: Post) -> None:
    vera, anna = await post.person(7), await post.person(8)
    keys = [post.put(vera), post.put(vera), post.put(anna)]
    await (await post.client.person(7)).block()
    assert await post.delivery().drain() == 1
    assert [post.notice(key).status.value for key in keys] == ["dead", "dead", "sent"]
    assert post.notice(keys[0]).error == "blocked"
    assert len(await post.client.calls(method="sendMessage", chat_id=7)) == 1


async def test_what_cannot_be_said_or_is_refused_does_not_hold_up_the_rest(post: Post) -> None:
    vera = await post.person(7)
    keys = [post.put(vera, words) for words in ("broken", "<b>unclosed", "x" * 5000, "good")]
    assert await post.delivery().drain() == 2  # what is too long goes out with its end cut off
    assert [post.notice(key).status.value for key in keys] == ["dead", "dead", "sent", "sent"]
    assert post.notice(keys[0]).error == "render: LookupError"
    assert "refused" in (post.notice(keys[1]).error or "")


async def test_killed_between_sending_and_marking_repeats_one_message_at_most(post: Post) -> None:
    vera = await post.person(7)
    keys = [post.put(vera) for _ in range(8)]
    delivery = post.delivery()
    await post.client.fault("slow", seconds=0.3, methods=["sendMessage"], times=1)
    task = asyncio.create_task(delivery.drain())
    await until_called(post)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    fresh = post.delivery()
    await fresh.drain()
    post.clock.moment += timedelta(seconds=31)
    await fresh.drain()
    arrived = await post.got(7)
    assert {post.notice(key).status for key in keys} == {NoticeStatus.SENT}
    assert set(arrived) == set(keys)
    assert len(arrived) <= len(keys) + 1


async def until_called(post: Post) -> None:
    for _ in range(500):
        if (await post.client.statistics())["faults"] or await post.client.calls(method="sendMessage"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was sent")


async def test_one_message_a_second_to_one_person_and_others_are_not_held_up(post: Post) -> None:
    vera, anna = await post.person(7), await post.person(8)
    post.put(vera, "v1")
    post.put(vera, "v2")
    post.put(anna, "a1")
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await post.delivery(chat_pause=0.5).drain() == 3
    assert loop.time() - began >= 0.5
    sent = [call["params"]["text"] for call in await post.client.calls(method="sendMessage")]
    assert sent == ["v1", "a1", "v2"]


async def test_the_pace_leaves_room_for_answers(post: Post) -> None:
    people = [await post.person(number) for number in range(10, 15)]
    for number in range(25):
        post.put(people[number % 5])
    loop = asyncio.get_running_loop()
    began = loop.time()
    await post.delivery(per_second=50.0).drain()
    assert loop.time() - began >= 24 / 50 - LATE


async def test_an_unasked_notice_offers_to_write_less(post: Post) -> None:
    vera = await post.person(7)
    john = await post.person(8, locale="en")
    post.put(vera, expected=False)
    post.put(vera)
    post.put(john, expected=False)
    await post.delivery().drain()
    first, second = (await (await post.client.person(7)).messages())[-2:]
    assert (first.buttons, second.buttons) == (["Писать реже"], [])
    assert (await (await post.client.person(8)).last()).buttons == ["Write less often"]


async def test_nothing_is_lost_among_faults(post: Post) -> None:
    people = [await post.person(number) for number in range(7, 13)]
    keys = [post.put(people[number % 6]) for number in range(24)]
    for seed, fault in enumerate(("retry_after", "error", "drop_reply", "drop_request")):
        await post.client.fault(fault, seconds=1, percent=8, seed=seed, methods=["sendMessage"])

    def done() -> bool:
        # Time passes for what is put off: a frozen clock would never come to it.
        post.clock.moment += timedelta(seconds=1)
        return not post.left()

    async with running(post.delivery()):
        await until(done)
    assert (await post.client.statistics())["faults"]
    arrived = [text for number in range(7, 13) for text in await post.got(number)]
    assert set(arrived) == set(keys)
