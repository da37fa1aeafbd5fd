"""What the calendar, the ticket and the card say of time, over HTTP with the unchanged bot."""

import re
from datetime import date
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.events.models import EventMode
from db.events.queries import CalendarFilters
from db.overviews import calendar
from tests.events.support import make_event
from tests.events.test_bot import code_of
from tests.support import callers
from tests.support.town import Town


def test_a_page_of_the_calendar_is_one_statement_and_pages_miss_nothing(database: Database, clock: FrozenClock) -> None:
    """Every coming event was read to show five, in five statements: the dearest tap of all."""
    now, said = clock.now(), list[str]()

    def plan(session: Session) -> list[int]:
        coming = [make_event(session, now=now, days=1 + number) for number in range(12)]
        return [*coming, make_event(session, now=now, days=70)]

    *coming, far = database.write(plan)

    def note(*asked: Any) -> None:
        said.extend(one for one in asked[2:3] if one.startswith(("SELECT", "WITH")))

    event.listen(database.engine, "before_cursor_execute", note)

    def shown(page: int = 0, first_day: date | None = None, **filters: Any) -> calendar.Month:
        said.clear()
        found, _, _ = database.read(
            calendar.month,
            callers.person(1, now),
            first_day=first_day,
            page=page,
            size=5,
            filters=CalendarFilters(**filters),
            municipality_id=None,
        )
        return found

    pages = []
    for page in range(3):
        found = shown(page)
        assert len(said) == 1, said
        assert (found.page, found.pages, found.first_day, found.earlier) == (page, 3, None, None)
        assert found.later and found.later == shown(first_day=found.later).first_day
        pages.append([line.id for line in found.lines])
    assert [one for page in pages for one in page] == coming
    assert shown(10**8).page == 2, "a page that is no more is the last"
    apart = shown(first_day=found.later)
    assert [line.id for line in apart.lines] == [far] and apart.earlier == date(2026, 3, 1)
    empty = shown(mode=EventMode.ONLINE)
    assert (empty.lines, empty.page, empty.pages, empty.earlier, empty.later) == ([], 0, 1, None, None)


async def test_the_calendar_begins_with_the_coming_days_and_not_with_a_month_that_ends(town: Town) -> None:
    """On the 28th it showed one event, though five were to come within a week."""
    now = town.move(days=26)  # the 28th of March
    for days in (1, 5, 20):
        town.write(make_event, now=now, days=days, title=f"Через {days}")
    town.write(make_event, now=now, days=40, title="В мае")
    vera = await town.teacher()
    await (await vera.send("/events")).settle()
    screen = await vera.last()
    assert all(f"Через {days}" in screen.text for days in (1, 5, 20)) and "В мае" not in screen.text
    await vera.tap("май ›")
    await vera.settle()
    assert "В мае" in (await vera.last()).text
    town.move(days=35)
    await (await vera.send("/events")).settle()
    screen = await vera.last()
    assert "В мае" in screen.text and "Через" not in screen.text


async def test_only_reminders_that_will_come_are_promised(town: Town) -> None:
    """«Напомню за день» was said of an event in two minutes."""
    now, said = town.clock.now(), {}
    vera = await town.teacher()
    for days in (3, 0.5, 0.001):
        event_id = town.write(make_event, now=now, days=days, title=f"Через {days}")
        await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
        await vera.tap("Записаться")
        ticket = await vera.wait_for(lambda one, days=days: one.document is not None and f"Через {days}" in one.text)
        card = next(one for one in await vera.messages() if one.text.startswith(f"Через {days}"))
        said[days] = [re.findall(r"Напомню[^.]*", text) for text in (ticket.text, card.text)]
    both, hours = ["Напомню за день и за два часа"], ["Напомню за два часа"]
    assert said == {3: [both, both], 0.5: [hours, hours], 0.001: [[], []]}


async def test_what_is_over_has_no_link_to_go_to(town: Town) -> None:
    event_id = town.write(
        make_event, now=town.clock.now(), mode=EventMode.ONLINE, place=None, link="https://x.example/1"
    )
    vera = await town.teacher()
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    await vera.tap("Записаться")
    await vera.settle()
    assert "x.example" in (await vera.last()).text
    town.move(days=4)
    await (await vera.start(f"ev_{town.read(code_of, event_id=event_id)}")).settle()
    assert "x.example" not in (await vera.last()).text
