"""What the bot says unasked about requests for help, per kind of notice: pure, t + params -> Screen.

Where the words are gone with their owner's data, the message does without.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.requests.callbacks import HelpedTap, ReplyTap, RequestDeclineTap, RequestTap
from bot.requests.screens import TOPIC, practice_button
from bot.ui.moments import point
from bot.ui.screens import Button, Row, Screen, short
from db.requests import notices
from locales import Texts

Params = dict[str, Any]


def given(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A colleague asks, and it is the reader's turn to answer."""
    text = t(
        "requests.notice.given" if params.get("text") else "requests.notice.given.wordless", **_words(t, params, zone)
    )
    decline = Button(t.plain("requests.decline"), RequestDeclineTap(request_id=params["request"]), below=True)
    return Screen(text, [[_reply(t, params, "requests.answer"), decline], [_open(t, params)]])


def more(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The asker has written on."""
    text = t(
        "requests.notice.more" if params.get("text") else "requests.notice.more.wordless", **_words(t, params, zone)
    )
    return Screen(text, [[_reply(t, params, "requests.answer"), _open(t, params)]])


def answered(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The answer, and whether it helped."""
    number = params["request"]
    yes = Button(t.plain("requests.helped"), HelpedTap(request_id=number, helped=True), below=True)
    no = Button(t.plain("requests.helped.no"), HelpedTap(request_id=number, helped=False), below=True)
    rows: list[Row] = [[yes, no], [_reply(t, params, "requests.write_on"), _open(t, params)]]
    return Screen(
        t(
            "requests.notice.answered" if params.get("text") else "requests.notice.answered.wordless",
            **_words(t, params, zone),
        ),
        rows,
    )


def queued(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Nobody who fits has room: the service answers itself."""
    return Screen(t("requests.notice.queued", **_words(t, params, zone)), [[_open(t, params)]])


def late(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The stated time has passed: a methodist sees it now."""
    return Screen(t("requests.notice.late", **_words(t, params, zone)), [[_open(t, params)]])


def overdue(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The same, to whoever has not answered."""
    text = t("requests.notice.overdue", **_words(t, params, zone))
    decline = Button(t.plain("requests.decline"), RequestDeclineTap(request_id=params["request"]), below=True)
    return Screen(text, [[_reply(t, params, "requests.answer"), decline], [_open(t, params)]])


def closed(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The other one has closed it."""
    return Screen(t("requests.notice.closed", **_words(t, params, zone)), [[_open(t, params)]])


def helped(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The asker says that the reader's answer helped: it may become a practice."""
    text = t("requests.notice.helped", **_words(t, params, zone))
    return Screen(text, [[practice_button(t, params["request"]), _open(t, params)]])


def taken(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Somebody else answers now."""
    return Screen(t("requests.notice.taken", **_words(t, params, zone)))


def _words(t: Texts, params: Params, zone: ZoneInfo) -> dict[str, Any]:
    until = point(t, datetime.fromisoformat(params["until"]), zone) if params.get("until") else ""
    return {"topic": short(params["topic"], TOPIC), "text": params.get("text", ""), "until": until}


def _open(t: Texts, params: Params) -> Button:
    return Button(t.plain("requests.open"), RequestTap(request_id=params["request"]), below=True)


def _reply(t: Texts, params: Params, key: str) -> Button:
    return Button(t.plain(key), ReplyTap(request_id=params["request"]), below=True)


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    notices.GIVEN: given,
    notices.MORE: more,
    notices.ANSWERED: answered,
    notices.QUEUED: queued,
    notices.LATE: late,
    notices.OVERDUE: overdue,
    notices.CLOSED: closed,
    notices.HELPED: helped,
    notices.TAKEN: taken,
}
