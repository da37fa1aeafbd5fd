"""Sites as a table for Excel."""

from collections.abc import Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.sites.models import Site

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("name", 44, "text"),
    ("kind", 26, "text"),
    ("organisation", 36, "text"),
    ("municipality_id", 28, "text"),
    ("address", 36, "text"),
    ("components", 40, "text"),
    ("working_group", 40, "text"),
    ("masters", 40, "text"),
    ("contact", 36, "text"),
    ("how_to_join", 44, "text"),
)


def sites_sheet(rows: Sequence[Site], components: Mapping[str, str], panel: Panel, *, names: bool) -> bytes:
    """Returns the sites, a row each. `names`: with the people of their working groups."""
    t = panel.t
    chosen = [one for one in COLUMNS if names or one[0] != "masters"]
    columns = [Column(t.plain(f"settings.sites.{name}"), width, look) for name, width, look in chosen]
    title = t.plain("settings.sites.title")

    def people(row: Site) -> str:
        return ", ".join((one.person.full_name or "") if one.person else one.name for one in row.masters)

    lines = (
        [
            row.title,
            row.kind_name,
            row.organisation,
            row.municipality.name,
            row.address,
            ", ".join(components.get(code, code) for code in row.component_codes),
            row.working_group,
            *([people(row)] * names),
            row.contact,
            row.how_to_join,
        ]
        for row in rows
    )
    return workbook([Sheet(title, columns, lines)], title=title)
