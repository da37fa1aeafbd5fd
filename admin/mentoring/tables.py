"""Pairs and the base of mentors as tables for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.mentoring.mentors import MentorRow
from db.mentoring.staff_queries import PanelPair, WishRow

PAIRS: tuple[tuple[str, float, Format], ...] = (
    ("mentee", 36, "text"),
    ("mentor", 36, "text"),
    ("municipality", 30, "text"),
    ("state", 18, "text"),
    ("meetings", 10, "number"),
    ("started", 14, "text"),
    ("last", 14, "text"),
)
MENTORS: tuple[tuple[str, float, Format], ...] = (
    ("mentor", 36, "text"),
    ("organisation", 40, "text"),
    ("place", 30, "text"),
    ("centre", 40, "text"),
    ("strengths", 60, "text"),
    ("directions", 50, "text"),
    ("places", 10, "number"),
    ("taken", 10, "number"),
    ("free", 10, "number"),
    ("rests", 14, "text"),
)
WISHES: tuple[tuple[str, float, Format], ...] = (
    ("teacher", 36, "text"),
    ("place", 30, "text"),
    ("named", 40, "text"),
    ("asked", 14, "text"),
)


def pairs_sheet(rows: Sequence[PanelPair], panel: Panel, *, names: bool) -> bytes:
    """Returns the pairs, a row each. `names`: with who they are."""
    t = panel.t

    def line(row: PanelPair) -> dict[str, Value]:
        return {
            "mentee": row.mentee,
            "mentor": row.mentor,
            "municipality": row.municipality,
            "state": t.plain(f"mentoring.panel.state.{row.status}"),
            "meetings": row.meetings,
            "started": f"{panel.local(row.started_at):%d.%m.%Y}",
            "last": f"{panel.local(row.last_contact_at):%d.%m.%Y}",
        }

    return _book("mentoring.panel.title", PAIRS, [line(row) for row in rows], panel, names=names)


def mentors_sheet(rows: Sequence[MentorRow], panel: Panel, *, names: bool) -> bytes:
    """Returns the mentors, a row each. `names`: with who they are."""
    t = panel.t

    def line(row: MentorRow) -> dict[str, Value]:
        return {
            "mentor": row.name,
            "organisation": row.organisation,
            "place": row.municipality,
            "centre": row.centre,
            "strengths": "; ".join(row.strengths),
            "directions": "; ".join(row.directions),
            "places": row.places,
            "taken": row.taken,
            "free": row.free,
            "rests": t.plain("mentoring.panel.rests") if row.paused else "",
        }

    return _book("mentoring.panel.mentors", MENTORS, [line(row) for row in rows], panel, names=names)


def wishes_sheet(rows: Sequence[WishRow], panel: Panel, *, names: bool) -> bytes:
    """Returns the teachers who look for a mentor, a row each. `names`: with who they are."""
    t = panel.t

    def line(row: WishRow) -> dict[str, Value]:
        return {
            "teacher": row.name,
            "place": row.municipality,
            "named": row.component or t.plain("mentoring.panel.anything"),
            "asked": f"{panel.local(row.asked_at):%d.%m.%Y}",
        }

    return _book("mentoring.panel.wishes", WISHES, [line(row) for row in rows], panel, names=names)


def _book(
    title: str,
    every: Sequence[tuple[str, float, Format]],
    rows: Sequence[dict[str, Value]],
    panel: Panel,
    *,
    names: bool,
) -> bytes:
    t = panel.t
    chosen = [one for one in every if names or one[0] not in ("mentee", "mentor", "teacher", "organisation")]
    columns = [Column(t.plain(f"mentoring.panel.{name}"), width, look) for name, width, look in chosen]
    values = ([row[name] for name, _, _ in chosen] for row in rows)
    return workbook([Sheet(t.plain(title), columns, values)], title=t.plain(title))
