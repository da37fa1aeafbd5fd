"""Requests for help and known answers as tables for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.requests.models import KnowledgeLine
from db.requests.staff_queries import RequestRow
from locales import Texts

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("asker", 34, "text"),
    ("municipality", 28, "text"),
    ("topic", 44, "text"),
    ("question", 60, "text"),
    ("status", 20, "text"),
    ("assignee", 34, "text"),
    ("asked", 18, "moment"),
    ("due", 18, "moment"),
    ("late", 12, "text"),
    ("answered_at", 18, "moment"),
    ("helped", 12, "text"),
)


def requests_sheet(rows: Sequence[RequestRow], panel: Panel) -> bytes:
    """Returns the requests, a row each; moments in the region's time."""
    t = panel.t
    columns = [Column(t.plain(f"requests.panel.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("requests.panel.title")

    lines = (
        [
            row.asker or "",
            row.municipality or "",
            row.topic,
            row.question,
            t.plain(f"requests.panel.status.{row.status.value}"),
            row.assignee or "",
            panel.local(row.asked_at) if row.asked_at else None,
            panel.local(row.due_at) if row.due_at else None,
            said(t, True) if row.late else "",
            panel.local(row.answered_at) if row.answered_at else None,
            said(t, row.helped),
        ]
        for row in rows
    )
    return workbook([Sheet(title, columns, lines)], title=title)


def answers_sheet(rows: Sequence[tuple[KnowledgeLine, str]], panel: Panel) -> bytes:
    """Returns the known answers, a row each."""
    t = panel.t
    names: tuple[tuple[str, float, Format], ...] = (
        ("topic", 44, "text"),
        ("question", 50, "text"),
        ("answer", 80, "text"),
        ("enough", 12, "number"),
        ("offered", 12, "text"),
    )
    columns = [Column(t.plain(f"requests.panel.{name}"), width, look) for name, width, look in names]
    title = t.plain("requests.panel.known")

    def line(row: KnowledgeLine, topic: str) -> list[Value]:
        return [topic, row.question, row.answer, row.helped, said(t, row.active)]

    lines = (line(row, topic) for row, topic in rows)
    return workbook([Sheet(title, columns, lines)], title=title)


def said(t: Texts, value: bool | None) -> str:
    """A yes or no in a cell; nothing where nobody has said it."""
    return "" if value is None else t.plain("requests.panel.yes" if value else "requests.panel.no")
