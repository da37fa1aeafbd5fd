"""Routes of people and of groups as tables for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.routes.group_routes import GroupRouteRow
from db.routes.models import GroupRoute
from db.routes.staff_queries import RouteCoverage, RouteRow

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("person", 36, "text"),
    ("municipality", 28, "text"),
    ("organisation", 40, "text"),
    ("status", 18, "text"),
    ("started", 17, "moment"),
    ("open", 10, "general"),
    ("done", 10, "general"),
)


def group_routes_sheet(rows: Sequence[GroupRouteRow], panel: Panel) -> bytes:
    """Returns routes of groups as XLSX, a row each."""
    t = panel.t
    title = t.plain("routes.groups.title")
    columns = [
        Column(t.plain("routes.groups.name"), 60, "text"),
        Column(t.plain("routes.groups.whom"), 50, "text"),
        Column(t.plain("routes.groups.lines"), 10),
        Column(t.plain("routes.groups.offered_at"), 18, "moment"),
    ]
    lines = (
        [one.row.title, whom(one.row), one.lines, panel.local(one.row.offered_at) if one.row.offered_at else None]
        for one in rows
    )
    return workbook([Sheet(title, columns, lines)], title=title)


def whom(row: GroupRoute) -> str:
    """Says whom a route is for by name."""
    if row.group is not None:
        return row.group.name
    return row.organisation.name if row.organisation is not None else row.event.title if row.event else ""


def routes_sheet(rows: Sequence[RouteRow], coverage: RouteCoverage, panel: Panel) -> bytes:
    """Returns the list as XLSX, a row a person; how many of the accompanied have a route stands on its own sheet."""
    t = panel.t
    columns = [Column(t.plain(f"routes.panel.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("routes.panel.title")
    lines = (
        [
            row.full_name,
            row.municipality,
            row.organisation,
            t.plain(f"routes.panel.status.{row.status or 'none'}"),
            panel.local(row.started_at) if row.started_at else None,
            row.open,
            row.done,
        ]
        for row in rows
    )
    said = t.plain("routes.panel.coverage", routes=coverage.routes, people=coverage.people)
    facts = [(t.plain("routes.panel.accompanied"), said)]
    return workbook([Sheet(title, columns, lines)], title=title, facts=facts, about=t.plain("routes.panel.about"))
