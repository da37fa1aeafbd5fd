"""One bad update blocks nobody: it is set aside after a few tries, the panel shows it, everybody else goes on."""

import math
import time
from pathlib import Path
from typing import Any

from db.clock import Clock
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.scope import StaffRole
from tests.support.bots import FIRST, Change, Stand, stand
from tests.support.figures import Figures
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.processes import engine_of, volumes

BAD = "плохое слово"
NEXT = ("/menu", "/events")  # what the same person says after it
QUARANTINED = IncomingUpdate.status == UpdateStatus.QUARANTINED


def with_a_bug(program: Any) -> None:
    """The bot stumbles over one word, whoever says it."""
    made = program.create_dispatcher

    def broken(context: Any) -> Any:
        dispatcher = made(context)

        async def stumble(handler: Any, event: Any, data: Any) -> Any:
            if event.text == BAD:
                raise RuntimeError("a bug")
            return await handler(event, data)

        dispatcher.message.outer_middleware(stumble)
        return dispatcher

    program.create_dispatcher = broken


def with_endless_tries(program: Any) -> None:
    import bot.updates.handling

    with_a_bug(program)
    bot.updates.handling.TRIES = 10**9


def said(place: Stand, person: int) -> list[str]:
    """What the bot wrote to somebody, in order."""
    chat = place.server.world.bot().chat(person)
    return [message.data.get("text", "") for message in chat.messages.values() if message.outgoing]


async def disturb(place: Stand, bad: int, change: Change) -> float:
    """Half of the people send what breaks the bot and go on; answers how long the slowest of the others waited."""
    await place.people(2 * bad)
    await place.start(change)
    slowest = 0.0
    for number in range(bad):
        culprit, other = FIRST + 2 * number, FIRST + 2 * number + 1
        for words in (BAD, *NEXT):
            await (await place.client.person(culprit)).send(words)
        begun = time.monotonic()
        await (await place.client.person(other)).send("/menu")
        await place.until(lambda other=other: bool(said(place, other)), within=180)
        slowest = max(slowest, time.monotonic() - begun)
    return slowest


@volumes(bad=(2, 200), within=(math.inf, 2.0))
async def test_a_bad_update_is_set_aside_and_nobody_waits_for_it(
    database_url: str, tmp_path: Path, figures: Figures, bad: int, within: float
) -> None:
    async with stand(database_url, tmp_path) as place:
        slowest = await disturb(place, bad, with_a_bug)
        await place.kill()  # the tries count on over a restart
        await place.start(with_a_bug)
        await place.until(lambda: not place.left(), within=120)
        aside = place.count(QUARANTINED)
        orders = [said(place, FIRST + 2 * number)[-len(NEXT) :] for number in range(bad)]
        await place.stop()
        place.database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=Clock().now())
        visitor = Visitor(make_panel(place.database, Clock(), tmp_path))
        visitor.sign_in("region")
        page = visitor.text("/notices/")
        assert "RuntimeError" in page and BAD not in page
    measured = (
        f"{engine_of(database_url)}: {bad} bad updates, {aside} set aside, the next person waited {slowest:.2f} s"
    )
    held = aside == bad and slowest < 2
    figures.note("One bad update blocks nobody", measured, goal="set aside; the next person within 2 s", held=held)
    assert aside == bad and slowest < within
    menu, events = orders[0]
    assert menu != events and all(order == [menu, events] for order in orders), "the same chat goes on in order"


async def test_control_without_a_quarantine_the_chat_stands_still(sqlite_url: str, tmp_path: Path) -> None:
    async with stand(sqlite_url, tmp_path) as place:
        await disturb(place, 1, with_endless_tries)
        await place.until(lambda: bool(place.count(IncomingUpdate.attempts > 10)), within=180)
        assert not said(place, FIRST) and not place.count(QUARANTINED)
