"""What the bot says unasked of a record of training: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.training.callbacks import TrainingCardTap
from bot.ui.screens import Button, Screen, short
from locales import Texts

Params = dict[str, Any]
TITLE, REMARK = 150, 300


def confirmed(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """It counts now."""
    return Screen(t("training.notice.confirmed", title=short(params["title"], TITLE)), [_to_record(t, params)])


def returned(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """What to mend."""
    text = t("training.notice.returned", title=short(params["title"], TITLE), remark=short(params["remark"], REMARK))
    return Screen(text, [_to_record(t, params)])


def _to_record(t: Texts, params: Params) -> list[Button]:
    return [Button(t.plain("training.open"), TrainingCardTap(record_id=params["record"]), below=True)]


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    "training.confirmed": confirmed,
    "training.returned": returned,
}
