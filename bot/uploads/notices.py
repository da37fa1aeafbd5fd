"""What is said of files that came by a link."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.applications.callbacks import CriterionTap
from bot.training.callbacks import TrainingCardTap
from bot.ui.screens import Button, Screen
from locales import Texts


def came(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """How many files came to which place, and the way there."""
    if "record" in params:
        record = TrainingCardTap(record_id=params["record"])
        text = t("uploads.notice.came.record", params["files"], part=params["part"])
        return Screen(text, [[Button(t.plain("uploads.see"), record, below=True)]])
    tap = CriterionTap(application=params["application"], number=params["criterion"])
    text = t("uploads.notice.came", params["files"], number=params["criterion"], part=params["part"])
    return Screen(text, [[Button(t.plain("uploads.see"), tap, below=True)]])


NOTICES = {"uploads.came": came}
