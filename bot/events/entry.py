"""Ways into events from other nouns: a link, a check-in, a card."""

from bot.visit import Visit


async def open_link(visit: Visit, code: str) -> None:
    """The card of a deep link `ev_<code>`."""
    raise NotImplementedError


async def check_in(visit: Visit, token: str) -> None:
    """Marks attendance by the link `ci_<token>` that the methodist's page shows."""
    raise NotImplementedError


async def card(visit: Visit, event_id: int) -> None:
    """The card of an event."""
    raise NotImplementedError
