"""The way back from the page of files: to what they belong to, or to a new link where the old one has served."""

from bot.applications import handlers as applications
from bot.training import handlers as training
from bot.ui.links import Link
from bot.ui.visit import Visit
from bot.uploads import screens
from db.uploads import queries

OVER = "_over"
"""What stands behind the prefix when the page found its link over."""


async def open_place(visit: Visit, rest: str) -> None:
    """Where the application or the records of training stand; where a new link is had, when the old one is over."""
    place = await visit.read(queries.last_place)
    if rest == OVER:
        await visit.expect(None)
        await visit.show(screens.over(visit.t, place))
    elif place is not None and place.record_id is not None:
        await training.home(visit)
    else:
        await applications.home(visit)


LINKS = {"files": Link(open_place)}
