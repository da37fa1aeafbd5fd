"""Ways into events from other nouns: a link, a check-in, a card; and what the handlers share."""

from datetime import datetime

from aiogram.types import Message

from bot.events import screens, screens_cards
from bot.events.callbacks import View
from bot.telegram.links import start_link
from bot.ui.screens import Screen
from bot.ui.visit import Visit
from db.events import queries, services
from db.events.queries import EventCard
from db.events.rules import came_at
from db.overviews import calendar as overview


async def open_link(visit: Visit, code: str) -> None:
    """The card of a deep link `ev_<code>`."""
    found, components = await visit.read(overview.card_by_code, code=code)
    await visit.show(await card_screen(visit, found, components))


async def check_in(visit: Visit, token: str) -> None:
    """Marks attendance by the link `ci_<token>` that the screen of the hall shows, as of when it was opened."""
    done = await visit.write(services.check_in, token=token, sent_at=sent_at(visit))
    await visit.receipt(
        screens_cards.checked_in(visit.t, done.card, changed=done.changed, on_the_spot=done.on_the_spot)
    )


async def hold_code(visit: Visit, token: str) -> str:
    """What a newcomer keeps of the hall's code: it turns away long before there is a profile."""
    return await visit.read(
        services.hold,
        token=token,
        sent_at=came_at(sent_at(visit), visit.stranger),
        platform=visit.context.settings.platform,
        external_id=visit.user_id,
    )


def sent_at(visit: Visit) -> datetime | None:
    """When the messenger took what was typed or opened; none for a tap, whose message is an older one."""
    return visit.event.date if isinstance(visit.event, Message) else None


async def card(visit: Visit, event_id: int, *, back: str = "") -> None:
    """The card of an event."""
    found, components = await visit.read(overview.card, event_id=event_id)
    await visit.show(await card_screen(visit, found, components, back=back))


async def calendar(visit: Visit, view: View | None = None) -> None:
    """A month of events."""
    view = view or View()
    month, formats, components = await visit.read(
        overview.month,
        first_day=view.month,
        page=view.page,
        size=screens.PAGE,
        filters=view.filters,
        municipality_id=visit.person.municipality_id,
    )
    await visit.show(
        screens.calendar(visit.t, month, view, formats=formats, components=components, zone=visit.context.zone)
    )


async def card_screen(
    visit: Visit, found: EventCard, components: dict[str, str] | None = None, *, back: str = ""
) -> Screen:
    """A card as a screen."""
    if components is None:
        components = await visit.read(queries.component_names) if found.components else {}
    return screens_cards.card(
        visit.t,
        found,
        components=components,
        link=await link_of(visit, found),
        back=back,
        zone=visit.context.zone,
        now=visit.now,
    )


async def link_of(visit: Visit, found: EventCard) -> str:
    """The deep link to an event."""
    me = await visit.bot.me()
    return start_link(me.username, f"ev_{found.line.code}")
