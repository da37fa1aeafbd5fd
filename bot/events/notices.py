"""What the bot says unasked about events, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.events.callbacks import AcceptTap, CancelRegistrationTap, CardTap, CertificateTap, OpenEventsTap
from bot.events.screens_feedback import rating_row
from bot.ui.moments import point, span
from bot.ui.screens import CAPTION, Button, Row, Screen, fitted
from locales import Texts


def offer(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A seat is free; one tap takes it."""
    text = t(
        "events.notice.offer",
        title=params["title"],
        when=_when(t, params, zone),
        until=point(t, _moment(params["until"]), zone),
    )
    if params.get("room"):
        text = Markup("\n").join(
            (text, t("events.room.seat.online" if params["room"] == "online" else "events.room.seat.hall"))
        )
    accept = Button(t.plain("events.accept"), AcceptTap(event_id=params["event"]), style="success", below=True)
    return Screen(text, [[accept], [_cannot(t, params), _details(t, params)]])


def offer_expired(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """The offer ran out."""
    return Screen(t("events.notice.offer_expired", title=params["title"]), [[_details(t, params)]])


def reminder_day(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A day before. Late delivery on the very day must not say «tomorrow», so the date always stands in the text."""
    text = t("events.notice.reminder_day", title=params["title"], when=_when(t, params, zone))
    return Screen(_with_where(t, text, params), _reminder_rows(t, params))


def reminder_hours(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """Two hours before."""
    hour = f"{_moment(params['starts_at']).astimezone(zone):%H:%M}"
    text = t("events.notice.reminder_hours", hour=hour, title=params["title"], when=_when(t, params, zone))
    return Screen(_with_where(t, text, params), _reminder_rows(t, params))


def cancelled(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """The event will not be."""
    say = partial(t, "events.notice.cancelled", when=_when(t, params, zone))
    text = fitted(say, CAPTION, title=params["title"], reason=params["reason"])
    return Screen(text, [[Button(t.plain("events.to_calendar"), OpenEventsTap(), below=True)]])


def changed(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """Time, place or link moved: says what, not everything."""
    told = {name: params[name] or "" for name in ("title", "place", "link")}
    text = fitted(partial(_changed, t, params, zone), CAPTION, **told)
    return Screen(text, [[_details(t, params), _cannot(t, params)]])


def _changed(t: Texts, params: dict[str, Any], zone: ZoneInfo, *, title: str, place: str, link: str) -> Markup:
    changes = []
    was_ends_at = params.get("was_ends_at", params["ends_at"])  # notices of before the change of ends was told
    if (params["was_starts_at"], was_ends_at) != (params["starts_at"], params["ends_at"]):
        changes.append(t("events.notice.changed.when", when=_when(t, params, zone)))
    # Those who only wait don't get the address yet; the card shows it to whoever holds a seat.
    if params["was_place"] != params["place"] and place and not params.get("waits"):
        changes.append(t("events.notice.changed.where", place=place))
    if params["was_link"] != params["link"] and link and not params.get("waits"):
        changes.append(t("events.notice.changed.link", link=link))
    if not changes:
        changes.append(t("events.notice.changed.details"))
    if params.get("until"):
        keeps = t("events.notice.changed.offered", until=point(t, _moment(params["until"]), zone))
    else:
        keeps = t("events.notice.changed.waiting" if params.get("waits") else "events.notice.changed.seated")
    return t("events.notice.changed", title=title, changes=Markup("\n").join(changes), keeps=keeps)


def feedback(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """How was it? One tap."""
    return Screen(t("events.notice.feedback", title=params["title"]), [rating_row(params["event"], below=True)])


def materials(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """There is something left of an event for those who came."""
    return Screen(t("events.notice.materials", title=params["title"]), [[_details(t, params)]])


def result(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """What somebody came to at a contest, or that it was put right; the diploma is a tap away for who was there."""
    said = params["result"]
    if not params.get("came", True):
        return Screen(t("events.notice.result.absent", title=params["title"]), [[_details(t, params)]])
    key = "events.notice.result.corrected" if params.get("corrected") else "events.notice.result"
    text = t(key, title=params["title"], result=said) if said else t("events.notice.result.none", title=params["title"])
    paper = t.plain("events.diploma" if said else "events.certificate")
    return Screen(text, [[Button(paper, CertificateTap(event_id=params["event"]), below=True)], [_details(t, params)]])


def minimum(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """Too few people: whoever runs the event is asked what is to become of it."""
    text = t(
        "events.notice.minimum",
        title=params["title"],
        when=_when(t, params, zone),
        signed=params["signed"],
        minimum=params["minimum"],
    )
    return Screen(text, [[_details(t, params)]])


def registered(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A methodist put the person on the list."""
    key = "events.notice.registered_waiting" if params["waits"] else "events.notice.registered"
    text = t(key, title=params["title"], when=_when(t, params, zone))
    return Screen(text, [[_details(t, params), _cannot(t, params)]])


def removed(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A methodist took the person off the list."""
    say = partial(t, "events.notice.removed", when=_when(t, params, zone))
    text = fitted(say, CAPTION, title=params["title"], reason=params["reason"])
    return Screen(text, [[_details(t, params)]])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {
    "events.offer": offer,
    "events.offer_expired": offer_expired,
    "events.reminder_day": reminder_day,
    "events.reminder_hours": reminder_hours,
    "events.lesson_day": reminder_day,
    "events.lesson_hours": reminder_hours,
    "events.cancelled": cancelled,
    "events.changed": changed,
    "events.feedback": feedback,
    "events.materials": materials,
    "events.result": result,
    "events.minimum": minimum,
    "events.registered": registered,
    "events.removed": removed,
}


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _when(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Markup:
    return span(t, _moment(params["starts_at"]), _moment(params["ends_at"]), zone)


def _with_where(t: Texts, text: Markup, params: dict[str, Any]) -> Markup:
    lines = [text]
    if params["place"]:
        lines.append(t("events.card.place", place=params["place"]))
    if params["link"]:
        lines.append(t("events.card.link", link=params["link"]))
    return Markup("\n").join(lines)


def _reminder_rows(t: Texts, params: dict[str, Any]) -> list[Row]:
    """Who cannot come to one lesson keeps the place in the group."""
    return [[_details(t, params)]] if params.get("lesson") else [[_details(t, params), _cannot(t, params)]]


def _cannot(t: Texts, params: dict[str, Any]) -> Button:
    return Button(t.plain("events.cannot"), CancelRegistrationTap(event_id=params["event"]), below=True)


def _details(t: Texts, params: dict[str, Any]) -> Button:
    return Button(t.plain("events.details"), CardTap(event_id=params["event"]), below=True)
