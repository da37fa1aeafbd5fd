"""Products and publications as tables for Excel: the list, and how many there are of each kind."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.products.models import Product
from db.products.staff_queries import ProductsPage

PRODUCTS: tuple[tuple[str, float, Format], ...] = (
    ("title_column", 60, "text"),
    ("kind_id", 60, "text"),
    ("years_column", 14, "text"),
    ("count", 10, "number"),
    ("authors", 40, "text"),
    ("venue", 40, "text"),
    ("municipality_id", 30, "text"),
    ("project_id", 40, "text"),
    ("line", 50, "text"),
    ("link", 40, "text"),
    ("note", 50, "text"),
    ("source", 30, "text"),
)


def products_sheet(found: ProductsPage, panel: Panel, *, names: bool) -> bytes:
    """Returns the products, a row each, and their kinds. `names`: with the authors."""
    t = panel.t
    chosen = [one for one in PRODUCTS if names or one[0] != "authors"]
    columns = [Column(t.plain(f"settings.products.{name}"), width, look) for name, width, look in chosen]
    kinds = [Column(t.plain("settings.products.kind_id"), 90, "text"), Column(t.plain("settings.products.count"), 12)]
    none = t.plain("settings.products.no_kind")
    title = t.plain("settings.products.title")
    return workbook(
        [
            Sheet(title, columns, (_row(row, names=names) for row in found.rows)),
            Sheet(
                t.plain("settings.products.kinds"),
                kinds,
                ([one.kind.name if one.kind else none, one.count] for one in found.kinds),
            ),
        ],
        title=title,
    )


def years(row: Product) -> str:
    """The year of a product, or the period that a sum is of."""
    if row.year is None:
        return ""
    return str(row.year) if row.until_year in (None, row.year) else f"{row.year}–{row.until_year}"


def _row(row: Product, *, names: bool) -> list[Value]:
    authors = ", ".join(one.person.full_name or "" if one.person else one.name for one in row.authors)
    return [
        row.title,
        row.kind.name if row.kind else "",
        years(row),
        row.count,
        *([authors] * names),
        row.venue,
        row.municipality.name if row.municipality else "",
        row.project.title if row.project else "",
        row.line.text if row.line else "",
        row.link,
        row.note,
        row.source,
    ]
