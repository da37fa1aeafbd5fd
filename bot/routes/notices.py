"""What the bot asks unasked about a route, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.routes.callbacks import (
    RouteCommentsTap,
    RouteDaysTap,
    RouteItemTap,
    RouteLookTap,
    RouteOutcomeTap,
    RouteYearTap,
)
from bot.routes.screens import LONGEST
from bot.routes.screens_sharing import READERS
from bot.ui.screens import Button, Screen, short
from db.routes import notices
from db.routes.models import RouteReader, StepOutcome
from locales import Texts

Params = dict[str, Any]


def how_was_it(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The lesson of a step is over."""
    item_id = params["item"]
    worked = Button(t.plain("routes.worked"), RouteOutcomeTap(item_id=item_id, outcome=StepOutcome.WORKED), below=True)
    failed = Button(
        t.plain("routes.not_yet"), RouteOutcomeTap(item_id=item_id, outcome=StepOutcome.NOT_YET), below=True
    )
    later = Button(t.plain("routes.another_day"), RouteDaysTap(item_id=item_id), below=True)
    return Screen(t("routes.notice.how", text=short(params["text"], LONGEST)), [[worked, failed], [later]])


def attended(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One was at an event of the route."""
    button = Button(t.plain("routes.say"), RouteItemTap(item_id=params["item"]), below=True)
    return Screen(t("routes.notice.attended", title=short(params["text"], LONGEST)), [[button]])


def opened(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Somebody has opened a route to one."""
    button = Button(t.plain("routes.notice.look"), RouteLookTap(share_id=params["share"]), below=True)
    return Screen(t("routes.notice.opened"), [[button]])


def commented(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Something was said of one's own route."""
    button = Button(t.plain("routes.notice.comments"), RouteCommentsTap(), below=True)
    reader = t.plain(READERS[RouteReader(params["reader"])])
    return Screen(t("routes.notice.commented", reader=reader, text=short(params["text"], LONGEST)), [[button]])


def group(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A route was drafted for one's group: it stands in the plan, line by line."""
    button = Button(t.plain("routes.notice.group.look"), RouteYearTap(), below=True)
    text = t("routes.notice.group", params["number"], title=short(params["title"], LONGEST))
    return Screen(text, [[button]])


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    notices.HOW_WAS_IT: how_was_it,
    notices.ATTENDED: attended,
    notices.OPENED: opened,
    notices.COMMENTED: commented,
    notices.GROUP: group,
}
