"""What the bot says unasked about a group's plan, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.moments import full_date
from bot.ui.screens import Button, Screen, short
from bot.workplans.callbacks import WorkDoneTap, WorkLineTap
from bot.workplans.screens import LONGEST, NAME
from db.workplans import notices
from locales import Texts

Params = dict[str, Any]


def due(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The term of a line of the group's plan comes near."""
    day = full_date(t, datetime.fromisoformat(params["until"]), zone)
    done = Button(t.plain("workplans.done"), WorkDoneTap(line_id=params["line"], slot=params["slot"]), below=True)
    look = Button(t.plain("workplans.open"), WorkLineTap(line_id=params["line"]), below=True)
    text = t("workplans.notice.due", text=short(params["text"], LONGEST), title=short(params["title"], NAME), day=day)
    return Screen(text, [[done], [look]])


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {notices.DUE: due}
