"""The register of expert work as a table for Excel."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.expertise.models import ExpertWork
from db.expertise.staff_queries import ExpertPage

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("person", 36, "text"),
    ("place", 40, "text"),
    ("municipality", 28, "text"),
    ("kind", 60, "text"),
    ("title_column", 60, "text"),
    ("organisation", 40, "text"),
    ("starts_on", 12, "text"),
    ("ends_on", 12, "text"),
    ("hours", 8, "number"),
    ("status", 18, "text"),
)
NAMED = ("person", "place")


def expertise_sheet(found: ExpertPage, panel: Panel, *, names: bool) -> bytes:
    """Returns the work, a row each. `names`: with whose it is."""
    t = panel.t
    chosen = [one for one in COLUMNS if names or one[0] not in NAMED]
    columns = [Column(t.plain(f"expertise.panel.{name}"), width, look) for name, width, look in chosen]
    title = t.plain("expertise.panel.title")

    def line(row: ExpertWork) -> list[Value]:
        person = row.person
        every: dict[str, Value] = {
            "person": person.full_name,
            "place": person.organisation.name if person.organisation else "",
            "municipality": person.municipality.name if person.municipality else "",
            "kind": row.kind.name,
            "title_column": row.title,
            "organisation": row.organisation.name if row.organisation else "",
            "starts_on": f"{row.starts_on:%d.%m.%Y}",
            "ends_on": f"{row.ends_on:%d.%m.%Y}",
            "hours": row.hours,
            "status": t.plain(f"expertise.status.{row.status}"),
        }
        return [every[name] for name, _, _ in chosen]

    return workbook(
        [Sheet(title, columns, (line(row) for row in found.rows))],
        title=title,
        about=t.plain("training.panel.about"),
    )
