"""What the calendar and its filters say, and an event's free seats in words."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.events.callbacks import CODE, LETTERS, CardTap, FiltersTap, ListTap, MyTap, View
from bot.ui.moments import is_period, label, month_name, short_day
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from db.events.models import EventMode, EventStatus, RegistrationStatus
from db.events.queries import EventCard, EventLine
from db.events.rules import ACTIVE, COMING, check_in_window
from db.overviews.calendar import Month
from locales import Texts

PAGE = 5
TITLE = 44  # five of them below a word of what was not found keep to a screen


def may_come(found: EventCard, now: datetime) -> bool:
    """Whether the digits of the hall would mark this person now: asked by the card, and by an older one's button."""
    opens, closes = check_in_window(found.line.starts_at, found.line.ends_at)
    seated = found.mine is not None and found.mine.status is RegistrationStatus.SEATED
    here = found.mine is not None and found.mine.attended_at is not None
    held = found.line.status is EventStatus.PUBLISHED and not found.by_parts and opens <= now <= closes
    return held and not here and (seated or (found.allowed and now < found.line.ends_at))


def may_leave(found: EventCard, now: datetime) -> bool:
    """Whether there is a seat or a place in line to give up."""
    own = found.mine
    listed = own is not None and own.status in ACTIVE and own.attended_at is None
    return listed and found.line.status is EventStatus.PUBLISHED and now < found.line.ends_at


def may_ask(found: EventCard, now: datetime) -> bool:
    """Whether those who lead may still be asked beforehand."""
    return may_leave(found, now) and now < found.line.starts_at


def calendar(
    t: Texts, month: Month, view: View, *, formats: Mapping[int, str], components: Mapping[str, str], zone: ZoneInfo
) -> Screen:
    """Shows a page of a month of events, or of the coming days, with ways to the neighbouring months.

    `formats` and `components` name the filters that are chosen.
    """
    view = view.at(month.first_day).turned(month.page)
    lines = month.lines
    if month.first_day:
        head = t("events.calendar", month=month_name(t, month.first_day, year=True))
    else:
        head = t("events.calendar.coming", COMING.days)
    # The label of the zone stands once, in the head.
    under = t(
        "events.calendar.under",
        filters=chosen(t, view, formats, components),
        zone=label(t, lines[0].starts_at, zone) if lines else "",
    )
    body = [_line(t, line, zone) for line in lines] or [
        t("events.calendar.empty" if view.plain else "events.calendar.nothing")
    ]
    rows: list[Row] = [
        [
            Button(
                short(t.plain("events.calendar.button", day=short_day(t, line.starts_at, zone), title=line.title)),
                CardTap(event_id=line.id, back=view.pack()),
            )
        ]
        for line in lines
    ]
    if month.pages > 1:
        rows.append(pager(t, month.page, month.pages, lambda page: ListTap(view=view.turned(page).pack())))
    months = []
    if month.earlier:
        text = t.plain("events.calendar.earlier", month=month_name(t, month.earlier))
        months.append(Button(text, ListTap(view=view.at(month.earlier).pack())))
    if month.later:
        text = t.plain("events.calendar.later", month=month_name(t, month.later))
        months.append(Button(text, ListTap(view=view.at(month.later).pack())))
    rows.append(months)
    rows.append(
        [
            Button(t.plain("events.filters"), FiltersTap(view=view.pack())),
            Button(t.plain("events.my"), MyTap()),
        ]
    )
    if not lines and not view.plain:
        rows.append([Button(t.plain("events.filters.reset"), ListTap(view=View().pack()))])
    rows.append(menu_row(t))
    return Screen(paragraphs(head + under, *body), rows)


def filters(t: Texts, view: View, *, formats: Mapping[int, str], components: Mapping[str, str]) -> Screen:
    """All filters with what is chosen; a tap on one opens its choices, on «where» it toggles."""
    picked = view.filters
    form = formats.get(picked.format_id or 0) or t.plain("events.any")
    component = components.get(picked.component or "") or t.plain("events.any")
    mode = t.plain(f"events.mode.{picked.mode}") if picked.mode else t.plain("events.any_mode")
    near = t.plain("events.near" if picked.near else "events.everywhere")
    packed = view.pack()
    rows: list[Row] = [
        [
            Button(
                short(t.plain("events.filter.near", value=near)),
                FiltersTap(view=view.filtered(near=not picked.near).pack()),
            )
        ],
        [Button(short(t.plain("events.filter.mode", value=mode)), FiltersTap(view=packed, of="mode"))],
        [Button(short(t.plain("events.filter.format", value=form)), FiltersTap(view=packed, of="format"))],
    ]
    if components:
        text = short(t.plain("events.filter.component", value=component))
        rows.append([Button(text, FiltersTap(view=packed, of="component"))])
    rows.append([Button(t.plain("events.filters.show"), ListTap(view=view.filtered().pack()), style="primary")])
    if not view.plain:
        rows.append([Button(t.plain("events.filters.reset"), ListTap(view=View().pack()))])
    rows.append(menu_row(t))
    return Screen(paragraphs(t("events.filters.title"), t("events.filters.hint")), rows)


def choices(
    t: Texts, view: View, of: str, page: int, *, formats: Mapping[int, str], components: Mapping[str, str]
) -> Screen:
    """The choices of one filter; any of them leads back to all filters."""
    found: list[tuple[str, View]]
    if of == "mode":
        found = [(t.plain(f"events.mode.{mode}"), view.filtered(mode=mode)) for mode in EventMode if mode in LETTERS]
    elif of == "component":
        found = [(name, view.filtered(component=code)) for code, name in components.items() if len(code) <= CODE]
    else:
        of = "format"
        found = [(name, view.filtered(format_id=number)) for number, name in formats.items()]
    shown, page, pages = page_of(found, page)
    buttons = (Button(short(_capital(name)), FiltersTap(view=then.pack())) for name, then in shown)
    rows: list[Row] = [*columns(buttons, 2 if of == "format" else 1)]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: FiltersTap(view=view.pack(), of=of, page=number)))
    cleared = {"mode": view.filtered(mode=None), "component": view.filtered(component=None)}
    anything = cleared.get(of) or view.filtered(format_id=None)
    rows.append([Button(t.plain("events.choice.any"), FiltersTap(view=anything.pack()))])
    rows.append([Button(t.plain("events.back"), FiltersTap(view=view.pack())), *menu_row(t)])
    return Screen(t(f"events.choice.{of}"), rows)


def chosen(t: Texts, view: View, formats: Mapping[int, str], components: Mapping[str, str]) -> str:
    """The filters in words."""
    picked = view.filters
    words = [t.plain("events.near" if picked.near else "events.everywhere")]
    if picked.mode:
        words.append(t.plain(f"events.mode.{picked.mode}"))
    words.append(formats.get(picked.format_id or 0) or "")
    words.append(components.get(picked.component or "") or "")
    return ", ".join(word for word in words if word)


def seats(t: Texts, line: EventLine, waiting: int = 0, online_waiting: int = 0) -> str:
    """Seats in words; those of the hall and online where they are counted apart."""
    if line.split:
        hall, online = _free(t, line.free, waiting), _free(t, line.online_free, online_waiting)
        return t.plain("events.seats.rooms", hall=hall, online=online)
    return _free(t, line.free, waiting)


def _free(t: Texts, free: int | None, waiting: int) -> str:
    if free is None:
        return t.plain("events.seats.any")
    if free > 0 and not waiting:
        return t.plain("events.seats", n=free)
    return t.plain("events.seats.waiting", n=waiting) if waiting else t.plain("events.seats.none")


def begins(t: Texts, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Day and hour; of a period the day alone: its lessons have the hours."""
    day = short_day(t, starts_at, zone)
    if is_period(starts_at, ends_at):
        return t.plain("events.my.from", day=day)
    return t.plain("events.point.day", day=day, hour=f"{starts_at.astimezone(zone):%H:%M}")


def _line(t: Texts, line: EventLine, zone: ZoneInfo) -> Markup:
    return t(
        "events.calendar.line",
        day=begins(t, line.starts_at, line.ends_at, zone),
        title=short(line.title, TITLE),
        format=line.format,
        mode=t.plain(f"events.mode.{line.mode}"),
        seats=seats(t, line),
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
