"""The way back from the page of files to the application."""

from bot.applications import handlers
from bot.ui.links import Link
from bot.ui.visit import Visit


async def open_application(visit: Visit, _rest: str) -> None:
    """Where the application stands."""
    await handlers.home(visit)


LINKS = {"files": Link(open_application)}
