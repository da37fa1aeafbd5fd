"""Notices arrive: the bot is killed while the messenger refuses, fails and loses replies; and they arrive in time."""

import asyncio
import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.outbox.delivery import AT_ONCE, Delivery
from db.caller import Caller
from db.notices import outbox
from db.notices.models import Notice, NoticeStatus
from db.notices.outbox import TakenNotices
from tests.events.support import make_people
from tests.support.bots import FIRST, Change, Stand, stand
from tests.support.figures import Figures
from tests.support.processes import engine_of, volumes

FAULTS = {"retry_after": 6.7, "error": 6.7, "drop_reply": 6.6}  # per cent of the messages
LONGEST = 1.0  # seconds from a start to the kill
JUST_HEARD = 0.3  # seconds in which a refusal may not be heard, or not be written down yet


class HastyDelivery(Delivery):
    """Marks as sent what it is about to send."""

    async def _take(self, caller: Caller, avoid: list[int]) -> TakenNotices:
        taken = await super()._take(caller, avoid)
        for one in taken.outgoing:
            await self._context.database.write(outbox.mark_sent, caller, notice_id=one.notice_id)
        return taken


def with_lease(seconds: float, program: Any) -> None:
    outbox.LEASE = timedelta(seconds=seconds)


def hasty(program: Any) -> None:
    with_lease(2, program)
    program.Delivery = HastyDelivery


def one_at_a_time(program: Any) -> None:
    import bot.outbox.delivery

    bot.outbox.delivery.AT_ONCE = 1


def put(place: Stand, people: Sequence[int], count: int) -> None:
    """So many notices, each with a text of its own."""
    now = datetime.now(UTC)
    rows = [
        {
            "key": f"test:{number}",
            "person_id": people[number % len(people)],
            "kind": "events.offer_expired",
            "params": {"title": f"№{number}.", "event": 1},
            "created_at": now,
            "due_at": now,
        }
        for number in range(count)
    ]
    place.database.write(lambda session: session.execute(insert(Notice), rows))


def arrived(place: Stand) -> Counter[str]:
    """How often each text came to its person."""
    chats = [chat for bot in place.server.world.bots.values() for chat in bot.chats.values()]
    texts = (message.data.get("text", "") for chat in chats for message in chat.messages.values() if message.outgoing)
    return Counter(text[text.index("№") :].partition(".")[0] for text in texts if "№" in text)


def unsent(place: Stand) -> int:
    return place.count(Notice.status != NoticeStatus.SENT)


def too_early(calls: Sequence[dict[str, Any]], kills: Sequence[float]) -> int:
    """Messages that set out after «too many requests» was heard and before its time was over.

    What was on its way when the refusal was heard can't be called back, and a process that is killed in the very
    moment it hears of it, or while the refusal is on its way, can't tell the next one.
    """
    refusals = [call["at"] for call in calls if call["status"] == 429]
    heard = [at for at in refusals if not any(abs(at - kill) < JUST_HEARD for kill in kills)]
    set_out = [call["at"] - call["took_ms"] / 1000 for call in calls]
    return sum(any(at + JUST_HEARD < begun < at + 0.99 for at in heard) for begun in set_out)


async def post(
    place: Stand, notices: int, kills: int, change: Change, *, moment: Callable[[], bool] | None = None
) -> tuple[int, int, int, int]:
    """Delivers among faults and kills: how many were lost, repeated, repeated by lost replies alone, sent too early.

    A kill comes at a random moment, or as soon as `moment` has come.
    """
    put(place, await place.people(max(20, notices // 5)), notices)
    for seed, (kind, percent) in enumerate(FAULTS.items()):
        await place.client.fault(kind, seconds=1, percent=percent, seed=seed, methods=["sendMessage"])
    dice = random.Random(notices)
    calls: list[dict[str, Any]] = []
    blows: list[float] = []

    def listen() -> None:
        seen = calls[-1]["n"] if calls else 0
        calls.extend(call for call in place.server.world.calls if call["n"] > seen and call["method"] == "sendMessage")

    for _ in range(kills):
        await place.start(change)
        if moment is None:
            await asyncio.sleep(dice.uniform(0, LONGEST))
        else:
            await place.until(moment, within=180)
        blows.append(time.time())
        await place.kill()
        listen()
    await place.start(change)
    await place.until(lambda: not unsent(place), within=600, every=0.2)
    await place.stop()
    listen()
    came = arrived(place)
    replies = next(fault.hits for fault in place.server.faults.orders if fault.kind == "drop_reply")
    return notices - len(came), came.total() - len(came), replies, too_early(calls, blows)


@volumes(notices=(40, 2_000), kills=(2, 200), lease=(2, 30))
async def test_notices_arrive_among_kills_and_faults(
    database_url: str, tmp_path: Path, figures: Figures, notices: int, kills: int, lease: int
) -> None:
    async with stand(database_url, tmp_path) as place:
        lost, again, replies, early = await post(place, notices, kills, partial(with_lease, lease))
    measured = (
        f"{engine_of(database_url)}: {notices} notices, {kills} kills -9, 20 % faults: {lost} lost, {again} repeated "
        f"({replies} lost replies among them), {early} before retry_after"
    )
    goal = "2,000 notices, 200 kills, 20 % faults: 0 lost, ≤ 1 duplicate a kill and lost reply, none before retry_after"
    figures.note("Notices arrive", measured, goal=goal, held=not lost and again <= kills + replies and not early)
    # A kill repeats what was on its way at that moment: one over a quick line, never more than AT_ONCE.
    on_their_way = 1 if kills > 100 else AT_ONCE
    assert not lost and again <= kills * on_their_way + replies and not early


async def test_control_who_marks_before_sending_loses(sqlite_url: str, tmp_path: Path) -> None:
    """Killed when the first one has arrived, and all of its look are marked."""
    async with stand(sqlite_url, tmp_path) as place:
        lost, _, _, _ = await post(place, 60, 1, hasty, moment=lambda: bool(arrived(place)))
    assert lost


@dataclass(frozen=True, slots=True)
class Speed:
    """Messages a second, how many the messenger refused, and how many at most were on their way at once."""

    rate: float
    refused: int
    at_once: int


async def speed_of(place: Stand, notices: int, line: float, change: Change | None = None) -> Speed:
    """Notices over a line of so many seconds under the messenger's flood limits; each arrives once."""
    put(place, await place.people(notices), notices)
    await place.client.options(flood_limits=True)
    await place.client.fault("slow", seconds=line, methods=["sendMessage"])
    await place.start(change)
    await place.until(lambda: not unsent(place), within=180 + notices / 5, every=0.2)
    calls = [call for call in place.server.world.calls if call["method"] == "sendMessage"]
    moments = [call["at"] for call in calls if call["status"] == 200]
    assert arrived(place) == Counter(f"№{number}" for number in range(notices)), "each once"
    await place.stop()
    turns = sorted(
        turn for call in calls for turn in ((call["at"], -1), (call["at"] - call["took_ms"] / 1000 + 0.001, 1))
    )
    at_once = max(itertools.accumulate(step for _, step in turns))
    return Speed((len(moments) - 1) / (moments[-1] - moments[0]), len(calls) - len(moments), at_once)


@pytest.mark.soak
async def test_the_outbox_is_as_fast_as_the_messenger_lets_it(
    database_url: str, tmp_path: Path, figures: Figures
) -> None:
    """A rate is a matter of the machine, so this is measured alone.

    Tests/notices/test_pace.py has it on a clock of its own, and the next test what makes it fast.
    """
    async with stand(database_url, tmp_path) as place:
        speed = await speed_of(place, 1_500, 0.1)
    measured = f"{engine_of(database_url)}: 1500 notices, line of 100 ms: {speed.rate:.1f}/s, {speed.refused} refused"
    held = speed.rate >= 29 and not speed.refused
    figures.note("Outbox speed", f"{measured}, 0 lost", goal="≥ 29/s under 30/s, nothing lost", held=held)
    assert 29 <= speed.rate < 30


async def test_over_a_slow_line_many_are_on_their_way_and_none_is_refused(database_url: str, tmp_path: Path) -> None:
    async with stand(database_url, tmp_path) as place:
        speed = await speed_of(place, 24, 0.5)
    assert (speed.at_once, speed.refused) == (AT_ONCE, 0)


async def test_control_one_at_a_time_is_as_slow_as_the_line(sqlite_url: str, tmp_path: Path) -> None:
    async with stand(sqlite_url, tmp_path) as place:
        speed = await speed_of(place, 12, 0.1, one_at_a_time)
    assert speed.at_once == 1
    assert speed.rate < 10


@dataclass(frozen=True, slots=True)
class Answer:
    """How many seconds a tap took to the changed screen, and how many notices arrived meanwhile."""

    took: float
    overtaken_by: int


async def answers(place: Stand, taps: int, pause: float) -> list[Answer]:
    """Taps one after another, each so many seconds after the last at least."""
    bot = place.server.world.bot()
    found = []
    for number in range(taps):
        person = FIRST + number % 20
        chat = bot.chat(person)
        message = max(chat.messages)
        came, begun = arrived(place).total(), time.perf_counter()
        data = ("ev", "menu")[number // 20 % 2]
        query = await place.client.request(
            "POST", f"people/{person}/tap", json={"data": data, "message_id": message, "forged": True}
        )
        stimulus = bot.queries[query["query_id"]].stimulus
        while not (stimulus.changed and stimulus.answered):
            await chat.wait(1)
            assert time.perf_counter() - begun < 180, place.tail()
        took = time.perf_counter() - begun
        found.append(Answer(took, arrived(place).total() - came))
        await asyncio.sleep(max(0.0, pause - took))
    return found


def p95(found: Sequence[Answer]) -> float:
    return sorted(answer.took for answer in found)[int(len(found) * 0.95)]


@volumes(backlog=(300, 30_000), taps=(15, 300), pause=(0.02, 0.2), within=(math.inf, 2.0))
async def test_a_backlog_of_notices_does_not_hold_up_an_answer(
    database_url: str, tmp_path: Path, figures: Figures, backlog: int, taps: int, pause: float, within: float
) -> None:
    """An answer that stood in the line behind the notices would see most of them arrive before it.

    How much later it comes is measured alone.
    """
    async with stand(database_url, tmp_path) as place:
        await place.people(20)
        now, first = datetime.now(UTC), FIRST + 100
        crowd = place.database.write(make_people, count=backlog, now=now, first=first)
        for number in range(first, first + backlog):
            place.server.world.add_person({"id": number, "first_name": "Имя", "started": True})
        await place.client.options(flood_limits=True)
        await place.start()
        for number in range(FIRST, FIRST + 20):
            await (await (await place.client.person(number)).send("/menu")).settle()
        await answers(place, 20, pause)
        alone = p95(await answers(place, taps, pause))
        put(place, crowd, backlog)
        await place.until(lambda: arrived(place).total() > 5, within=180)
        found = await answers(place, taps, 0.2)
        beside = p95(found)
        came = arrived(place).total()
        assert unsent(place), "there is a backlog still"
        await place.stop()
    measured = (
        f"{engine_of(database_url)}: p95 of {taps} taps {alone * 1000:.0f} ms alone, {beside * 1000:.0f} ms beside "
        f"{backlog} notices ({beside / alone:.1f} ×), of which {came} went meanwhile"
    )
    figures.note("Answers before notices", measured, goal="≤ 2 × beside 30,000", held=beside <= 2 * alone)
    assert came > taps / 5 * 10, "the notices go on"
    assert max(answer.overtaken_by for answer in found) < min(backlog, 300) / 3
    assert beside <= within * alone
