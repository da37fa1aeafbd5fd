"""Diaries as a table for Excel."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.diary.models import DiaryLine
from db.diary.staff_queries import DiaryPage

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("day", 12, "text"),
    ("person", 36, "text"),
    ("organisation", 40, "text"),
    ("municipality", 28, "text"),
    ("activity", 60, "text"),
    ("text", 60, "text"),
    ("hours", 8, "number"),
    ("source", 26, "text"),
)
NAMED = ("person", "organisation")


def diary_sheet(found: DiaryPage, panel: Panel, *, names: bool, words: bool) -> bytes:
    """Returns the lines, and how many of each activity. `names`: with whose they are; `words`: with their words."""
    t = panel.t
    chosen = [one for one in COLUMNS if (names or one[0] not in NAMED) and (words or one[0] != "text")]
    columns = [Column(t.plain(f"diary.panel.{name}"), width, look) for name, width, look in chosen]
    title = t.plain("diary.panel.title")

    def line(row: DiaryLine) -> list[Value]:
        person = row.person
        every: dict[str, Value] = {
            "day": f"{row.day:%d.%m.%Y}",
            "person": person.full_name,
            "organisation": person.organisation.name if person.organisation else "",
            "municipality": person.municipality.name if person.municipality else "",
            "activity": row.activity.name,
            "text": row.text,
            "hours": row.hours,
            "source": t.plain(f"diary.source.{row.source or 'hand'}"),
        }
        return [every[name] for name, _, _ in chosen]

    sums: list[list[Value]] = [[one.name, one.written] for one in found.sums]
    total: list[Value] = [t.plain("diary.panel.total"), found.total]
    counted = [Column(t.plain("diary.panel.activity"), 80, "text"), Column(t.plain("diary.panel.lines"))]
    return workbook(
        [
            Sheet(title, columns, (line(row) for row in found.rows)),
            Sheet(t.plain("diary.panel.sums"), counted, sums, total),
        ],
        title=title,
        about=t.plain("training.panel.about"),
    )
