"""`make bench`: what people tap on an ordinary day, mostly reads, beside a bare aiogram bot in alternating slices."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.diagnostics.callbacks import AnswerTap, QuestionTap
from bot.events.callbacks import CardTap, MyTap, OpenEventsTap
from bot.ui.screens import MenuTap
from db.clock import Clock
from db.database import Database
from db.events.models import Registration, RegistrationStatus
from db.people.models import Person
from tests.benchmarks.stand import OURS, settings
from tests.benchmarks.test_tap import BARE, ROUNDS, measure, middle, prepare, ratio
from tests.events.support import make_event
from tests.support.databases import copy_sqlite
from tests.support.figures import Figures

SOME = 45  # people who tap without a pause, as many as a bot meets at its busiest
EVENTS = 24
KINDS = ("menu", "calendar", "card", "own registrations", "back to a question", "answer")
DAY = "the day's mix"

pytestmark = pytest.mark.bench


def plans(url: str) -> dict[str, list[list[str]]]:
    """Taps of each kind for each person; the mix has all kinds in turn, and everybody begins elsewhere."""
    answers = prepare(url)[:SOME]
    now = Clock().now()
    database = Database.connect(url)

    def settle(session):  # type: ignore[no-untyped-def]
        parts = ["digital", "subject"]
        events = [
            make_event(session, now=now, capacity=30, days=1 + number, components=parts) for number in range(EVENTS)
        ]
        people = session.scalars(select(Person.id).order_by(Person.id)).all()
        rows = [
            {"event_id": event, "person_id": person, "status": RegistrationStatus.SEATED, "sequence": person}
            for person in people
            for event in events[person % 3 : 9 : 3]
        ]
        session.execute(insert(Registration), [{**row, "registered_at": now, "seated_at": now} for row in rows])
        return events

    events: list[int] = database.write(settle)
    database.close()
    questions = [[AnswerTap.unpack(tap) for tap in taps] for taps in answers]
    found = {
        "menu": [[MenuTap().pack()]] * SOME,
        "calendar": [[OpenEventsTap().pack()]] * SOME,
        "card": [[CardTap(event_id=event).pack() for event in events[:12]]] * SOME,
        "own registrations": [[MyTap().pack()]] * SOME,
        "back to a question": [
            [QuestionTap(attempt=q.attempt, item=q.item).pack() for q in taps] for taps in questions
        ],
        "answer": answers,
    }
    turns = range(len(KINDS) * 12)
    found[DAY] = [
        [found[KINDS[turn % len(KINDS)]][person][turn % len(found[KINDS[turn % len(KINDS)]][person])] for turn in order]
        for person in range(SOME)
        for order in [[*turns[person % len(KINDS) :], *turns[: person % len(KINDS)]]]
    ]
    return found


@pytest.mark.parametrize("kind", [DAY, *KINDS])
def test_taps_of_a_day_beside_a_bare_bot(kind: str, sqlite_url: str, tmp_path: Path, figures: Figures) -> None:
    taps = tmp_path / "taps.json"
    taps.write_text(json.dumps(plans(sqlite_url)[kind]))
    template = Path(sqlite_url.removeprefix("sqlite:///"))
    bare, ours = [], []
    for number in range(ROUNDS):
        bare.append(measure(BARE, taps, {}, people=SOME))
        url = copy_sqlite(template, tmp_path / f"round{number}.db")
        ours.append(measure(OURS, taps, settings(url, tmp_path), people=SOME))
    speed, cost = ratio(ours, bare, "per_second"), ratio(ours, bare, "cpu_ms")
    figures.note(
        f"{kind}, {SOME} people without a pause",
        f"{middle(ours, 'per_second'):.0f} taps/s beside {middle(bare, 'per_second'):.0f}: {speed:.2f}; "
        f"processor {middle(ours, 'cpu_ms'):.2f} ms beside {middle(bare, 'cpu_ms'):.2f}: {cost:.2f}",
        goal="0.75 (pass 0.6); processor ≤ 1.5 (pass 1.8)" if kind == DAY else "≥ 0.6",
        held=speed >= 0.6 and (kind != DAY or cost <= 1.8),
    )
