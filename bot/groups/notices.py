"""What the bot says unasked about groups, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.groups.callbacks import AskingTap, DecisionDoneTap, GroupDecisionTap, GroupTap
from bot.groups.screens import LONGEST, NAME, coming_row, when
from bot.ui.moments import full_date
from bot.ui.screens import Button, Screen, short
from db.groups import notices
from locales import Texts

Params = dict[str, Any]


def asked(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """Somebody would like to join."""
    look = Button(t.plain("groups.notice.look"), AskingTap(group_id=params["group"]), below=True)
    return Screen(t("groups.notice.asked", title=_title(params)), [[look]])


def accepted(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One is a member now."""
    return Screen(t("groups.notice.accepted", title=_title(params)), [[_open(t, params)]])


def declined(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One was not taken."""
    return Screen(t("groups.notice.declined", title=_title(params)))


def leads(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One heads a group now."""
    return Screen(t("groups.notice.leads", title=_title(params)), [[_open(t, params)]])


def called(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A meeting is called."""
    at = datetime.fromisoformat(params["at"])
    more = [
        t("groups.meeting.place", text=short(params["place"], 120)) if params["place"] else "",
        t("groups.meeting.agenda", text=short(params["agenda"], LONGEST)) if params["agenda"] else "",
    ]
    told = "".join(f"\n{one}" for one in more if one)
    text = t("groups.notice.called", title=_title(params), when=when(t, at, zone)) + told
    return Screen(text, [coming_row(t, params["meeting"], below=True)])


def called_off(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A meeting will not be."""
    at = datetime.fromisoformat(params["at"])
    return Screen(t("groups.notice.called_off", title=_title(params), when=when(t, at, zone)))


def assigned(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """One answers for a decision now."""
    text = short(params["text"], LONGEST)
    if params["until"]:
        day = full_date(t, datetime.fromisoformat(params["until"]), zone)
        return Screen(t("groups.notice.assigned", text=text, day=day), [[_decision(t, params)]])
    return Screen(t("groups.notice.assigned.no_term", text=text), [[_decision(t, params)]])


def due(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The term of a decision comes near."""
    day = full_date(t, datetime.fromisoformat(params["until"]), zone)
    done = Button(t.plain("groups.done"), DecisionDoneTap(decision_id=params["decision"]), below=True)
    text = t("groups.notice.due", text=short(params["text"], LONGEST), day=day)
    return Screen(text, [[done], [_decision(t, params)]])


def _title(params: Params) -> str:
    return short(params["title"], NAME)


def _open(t: Texts, params: Params) -> Button:
    return Button(t.plain("groups.notice.open"), GroupTap(group_id=params["group"]), below=True)


def _decision(t: Texts, params: Params) -> Button:
    return Button(t.plain("groups.notice.look"), GroupDecisionTap(decision_id=params["decision"]), below=True)


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {
    notices.ASKED: asked,
    notices.ACCEPTED: accepted,
    notices.DECLINED: declined,
    notices.LEADS: leads,
    notices.CALLED: called,
    notices.CALLED_OFF: called_off,
    notices.ASSIGNED: assigned,
    notices.DUE: due,
}
