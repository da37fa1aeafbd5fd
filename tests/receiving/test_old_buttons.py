"""Buttons of earlier versions are still in people's chats: each does what it said, and what must stay stays."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.sandbox.client import Message, SandboxPerson
from db.events import seats
from db.events.models import Registration
from db.mentoring import meetings, staff_services
from db.people.models import Role
from tests.events.support import REGION, heard, make_event
from tests.support import callers
from tests.support.town import Town, person_of

STAYED = ("menub", "dg_o", "ev_o", "apr", "no", "ev_c:{event}::0", "ev_a:{event}:0", "ev_x:{event}:0:0", "ev_m:0:0:0")
STAYED += ("me_p:{pair}:0", "me_n:{pair}:0:0", "me_m:{meeting}:0", "me_x:{meeting}:0:0")
EDITED = ("ev_c:{event}::1", "ev_x:{event}:0:1", "ev_m:0:0:1")
EDITED += ("me_p:{pair}:1", "me_n:{pair}:0:1", "me_m:{meeting}:1", "me_x:{meeting}:0:1")
LATER = ("ev_s:{event}:0:0", "ev_s:{event}:5:0", "me_g:{meeting}:1:0", "me_e:{pair}:0")
LATER_EDITED = ("ev_s:{event}:0:1", "ev_s:{event}:5:1", "me_g:{meeting}:1:1", "me_e:{pair}:1")


class Chat:
    """Somebody with a seat, a pair and a meeting, who taps what is not made any more."""

    def __init__(self, town: Town, person: SandboxPerson, numbers: dict[str, int]) -> None:
        self.town, self.person, self.numbers = town, person, numbers

    async def tap(self, data: str) -> tuple[Message, list[Message]]:
        """Taps it under a message of the bot; answers that message afterwards, and what came below it."""
        await (await self.person.send("/help")).settle()
        told = await self.person.last()
        await self.person.forge(data.format(**self.numbers), told.id)
        await self.person.settle()
        messages = await self.person.messages()
        return next(one for one in messages if one.id == told.id), [one for one in messages if one.id > told.id]

    async def help(self) -> str:
        await (await self.person.send("/help")).settle()
        return (await self.person.last()).text


def attended(session: Session, *, now: datetime) -> None:
    session.execute(update(Registration).values(attended_at=now))


@pytest.fixture
async def chat(town: Town) -> AsyncIterator[Chat]:
    person = await town.teacher(roles=[Role.MENTOR])
    await town.teacher(2002, "Юная Ольга")
    now = town.clock.now()
    ids = {number: town.read(person_of, external_id=number) for number in (2001, 2002)}
    event = town.write(make_event, now=now, days=0.1, capacity=5)
    town.write(seats.register, callers.person(ids[2001], now), event_id=event)
    staff = callers.staff(REGION, now)
    pair = town.write(staff_services.create_pair, staff, mentor_id=ids[2001], mentee_id=ids[2002])
    at = now + timedelta(hours=1)
    meeting = town.write(meetings.plan_meeting, callers.person(ids[2001], now), pair_id=pair, at=at)
    town.write(heard, now=now)  # notices of all that would come between
    yield Chat(town, person, {"event": event, "pair": pair, "meeting": meeting})


async def test_an_old_button_under_a_message_that_stays_is_answered_below_it(chat: Chat) -> None:
    was = await chat.help()
    for data in STAYED:
        told, below = await chat.tap(data)
        assert told.text == was and not told.edited, data
        if not data.startswith("ev_a"):  # nothing to accept: a word over the screen
            assert below and "устарела" not in below[-1].text, data
    chat.town.write(attended, now=chat.town.clock.now())
    chat.town.move(days=1)
    for data in LATER:
        told, below = await chat.tap(data)
        assert told.text == was and below and "устарела" not in below[-1].text, data


async def test_an_old_button_of_a_live_screen_changes_it_in_place(chat: Chat) -> None:
    was = await chat.help()
    for data in EDITED:
        told, below = await chat.tap(data)
        assert told.text != was and not below, data
    chat.town.write(attended, now=chat.town.clock.now())
    chat.town.move(days=1)
    for data in LATER_EDITED:
        told, below = await chat.tap(data)
        assert told.text != was and not below, data


async def test_what_came_below_a_message_that_stays_leads_to_a_menu_below(chat: Chat) -> None:
    _, below = await chat.tap("ev_c:{event}::0")
    card = below[-1]
    await chat.person.tap("В меню", message_id=card.id)
    await chat.person.settle()
    messages = await chat.person.messages()
    assert next(one for one in messages if one.id == card.id).text == card.text
    assert messages[-1].id > card.id
