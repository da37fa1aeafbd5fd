"""A ticket at the panel's own limits fits the caption of its file: it was refused, and the seat had no ticket."""

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
