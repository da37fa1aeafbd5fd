"""What one event says to one person: the card, the ticket, «не смогу», own registrations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.calendar.callbacks import FeedTap
from bot.diagnostics.callbacks import ResultTap
from bot.events.callbacks import (
    AcceptTap,
    CancelRegistrationTap,
    CardTap,
    CertificateTap,
    EventAskTap,
    FileTap,
    HereTap,
    ListTap,
    MaterialTap,
    MyTap,
    OpenEventsTap,
    RateTap,
    RegisterTap,
    RoomTap,
    result_of,
)
from bot.events.screens import begins, may_ask, may_come, may_leave, seats
from bot.sites.callbacks import PartsTap
from bot.telegram.links import share_link
from bot.ui.moments import point, short_day, span
from bot.ui.screens import CAPTION, Button, Row, Screen, fitted, menu_row, page_of, pager, paragraphs, short
from db.events.models import EventMode, EventStatus, RegistrationStatus
from db.events.queries import EventCard, Material, Own
from db.overviews.lessons import OwnLesson
from locales import Texts

LIMIT = 700
PAGE = 6
ROOMS = {
    False: {False: "events.room.hall", True: "events.room.queue.hall"},
    True: {False: "events.room.online", True: "events.room.queue.online"},
}
"""What the button says to whoever has no place, by the room and whether one would wait there."""
SHARED = 100  # of a title: a letter takes up to twelve signs of an address


def card(
    t: Texts, found: EventCard, *, components: Mapping[str, str], link: str, back: str, zone: ZoneInfo, now: datetime
) -> Screen:
    """The card. `link` is the deep link to share, `back` where one came from."""
    line = found.line
    head = t("events.card", title=line.title, format=line.format, mode=t.plain(f"events.mode.{line.mode}"))
    names = ", ".join(components[code] for code in found.components if code in components)
    ahead = line.status is EventStatus.PUBLISHED and now < line.starts_at
    facts = [
        t("events.card.when", when=span(t, line.starts_at, line.ends_at, zone)),
        _where(t, found),
        t("events.card.seats", seats=seats(t, line, found.waiting, found.online_waiting)) if ahead else "",
        t("events.card.audience", audience=found.audience) if found.audience else "",
        t("events.card.components", components=names) if names else "",
        t("events.card.organiser", organiser=found.organiser) if found.organiser else "",
        t("events.card.level", level=found.level) if found.level else "",
        t("events.card.hours", n=found.hours) if found.hours else "",
        t(f"events.card.quota.{found.quota_unit}", most=found.quota or 0) if ahead and found.quota_unit else "",
    ]
    state = _state(t, found, zone, now)
    fixed = [head, Markup("\n").join(fact for fact in facts if fact), state]
    room = LIMIT - len(paragraphs(*fixed)) - 2
    about = short(found.about, room) if room > 40 else ""
    rows: list[Row] = [*_actions(t, found, back, link, now)]
    rows.append([_way_back(t, back), *menu_row(t)])
    return Screen(paragraphs(fixed[0], fixed[1], t("events.card.about", about=about) if about else "", state), rows)


def ticket(t: Texts, found: EventCard, *, link: str, zone: ZoneInfo, waited: bool = False) -> Screen:
    """The receipt of a registration, or of a seat for whoever `waited`; goes with the calendar file."""
    line = found.line
    after = Markup(" ").join(part for part in (t("events.ticket.file"), _remind(t, found), _freed(t, found)) if part)

    def said(title: str, where: str, link: str) -> str:
        seat = _where(t, replace(found, where=where, link=link))
        return paragraphs(
            t("events.ticket", title=title),
            Markup("\n").join((t("events.card.when", when=span(t, line.starts_at, line.ends_at, zone)), seat)),
            t("events.ticket.waited") if waited else "",
            _room(t, found),
            after,
        )

    return Screen(
        fitted(said, CAPTION, title=line.title, where=found.where or "", link=found.link or ""),
        [
            [Button(t.plain("events.share"), url=share_url(t, found, link))],
            [
                Button(t.plain("events.cannot"), CancelRegistrationTap(event_id=line.id)),
                Button(t.plain("events.my"), MyTap()),
            ],
        ],
    )


def file_only(t: Texts, found: EventCard) -> Screen:
    """The caption of the calendar file asked for later."""
    return Screen(t("events.file", title=found.line.title), [menu_row(t)])


def confirm_cancel(t: Texts, found: EventCard) -> Screen:
    """«Не смогу»: one more tap, because a seat goes to the next at once; where seats have no limit nobody waits."""
    waiting = found.mine is not None and found.mine.status is RegistrationStatus.WAITING
    event_id = found.line.id
    limited = "events.cancel.ask" if found.line.free is not None else "events.cancel.ask_open"
    return Screen(
        t("events.cancel.ask_waiting" if waiting else limited, title=found.line.title),
        [
            [Button(t.plain("events.cancel.yes"), CancelRegistrationTap(event_id=event_id, sure=True), style="danger")],
            [Button(t.plain("events.cancel.no"), CardTap(event_id=event_id))],
            menu_row(t),
        ],
    )


def cancelled(t: Texts, found: EventCard) -> Screen:
    """The seat is free again."""
    return Screen(
        t("events.cancel.done", title=found.line.title),
        [
            [Button(t.plain("events.to_card"), CardTap(event_id=found.line.id)), Button(t.plain("events.my"), MyTap())],
            [Button(t.plain("events.to_calendar"), OpenEventsTap()), *menu_row(t)],
        ],
    )


def mine(
    t: Texts, found: Sequence[Own], *, past: bool, page: int, zone: ZoneInfo, lessons: Sequence[OwnLesson] = ()
) -> Screen:
    """Own registrations, ahead or past, with the lessons of those that consist of them, by time."""
    entries: list[Own | OwnLesson] = sorted([*found, *lessons], key=lambda one: _begins(one), reverse=past)
    shown, page, pages = page_of(entries, page, PAGE)
    lines = [
        t(
            "events.my.line",
            day=_starts(t, one, zone),
            title=short(one.title if isinstance(one, OwnLesson) else one.line.title, 60),
            state=_lesson_state(t, one) if isinstance(one, OwnLesson) else _short_state(t, one, zone, past=past),
        )
        for one in shown
    ]
    rows: list[Row] = [
        [
            Button(
                short(
                    t.plain(
                        "events.calendar.button",
                        day=short_day(t, _begins(one), zone),
                        title=one.title if isinstance(one, OwnLesson) else one.line.title,
                    )
                ),
                PartsTap(event_id=one.event_id) if isinstance(one, OwnLesson) else CardTap(event_id=one.line.id),
            )
        ]
        for one in shown
    ]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: MyTap(past=past, page=number)))
    other = "events.my.ahead" if past else "events.my.past"
    if not past:
        rows.append([Button(t.plain("calendar.feed.open"), FeedTap())])
    rows.append([Button(t.plain(other), MyTap(past=not past)), Button(t.plain("events.to_calendar"), OpenEventsTap())])
    rows.append(menu_row(t))
    head = t("events.my.title_past" if past else "events.my.title")
    empty = t("events.my.empty_past" if past else "events.my.empty")
    return Screen(paragraphs(head, *lines) if lines else paragraphs(head, empty), rows)


def _begins(one: Own | OwnLesson) -> datetime:
    return one.starts_at if isinstance(one, OwnLesson) else one.line.starts_at


def _starts(t: Texts, one: Own | OwnLesson, zone: ZoneInfo) -> str:
    own = one if isinstance(one, OwnLesson) else one.line
    return begins(t, own.starts_at, own.ends_at, zone)


def _lesson_state(t: Texts, one: OwnLesson) -> Markup:
    if one.sat:
        return t("events.my.lesson_sat")
    return t("events.my.lesson_at", place=short(one.place, 40)) if one.place else t("events.my.lesson")


def ask_digits(t: Texts, found: EventCard, lead: Markup | None = None) -> Screen:
    """Waits for the digits of the hall's screen; `lead` says what was wrong with those just sent."""
    return Screen(
        paragraphs(lead, t("events.here.ask", title=found.line.title)),
        [[Button(t.plain("events.to_card"), CardTap(event_id=found.line.id))], menu_row(t)],
    )


def certificate(t: Texts, *, title: str, number: str, address: str, diploma: bool = False) -> Screen:
    """The caption of the certificate, or of the diploma that it is."""
    say = partial(
        t, "events.diploma.caption" if diploma else "events.certificate.caption", number=number, address=address
    )
    return Screen(fitted(say, CAPTION, title=title), [menu_row(t)])


def checked_in(t: Texts, found: EventCard, *, changed: bool, on_the_spot: bool) -> Screen:
    """You are marked as present."""
    key = (
        "events.checked_in.already" if not changed else "events.checked_in.spot" if on_the_spot else "events.checked_in"
    )
    return Screen(
        t(key, title=found.line.title),
        [[Button(t.plain("events.to_card"), CardTap(event_id=found.line.id), below=True)], menu_row(t)],
    )


def share_url(t: Texts, found: EventCard, link: str) -> str:
    """The messenger's own «share» with the deep link and the title."""
    return share_link(link, t.plain("events.share.text", title=short(found.line.title, SHARED)))


def _remind(t: Texts, found: EventCard) -> Markup | None:
    """Only what will be said."""
    day, hours = found.reminders
    if not hours:
        return t("events.remind.day") if day and found.by_parts else None
    return t("events.remind.both" if day else "events.remind.hours")


def _freed(t: Texts, found: EventCard) -> Markup:
    return t("events.ticket.cannot" if found.line.free is not None else "events.ticket.cannot_open")


def _where(t: Texts, found: EventCard) -> Markup:
    parts = [t("events.card.place", place=found.where)] if found.where else []
    if found.link:
        parts.append(t("events.card.link", link=found.link))
    if parts:
        return Markup("\n").join(parts)
    if found.line.mode is EventMode.ONLINE:
        return t("events.card.online")
    return t("events.card.town", town=found.line.municipality or t.plain("events.region"))


def _state(t: Texts, found: EventCard, zone: ZoneInfo, now: datetime) -> Markup | str:
    line, own = found.line, found.mine
    if line.status is EventStatus.CANCELLED:
        return t("events.state.called_off")
    if own is not None and own.attended_at is not None:
        return t("events.state.result", result=own.result) if own.result else t("events.state.attended")
    if now >= line.ends_at:
        return t("events.state.over")
    if own is not None and own.status is RegistrationStatus.SEATED:
        return Markup(" ").join(part for part in (t("events.state.seated"), _room(t, found), _remind(t, found)) if part)
    if now >= line.starts_at:
        return t("events.state.running")
    if own is not None and own.status is RegistrationStatus.OFFERED and own.offered_until is not None:
        return t("events.state.offered", until=point(t, own.offered_until, zone, now=now))
    if own is not None and own.status is RegistrationStatus.WAITING:
        return Markup(" ").join(
            part for part in (t("events.state.waiting", place=own.place or 1), _room(t, found)) if part
        )
    if found.barrier is not None:
        return t(f"events.state.{found.barrier}", town=line.municipality or "")
    if line.split:
        return t("events.state.full" if all(_full(found, online) for online in (False, True)) else "events.state.rooms")
    if _full(found, online=False):
        return t("events.state.full")
    return ""


def _full(found: EventCard, online: bool) -> bool:
    """Whether one would wait in this room."""
    free, waiting = (found.line.online_free, found.online_waiting) if online else (found.line.free, found.waiting)
    return free is not None and (free <= 0 or waiting > 0)


def _room(t: Texts, found: EventCard) -> Markup | None:
    """Which room of a split event is one's own."""
    if not found.line.split or found.mine is None:
        return None
    if found.mine.status is RegistrationStatus.WAITING:
        return t("events.room.queued.online" if found.mine.online else "events.room.queued.hall")
    return t("events.room.mine.online" if found.mine.online else "events.room.mine.hall")


def _rooms(t: Texts, found: EventCard, back: str) -> list[Row]:
    """What one may choose, or change over to: nobody is led from a seat to a queue."""
    own = found.mine if found.mine and found.mine.status is not RegistrationStatus.CANCELLED else None
    row: list[Button] = []
    for online in (False, True):
        full = _full(found, online)
        if own is None and found.allowed:
            key = ROOMS[online][full]
        elif own is not None and own.online != online and (own.place or not full):
            key = "events.room.to.online" if online else "events.room.to.hall"
        else:
            continue
        tap = RoomTap(event_id=found.line.id, online=online, back=back)
        row.append(Button(t.plain(key), tap, style="primary" if own is None else None))
    return [row] if row else []


def _material(event_id: int, one: Material) -> Button:
    label = short(f"📎 {one.title}")
    if one.filed:
        return Button(label, MaterialTap(event_id=event_id, material_id=one.id))
    return Button(label, url=one.link)


def _way_back(t: Texts, back: str) -> Button:
    attempt_id = result_of(back)
    if attempt_id is not None:
        return Button(t.plain("events.to_result"), ResultTap(attempt=attempt_id))
    return Button(t.plain("events.to_calendar"), ListTap(view=back) if back else OpenEventsTap())


def _actions(t: Texts, found: EventCard, back: str, link: str, now: datetime) -> list[Row]:
    line, own = found.line, found.mine
    if line.status is EventStatus.CANCELLED:
        return []
    rows: list[Row] = []
    status = own.status if own else RegistrationStatus.CANCELLED
    if own is not None and own.attended_at is not None:
        if now >= line.ends_at:
            text = t.plain("events.feedback.again", rating=own.rating) if own.rating else t.plain("events.feedback")
            rows.append([Button(text, RateTap(event_id=line.id))])
            paper = t.plain("events.diploma" if own.result else "events.certificate")
            rows.append([Button(paper, CertificateTap(event_id=line.id))])
            rows += [[_material(line.id, one)] for one in found.materials]
        return rows
    if found.by_parts:
        rows.append([Button(t.plain("events.parts"), PartsTap(event_id=line.id))])
    elif may_come(found, now):
        rows.append([Button(t.plain("events.here"), HereTap(event_id=line.id), style="primary")])
    if now >= line.ends_at:
        return rows
    if now < line.starts_at:
        if line.split:
            rows += _rooms(t, found, back)
        elif status is RegistrationStatus.CANCELLED and found.allowed:
            key = "events.queue" if _full(found, online=False) else "events.register"
            rows.append([Button(t.plain(key), RegisterTap(event_id=line.id, back=back), style="primary")])
        if status is RegistrationStatus.OFFERED:
            rows.append([Button(t.plain("events.accept"), AcceptTap(event_id=line.id), style="success")])
    cannot = Button(
        t.plain("events.leave_queue" if status is RegistrationStatus.WAITING else "events.cannot"),
        CancelRegistrationTap(event_id=line.id),
    )
    if status is RegistrationStatus.SEATED:
        rows.append([Button(t.plain("events.file.get"), FileTap(event_id=line.id)), cannot])
    elif may_leave(found, now):
        rows.append([cannot])
    if now < line.starts_at:
        if may_ask(found, now):
            rows.append([Button(t.plain("events.ask"), EventAskTap(event_id=line.id))])
        rows.append([Button(t.plain("events.share"), url=share_url(t, found, link))])
    return rows


def _short_state(t: Texts, one: Own, zone: ZoneInfo, *, past: bool) -> Markup:
    own = one.mine
    if one.line.status is EventStatus.CANCELLED:
        return t("events.my.called_off")
    if own.attended_at is not None and own.result:
        return t("events.my.result", result=own.result)
    if own.attended_at is not None:
        return t("events.my.attended_rated", rating=own.rating) if own.rating else t("events.my.attended")
    if own.status is RegistrationStatus.OFFERED and own.offered_until is not None:
        return t("events.my.offered", until=point(t, own.offered_until, zone))
    if own.status is RegistrationStatus.WAITING:
        return t("events.my.waiting", place=own.place or 1)
    if past:
        return t("events.my.missed")
    mode = one.line.mode
    if one.line.split:
        mode = EventMode.ONLINE if own.online else EventMode.OFFLINE
    return t("events.my.seated", mode=t.plain(f"events.mode.{mode}"))
