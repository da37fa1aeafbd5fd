"""The register of training as a table for Excel."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.training.models import TrainingRecord
from db.training.staff_queries import TrainingPage

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("person", 36, "text"),
    ("organisation_of", 40, "text"),
    ("municipality", 28, "text"),
    ("title", 60, "text"),
    ("organisation", 44, "text"),
    ("hours", 8, "number"),
    ("document", 30, "text"),
    ("issued_on", 14, "text"),
    ("of_project", 16, "text"),
    ("experience", 10, "general"),
    ("status", 18, "text"),
    ("note", 20, "text"),
)


def training_sheet(found: TrainingPage, panel: Panel, *, names: bool) -> bytes:
    """Returns the records, a row each. `names`: with whose they are."""
    t = panel.t
    chosen = [one for one in COLUMNS if names or one[0] not in ("person", "organisation_of", "document")]
    columns = [Column(t.plain(f"training.panel.{name}"), width, look) for name, width, look in chosen]
    title = t.plain("training.panel.title")

    def line(row: TrainingRecord) -> list[Value]:
        person = row.person
        every: dict[str, Value] = {
            "person": person.full_name,
            "organisation_of": person.organisation.name if person.organisation else "",
            "municipality": person.municipality.name if person.municipality else "",
            "title": row.title,
            "organisation": row.organisation,
            "hours": row.hours,
            "document": row.document,
            "issued_on": f"{row.issued_on:%d.%m.%Y}" if row.issued_on else "",
            "of_project": t.plain("training.panel.yes") if row.of_project else "",
            "experience": row.experience,
            "status": t.plain(f"training.panel.status.{row.status.value}"),
            "note": t.plain("training.panel.training") if row.training else "",
        }
        return [every[name] for name, _, _ in chosen]

    facts = [(t.plain("training.panel.people_title"), t.plain("training.panel.people", n=found.people))]
    return workbook(
        [Sheet(title, columns, (line(row) for row in found.rows))],
        title=title,
        facts=facts,
        about=t.plain("training.panel.about"),
    )
