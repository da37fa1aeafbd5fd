"""What the bot says unasked of expert work: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bot.expertise.callbacks import ExpertAcceptTap, ExpertWhyTap, ExpertWorkTap
from bot.expertise.screens import TITLE, days
from bot.ui.screens import Button, Screen, short
from db.expertise.notices import CANCELLED, INVITED
from locales import Texts

Params = dict[str, Any]


def invited(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """An invitation, to be answered by one tap."""
    number = params["work"]
    return Screen(
        _told(t, "expertise.notice.invited", params),
        [
            [Button(t.plain("expertise.accept"), ExpertAcceptTap(work_id=number), style="success", below=True)],
            [
                Button(t.plain("expertise.decline"), ExpertWhyTap(work_id=number), below=True),
                Button(t.plain("expertise.open"), ExpertWorkTap(work_id=number), below=True),
            ],
        ],
    )


def cancelled(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """It was taken back."""
    return Screen(_told(t, "expertise.notice.cancelled", params))


def _told(t: Texts, key: str, params: Params) -> str:
    starts, ends = (date.fromisoformat(params[name]) for name in ("starts", "ends"))
    return t(key, title=short(params["title"], TITLE), kind=short(params["kind"], TITLE), days=days(t, starts, ends))


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {INVITED: invited, CANCELLED: cancelled}
