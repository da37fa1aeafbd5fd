"""What the bot says unasked about the plan, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.plans.callbacks import PlanDoneTap, PlanLineTap
from bot.plans.screens import LONGEST
from bot.ui.moments import full_date
from bot.ui.screens import Button, Screen, short
from db.plans import notices
from locales import Texts

Params = dict[str, Any]


def named(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One answers for a line of the plan now."""
    key = "plans.notice.named" if params["term"] else "plans.notice.named.no_term"
    text = t(key, text=short(params["text"], LONGEST), term=short(params["term"], 100))
    return Screen(text, [[_open(t, params)]])


def due(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The term of a line comes near."""
    day = full_date(t, datetime.fromisoformat(params["until"]), zone)
    done = Button(t.plain("plans.done"), PlanDoneTap(line_id=params["line"], slot=params["slot"]), below=True)
    return Screen(t("plans.notice.due", text=short(params["text"], LONGEST), day=day), [[done], [_open(t, params)]])


def _open(t: Texts, params: Params) -> Button:
    return Button(t.plain("plans.open"), PlanLineTap(line_id=params["line"]), below=True)


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {notices.NAMED: named, notices.DUE: due}
