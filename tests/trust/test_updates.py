"""No update lost, none handled twice: the bot is killed -9 and stopped by SIGTERM at random moments under load."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.events.callbacks import RegisterTap
from bot.updates.lanes import OwnLanes
from bot.updates.receiver import Receiver
from bot.updates.sanitize import received
from db.caller import PersonCaller
from db.events import queries, seats
from db.events.models import Registration, RegistrationStatus
from db.events.seats import Outcome
from db.upsert import insert
from tests.events.support import make_event
from tests.support.bots import FIRST, Change, Stand, stand
from tests.support.figures import Figures
from tests.support.processes import engine_of, volumes

PEOPLE = 100
LONGEST = 2.0  # seconds from a start to the blow

# The database itself notes each writing of a registration, whoever writes it: the row alone would look the same however
# often it was written.
NOTES = {
    "sqlite": (
        "CREATE TABLE effect (event_id INTEGER, person_id INTEGER)",
        *(
            f"CREATE TRIGGER effect_{deed} AFTER {deed} ON registration "
            "BEGIN INSERT INTO effect VALUES (NEW.event_id, NEW.person_id); END"
            for deed in ("INSERT", "UPDATE")
        ),
    ),
    "postgresql": (
        "CREATE TABLE effect (event_id INTEGER, person_id INTEGER)",
        "CREATE FUNCTION note_effect() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO effect VALUES (NEW.event_id, NEW.person_id); RETURN NULL; END'",
        "CREATE TRIGGER effect AFTER INSERT OR UPDATE ON registration FOR EACH ROW EXECUTE FUNCTION note_effect()",
    ),
}


class HastyReceiver(Receiver):
    """Acknowledges what it has not stored, as most bots do."""

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        assert isinstance(self.lanes, OwnLanes)
        for raw in updates:
            self.lanes._enqueue(received(raw))


def hasty(program: Any) -> None:
    import bot.updates.handling

    bot.updates.handling.AT_ONCE = 1
    program.make_receiver = HastyReceiver


def register_unseeing(session: Session, caller: PersonCaller, *, event_id: int) -> Outcome:
    """Puts the person in without a look at who is in already."""
    row = {"event_id": event_id, "person_id": caller.person_id}
    row |= {"sequence": seats.next_turn(session, event_id).sequence}
    row |= {"status": RegistrationStatus.WAITING, "registered_at": caller.now}
    statement = insert(session, Registration).values(row)
    session.execute(statement.on_conflict_do_update(index_elements=["event_id", "person_id"], set_=row))
    return Outcome(queries.card(session, caller, event_id=event_id), changed=True)


def repeating(program: Any, mark_after: float | None = None) -> None:
    """Whatever a kill finds is handled again, by a use case that does not expect it."""
    import bot.updates.lanes

    bot.updates.lanes.MARK_AFTER = mark_after or bot.updates.lanes.MARK_AFTER
    seats.register = register_unseeing


def note_effects(session: Session) -> None:
    for statement in NOTES[session.get_bind().dialect.name]:
        session.execute(text(statement))


async def walk(
    place: Stand,
    updates: int,
    kills: int,
    stops: int,
    change: Change | None = None,
    *,
    last: Change | None = None,
    moment: Callable[[], bool] | None = None,
) -> tuple[int, int, float]:
    """Each update puts one person into one event's list.

    Answers how many are missing, how many were put in again, and the longest stop in seconds.

    A blow falls at a random moment, or as soon as `moment` has come; the last life, which ends in peace, may have
    another change.
    """
    people = min(PEOPLE, updates)
    await place.people(people)
    place.database.write(note_effects)
    now = datetime.now(UTC)
    events = [place.database.write(make_event, now=now, capacity=1, days=3) for _ in range(updates // people)]
    taps = [(FIRST + number, RegisterTap(event_id=event).pack()) for event in events for number in range(people)]
    blows = ["kill"] * kills + ["stop"] * stops
    dice = random.Random(updates)
    dice.shuffle(blows)
    share = -(-len(taps) // (len(blows) + 1))
    longest = 0.0
    for turn, blow in enumerate(blows):
        await place.taps(taps[turn * share : (turn + 1) * share])
        await place.start(change)
        if moment is None:
            await asyncio.sleep(dice.uniform(0, LONGEST))
        else:
            await place.until(moment, within=180)
        if blow == "kill":
            await place.kill()
        else:
            longest = max(longest, await place.stop())
    await place.taps(taps[len(blows) * share :])
    await place.start(last or change)
    await place.until(lambda: not place.left(), within=900, every=0.1)
    await place.stop()
    assert place.sound()
    each = "SELECT count(*) FROM effect GROUP BY event_id, person_id"
    effects = place.database.read(lambda session: session.scalars(text(each)).all())
    return len(taps) - len(effects), sum(effects) - len(effects), longest


@volumes(updates=(60, 20_000), kills=(2, 200), stops=(1, 20))
async def test_no_update_is_lost_and_none_handled_twice(
    database_url: str, tmp_path: Path, figures: Figures, updates: int, kills: int, stops: int
) -> None:
    async with stand(database_url, tmp_path) as place:
        missing, twice, longest = await walk(place, updates, kills, stops)
    measured = (
        f"{engine_of(database_url)}: {updates} updates, {kills} kills -9, {stops} SIGTERM (≤ {longest:.1f} s): "
        f"{missing} lost, {twice} effects twice"
    )
    goal = "200 kills over 20,000 updates: 0 lost, 0 effects twice"
    figures.note("No update lost", measured, goal=goal, held=not missing and not twice)
    assert (missing, twice) == (0, 0)


async def test_control_who_acknowledges_before_storing_loses(sqlite_url: str, tmp_path: Path) -> None:
    """Killed when the messenger has nothing left to deliver, and most of it is not handled."""
    async with stand(sqlite_url, tmp_path) as place:
        await place.client.fault("slow", seconds=0.3, methods=["answerCallbackQuery", "editMessageText", "sendMessage"])
        missing, _, _ = await walk(place, 60, 1, 0, hasty, moment=lambda: not place.waiting())
    assert missing


async def test_control_who_does_not_expect_an_update_again_has_its_effect_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Killed when something is handled and, late as this one marks, nothing is marked."""
    async with stand(sqlite_url, tmp_path) as place:
        effect = "SELECT count(*) FROM effect"
        missing, twice, _ = await walk(
            place,
            60,
            1,
            0,
            partial(repeating, mark_after=60.0),
            last=repeating,
            moment=lambda: bool(place.database.read(lambda session: session.scalar(text(effect)))),
        )
    assert twice and not missing
