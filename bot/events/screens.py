"""What the calendar and its filters say."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.events.callbacks import CODE, LETTERS, CardTap, FiltersTap, ListTap, MyTap, View
from bot.ui.moments import label, month_name, short_day
from bot.ui.screens import Button, NothingTap, Row, Screen, columns, menu_row, page_of, paragraphs, short
from db.events.models import EventMode
from db.events.queries import EventLine, Month
from db.events.rules import COMING
from locales import Texts

PAGE = 5
TITLE = 60


def calendar(
    t: Texts, month: Month, view: View, *, formats: Mapping[int, str], components: Mapping[str, str], zone: ZoneInfo
) -> Screen:
    """Shows a month of events, or the coming days, with ways to the neighbouring months.

    `formats` and `components` name the filters.
    """
    view = view.at(month.first_day).turned(view.page)
    lines, page, pages = page_of(month.lines, view.page, PAGE)
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
    if pages > 1:
        rows.append(_pages(t, view, page, pages))
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
    rows = columns(
        (Button(short(_capital(name)), FiltersTap(view=then.pack())) for name, then in shown),
        2 if of == "format" else 1,
    )
    if pages > 1:
        rows.append(
            [
                Button("‹", FiltersTap(view=view.pack(), of=of, page=(page - 1) % pages)),
                Button(t.plain("events.page", page=page + 1, pages=pages), NothingTap()),
                Button("›", FiltersTap(view=view.pack(), of=of, page=(page + 1) % pages)),
            ]
        )
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


def seats(t: Texts, line: EventLine, waiting: int = 0) -> str:
    """Seats in words."""
    free = line.free
    if free is None:
        return t.plain("events.seats.any")
    if free > 0:
        return t.plain("events.seats", n=free)
    return t.plain("events.seats.waiting", n=waiting) if waiting else t.plain("events.seats.none")


def pages_row(t: Texts, page: int, pages: int, tap: "Sequence[MyTap]") -> Row:
    """«‹ 2 из 7 ›» for own registrations."""
    return [
        Button("‹", tap[0]),
        Button(t.plain("events.page", page=page + 1, pages=pages), NothingTap()),
        Button("›", tap[1]),
    ]


def _pages(t: Texts, view: View, page: int, pages: int) -> Row:
    return [
        Button("‹", ListTap(view=view.turned((page - 1) % pages).pack())),
        Button(t.plain("events.page", page=page + 1, pages=pages), NothingTap()),
        Button("›", ListTap(view=view.turned((page + 1) % pages).pack())),
    ]


def _line(t: Texts, line: EventLine, zone: ZoneInfo) -> Markup:
    return t(
        "events.calendar.line",
        day=t.plain(
            "events.point.day", day=short_day(t, line.starts_at, zone), hour=f"{line.starts_at.astimezone(zone):%H:%M}"
        ),
        title=short(line.title, TITLE),
        format=line.format,
        mode=t.plain(f"events.mode.{line.mode}"),
        seats=seats(t, line),
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
