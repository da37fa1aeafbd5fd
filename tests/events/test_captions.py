"""What cards and tickets say of one event: within the messenger's limits, and one thing."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

from bot.events import screens_cards
from db.clock import FrozenClock
from db.database import Database
from db.events import queries, seats
from locales import translator
from tests.events.support import make_event, make_people
from tests.support import callers

CAPTION = 1024


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_ticket_at_the_panels_limits_fits_a_caption(database: Database, clock: FrozenClock, language: str) -> None:
    """It was refused, and the seat had no ticket."""
    event_id = database.write(make_event, now=clock.now())
    (person,) = database.write(make_people, count=1, now=clock.now())
    me = callers.person(person, clock.now())
    database.write(seats.register, me, event_id=event_id)
    found = database.read(queries.card, me, event_id=event_id)
    full = replace(found, line=replace(found.line, title="я" * 200), where="я" * 300, link="https://" + "x" * 292)
    ticket = screens_cards.ticket(
        translator(language), full, link="https://t.me/x", zone=ZoneInfo("Asia/Yekaterinburg")
    )
    assert len(Markup(ticket.text).striptags()) <= CAPTION


def test_seats_that_those_who_wait_will_get_are_free_to_nobody_else(database: Database, clock: FrozenClock) -> None:
    """«Осталось 2 места» stood on a card that said «Мест сейчас нет», until the waiting ones had been asked."""
    event_id = database.write(make_event, now=clock.now(), capacity=5)
    (person,) = database.write(make_people, count=1, now=clock.now())
    me = callers.person(person, clock.now())
    found = database.read(queries.card, me, event_id=event_id)
    waits = replace(found, waiting=3)
    zone = ZoneInfo("Asia/Yekaterinburg")
    screen = screens_cards.card(
        translator("ru"), waits, components={}, link="https://t.me/x", back="m", zone=zone, now=clock.now()
    )
    said = screen.text
    assert "мест нет, в очереди 3 человека" in said and "осталось" not in said
