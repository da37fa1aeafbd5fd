"""The list of an event as a table for Excel."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.events.staff_queries import Detail, Guest

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
)


def guest_list(detail: Detail, panel: Panel) -> bytes:
    """Returns the list as XLSX, moments in local time."""
    t, event = panel.t, detail.event
    guests = enumerate(detail.of("seated", "offered", "waiting"), 1)
    sheet = Sheet(
        t.plain("events.panel.list"),
        [Column(t.plain(f"events.panel.column.{name}"), width, look) for name, width, look in COLUMNS],
        (_row(number, guest, panel) for number, guest in guests),
        lead=(event.title, f"{panel.local(event.starts_at):%d.%m.%Y %H:%M}, {t.plain(f'events.mode.{event.mode}')}"),
        framed=True,
        frozen=2,
    )
    return workbook([sheet], title=event.title)


def _row(number: int, guest: Guest, panel: Panel) -> list[Value]:
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
    ]
