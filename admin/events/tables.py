"""Events, and the list of one of them, as tables for Excel."""

from collections.abc import Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.events.staff_queries import Detail, EventRow, Guest
from db.presence.staff_queries import GuestRow
from db.texts import comparable

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("number", 6, "general"),
    ("name", 38, "text"),
    ("municipality", 34, "text"),
    ("organisation", 44, "text"),
    ("status", 20, "text"),
    ("registered", 18, "moment"),
    ("attended", 18, "moment"),
    ("rating", 9, "general"),
    ("certificate", 18, "text"),
    ("result", 18, "text"),
)


LISTED: tuple[tuple[str, float, Format], ...] = (
    ("when", 18, "moment"),
    ("until", 18, "moment"),
    ("event", 60, "text"),
    ("format", 30, "text"),
    ("mode", 16, "text"),
    ("where", 34, "text"),
    ("capacity", 10, "number"),
    ("seats", 10, "number"),
    ("queue", 10, "number"),
    ("attended", 10, "number"),
    ("state", 18, "text"),
)


RESULTS = (("full_name", 38), ("organisation", 44), ("event", 50), ("held_on", 14), ("result", 18))


def events_sheet(rows: Sequence[EventRow], panel: Panel) -> bytes:
    """Returns events as XLSX, a row each, moments in local time."""
    t = panel.t
    title = t.plain("events.panel.title")
    columns = [Column(t.plain(f"events.panel.listed.{name}"), width, look) for name, width, look in LISTED]
    lines = (
        [
            panel.local(row.starts_at),
            panel.local(row.ends_at),
            row.title,
            row.format,
            t.plain(f"events.mode.{row.mode}"),
            row.municipality or t.plain("events.panel.whole_region"),
            row.capacity,
            row.seated,
            row.waiting,
            row.attended,
            t.plain(f"events.panel.status.{row.status}"),
        ]
        for row in rows
    )
    return workbook([Sheet(title, columns, lines, frozen=3)], title=title)


def guest_list(detail: Detail, on_paper: Sequence[GuestRow], results: Sequence[tuple[int, str]], panel: Panel) -> bytes:
    """Returns the list as XLSX, those on paper at its end, moments in local time."""
    t, event = panel.t, detail.event
    guests = detail.of("seated", "offered", "waiting")
    known = dict(results)
    rows = [_row(number, guest, known, panel) for number, guest in enumerate(guests, 1)]
    rows += [_paper_row(number, guest, panel) for number, guest in enumerate(on_paper, len(rows) + 1)]
    sheet = Sheet(
        t.plain("events.panel.list"),
        [Column(t.plain(f"events.panel.column.{name}"), width, look) for name, width, look in COLUMNS],
        rows,
        lead=(event.title, f"{panel.local(event.starts_at):%d.%m.%Y %H:%M}, {t.plain(f'events.mode.{event.mode}')}"),
        framed=True,
        frozen=2,
    )
    return workbook([sheet], title=event.title)


def results_list(detail: Detail, results: Sequence[tuple[int, str]], panel: Panel) -> bytes:
    """Returns who came to a contest as XLSX, under the names of columns that the upload of results knows."""
    t, event, known = panel.t, detail.event, dict(results)
    columns = [Column(t.plain(f"imports.field.{name}"), width, "text") for name, width in RESULTS]
    day = f"{panel.local(event.starts_at):%d.%m.%Y}"
    rows = (
        [one.name or "", one.organisation or "", event.title, day, known.get(one.result_id or 0, "")]
        for one in detail.came()
    )
    return workbook([Sheet(t.plain("events.panel.results"), columns, rows)], title=event.title)


def _row(number: int, guest: Guest, results: Mapping[int, str], panel: Panel) -> list[Value]:
    return [
        number,
        guest.name or "",
        guest.municipality or "",
        guest.organisation or "",
        panel.t.plain(f"events.panel.guest.{guest.status}"),
        panel.local(guest.registered_at),
        panel.local(guest.attended_at) if guest.attended_at else None,
        guest.rating or None,
        guest.certificate or "",
        results.get(guest.result_id or 0, ""),
    ]


def _paper_row(number: int, guest: GuestRow, panel: Panel) -> list[Value]:
    status, came = panel.t.plain("events.panel.guest.paper"), panel.local(guest.marked_at)
    return [number, guest.name or "", "", "", status, came, came, None, "", ""]


def named(guests: list[Guest], text: str) -> list[Guest]:
    """Those of whom every word stands in the name or the place of work."""
    words = comparable(text).split()
    if not words:
        return guests
    lines = [comparable(f"{one.name or ''} {one.organisation or ''} {one.municipality or ''}") for one in guests]
    return [one for one, line in zip(guests, lines, strict=True) if all(word in line for word in words)]
