"""The map of the active and its white spots as tables for Excel."""

from collections.abc import Iterable

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.overviews.active_map import ActiveMap, WhiteSpot


def map_sheets(found: ActiveMap, panel: Panel) -> bytes:
    """Returns a row per municipality with a column per direction, and the white spots with their invitations."""
    t = panel.t
    columns = [
        Column(t.plain("people.panel.municipality"), 34, "text"),
        *(Column(f"{one.code}. {one.name}", 14) for one in found.directions),
        Column(t.plain("active.panel.people"), 10),
    ]
    rows: Iterable[list[Value]] = (
        [row.name, *(row.counts.get(one.id, 0) for one in found.directions), row.people] for row in found.rows
    )
    spots = [
        Column(t.plain("people.panel.municipality"), 34, "text"),
        Column(t.plain("active.panel.spots.invited"), 18, "moment"),
        Column(t.plain("active.panel.spots.by"), 34, "text"),
    ]
    title = t.plain("active.panel.title")
    return workbook(
        [
            Sheet(title, columns, rows),
            Sheet(
                t.plain("active.panel.spots"),
                spots,
                (_spot(one, panel) for one in found.spots),
            ),
        ],
        title=title,
    )


def _spot(one: WhiteSpot, panel: Panel) -> list[Value]:
    return [one.name, panel.local(one.invited_at) if one.invited_at else "", one.invited_by or ""]
