"""What the bot says unasked about practices, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.practices.callbacks import PracticeDraftTap, PracticeStillTap, PracticeTaskTap
from bot.practices.screens import NAME
from bot.practices.screens_own import SAID
from bot.ui.moments import full_date
from bot.ui.screens import Button, Screen, paragraphs, short
from db.practices import notices
from locales import Texts

Params = dict[str, Any]


def appointed(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One is asked to look at a practice."""
    button = Button(t.plain("practices.notice.look"), PracticeTaskTap(expert_id=params["expert"]), below=True)
    return Screen(t("practices.notice.appointed", title=short(params["title"], NAME)), [[button]])


def decided(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """What was decided, with what both experts said."""
    words = (params["first_word"], params["second_word"])
    remarks = [t("practices.remark", number=number, text=short(word, SAID)) for number, word in enumerate(words, 1)]
    text = paragraphs(
        t(f"practices.notice.decided.{params['decided']}", title=short(params["title"], NAME)),
        *remarks,
        t("practices.said", text=short(params["said"], SAID)) if params["said"] else None,
    )
    button = Button(t.plain("practices.notice.open"), PracticeDraftTap(practice_id=params["practice"]), below=True)
    return Screen(text, [[button]])


def still(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Once a year one is asked whether it is still done so."""
    number = params["practice"]
    yes = Button(t.plain("practices.still.yes"), PracticeStillTap(practice_id=number, still=True), below=True)
    no = Button(t.plain("practices.still.no"), PracticeStillTap(practice_id=number, still=False), below=True)
    day = full_date(t, datetime.fromisoformat(params["confirmed_at"]), zone)
    return Screen(t("practices.notice.still", title=short(params["title"], NAME), day=day), [[yes, no]])


def taken_down(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A methodist took it away; it is still the author's."""
    button = Button(t.plain("practices.notice.open"), PracticeDraftTap(practice_id=params["practice"]), below=True)
    return Screen(t("practices.notice.taken_down", title=short(params["title"], NAME)), [[button]])


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    notices.APPOINTED: appointed,
    notices.DECIDED: decided,
    notices.STILL: still,
    notices.TAKEN_DOWN: taken_down,
}
