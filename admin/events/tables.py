"""The list of an event as a table for Excel."""

import io

import xlsxwriter

from admin.panel import Panel
from db.events.staff_queries import Detail

COLUMNS = (
    "number",
    "name",
    "municipality",
    "organisation",
    "status",
    "registered",
    "attended",
    "rating",
    "certificate",
)
WIDTHS = (6, 38, 34, 44, 20, 18, 18, 9, 18)


def guest_list(detail: Detail, panel: Panel) -> bytes:
    """The list as XLSX, moments in local time. Texts are written as texts: a name such as «=1+1» stays a name."""
    t, buffer = panel.t, io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(t.plain("events.panel.list"))
    head = book.add_format({"bold": True, "bg_color": "#e5f1ec", "border": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    moment = book.add_format({"border": 1, "num_format": "dd.mm.yyyy hh:mm", "valign": "top"})
    sheet.write_string(0, 0, detail.event.title, title)
    starts = panel.local(detail.event.starts_at)
    sheet.write_string(1, 0, f"{starts:%d.%m.%Y %H:%M}, {t.plain(f'events.mode.{detail.event.mode}')}")
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, t.plain(f"events.panel.column.{name}"), head)
    for number, guest in enumerate(detail.of("seated", "offered", "waiting"), 1):
        row = 3 + number
        sheet.write_number(row, 0, number, cell)
        texts = (guest.name or "", guest.municipality or "", guest.organisation or "")
        for column, text in enumerate((*texts, t.plain(f"events.panel.guest.{guest.status}")), 1):
            sheet.write_string(row, column, text, cell)
        for column, at in ((5, guest.registered_at), (6, guest.attended_at)):
            if at is None:
                sheet.write_blank(row, column, None, cell)
            else:
                sheet.write_datetime(row, column, panel.local(at).replace(tzinfo=None), moment)
        if guest.rating:
            sheet.write_number(row, 7, guest.rating, cell)
        else:
            sheet.write_blank(row, 7, None, cell)
        sheet.write_string(row, 8, guest.certificate or "", cell)
    sheet.freeze_panes(4, 2)
    book.close()
    return buffer.getvalue()
