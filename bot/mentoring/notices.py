"""What the bot says unasked about mentoring, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.mentoring import screens_series
from bot.mentoring.callbacks import CancelMeetingTap, DigestTap, MetTap, OpenMentoringTap, PairTap, PlanTap, ProposalTap
from bot.mentoring.screens import log_row, when
from bot.mentoring.screens_mentors import answers
from bot.ui.moments import day
from bot.ui.screens import Button, Row, Screen
from db.mentoring import notices
from locales import Texts

Params = dict[str, Any]


def paired(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A new mentee, or a mentor of one's own."""
    return Screen(t(f"mentoring.notice.paired.{params['side']}", name=_name(t, params)), [[_open(t, params)]])


def proposed(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A pair is proposed: yes or a polite no."""
    text = t(f"mentoring.notice.proposed.{params['side']}", name=_name(t, params))
    more = Button(t.plain("mentoring.proposal.more"), ProposalTap(pair_id=params["pair"]), below=True)
    return Screen(text, [answers(t, params["pair"], below=True), [more]])


def declined(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The proposal did not come about; whose no it was is not said."""
    return Screen(t("mentoring.notice.declined", name=_name(t, params)))


def paused(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The pair rests."""
    return Screen(t("mentoring.notice.paused", name=_name(t, params)), [[_open(t, params)]])


def resumed(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The pair works again; of meetings that were called off meanwhile one hears here if not before."""
    text = t(
        "mentoring.notice.resumed.dropped" if params.get("dropped") else "mentoring.notice.resumed",
        name=_name(t, params),
    )
    return Screen(text, [[_open(t, params)]])


def finished(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The pair has ended its work."""
    return Screen(t("mentoring.notice.finished", name=_name(t, params)))


def planned(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The mentor has chosen a time."""
    return Screen(
        t("mentoring.notice.planned", name=_name(t, params), when=_when(t, params, zone)), _can_come(t, params)
    )


def moved(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Another time."""
    return Screen(t("mentoring.notice.moved", name=_name(t, params), when=_when(t, params, zone)), _can_come(t, params))


def cancelled(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The other one can't come."""
    button = _plan(t, params) if params["side"] == "mentor" else _open(t, params)
    return Screen(t("mentoring.notice.cancelled", name=_name(t, params), when=_when(t, params, zone)), [[button]])


def asked(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The mentee would like to meet."""
    return Screen(t("mentoring.notice.asked", name=_name(t, params)), [[_plan(t, params)], [_open(t, params)]])


def about(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """What the mentee would like to talk about; the words are gone with the mentee's data."""
    key = "mentoring.notice.about" if params.get("text") else "mentoring.notice.asked"
    text = t(key, name=_name(t, params), text=params.get("text", ""))
    return Screen(text, [[_plan(t, params)], [_open(t, params)]])


def series(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Meetings that come back are planned."""
    return screens_series.told(t, "series", params, zone)


def series_moved(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """All the later ones have another weekday or hour."""
    return screens_series.told(t, "series_moved", params, zone)


def series_cancelled(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One and all later ones will not be."""
    return screens_series.told(t, "series_cancelled", params, zone)


def day_before(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A day before. The date stands in the text: a message that comes late must not say «tomorrow»."""
    text = t("mentoring.notice.day_before", name=_name(t, params), when=_when(t, params, zone))
    return Screen(text, _reminder_rows(t, params))


def hours_before(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Two hours before."""
    text = t("mentoring.notice.hours_before", name=_name(t, params), when=_when(t, params, zone))
    return Screen(text, _reminder_rows(t, params))


def how_was_it(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The time of the meeting has passed: one tap and one message log it."""
    text = t("mentoring.notice.how_was_it", name=_name(t, params), when=_when(t, params, zone))
    move = Button(t.plain("mentoring.move"), PlanTap(pair_id=params["pair"], meeting_id=params["meeting"]), below=True)
    return Screen(text, [log_row(t, params["meeting"], below=True), [move]])


def nudged(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Two weeks since the last meeting: two taps log the one that was."""
    met = Button(t.plain("mentoring.met"), MetTap(pair_id=params["pair"]), below=True)
    since = datetime.fromisoformat(params["since"])
    return Screen(
        t("mentoring.notice.nudged", name=_name(t, params), day=day(t, since, zone)), [[_plan(t, params)], [met]]
    )


def digest(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The past week in numbers."""
    text = t("mentoring.notice.digest", mentees=params["mentees"], held=params["held"], quiet=params["quiet"])
    stop = Button(t.plain("mentoring.mentor.digest_off"), DigestTap(on=False), below=True)
    return Screen(text, [[Button(t.plain("mentoring.open"), OpenMentoringTap(), below=True)], [stop]])


def silent(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Long since the last meeting."""
    since = datetime.fromisoformat(params["since"])
    met = Button(t.plain("mentoring.met"), MetTap(pair_id=params["pair"]), below=True)
    text = t("mentoring.notice.silent", name=_name(t, params), day=day(t, since, zone))
    return Screen(text, [[_plan(t, params)], [met]])


def _name(t: Texts, params: Params) -> str:
    return params.get("name") or t.plain("mentoring.nameless")


def _when(t: Texts, params: Params, zone: ZoneInfo) -> object:
    return when(t, datetime.fromisoformat(params["at"]), zone)


def _open(t: Texts, params: Params) -> Button:
    return Button(t.plain("mentoring.open"), PairTap(pair_id=params["pair"]), below=True)


def _plan(t: Texts, params: Params) -> Button:
    return Button(t.plain("mentoring.plan"), PlanTap(pair_id=params["pair"]), below=True)


def _cancel(t: Texts, params: Params) -> Button:
    return Button(t.plain("mentoring.cannot"), CancelMeetingTap(meeting_id=params["meeting"]), below=True)


def _can_come(t: Texts, params: Params) -> list[Row]:
    return [[_cancel(t, params), _open(t, params)]]


def _reminder_rows(t: Texts, params: Params) -> list[Row]:
    if params["side"] == "mentee":
        return _can_come(t, params)
    move = Button(t.plain("mentoring.move"), PlanTap(pair_id=params["pair"], meeting_id=params["meeting"]), below=True)
    return [[move, _cancel(t, params)], [_open(t, params)]]


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    notices.PAIRED: paired,
    notices.PROPOSED: proposed,
    notices.DECLINED: declined,
    notices.PAUSED: paused,
    notices.RESUMED: resumed,
    notices.FINISHED: finished,
    notices.PLANNED: planned,
    notices.MOVED: moved,
    notices.CANCELLED: cancelled,
    notices.ASKED: asked,
    notices.ABOUT: about,
    notices.SERIES: series,
    notices.SERIES_MOVED: series_moved,
    notices.SERIES_CANCELLED: series_cancelled,
    notices.TOMORROW: day_before,
    notices.SOON: hours_before,
    notices.HOW_WAS_IT: how_was_it,
    notices.NUDGED: nudged,
    notices.SILENT: silent,
    notices.DIGEST: digest,
}
