"""Reports as lines of bars, fields of heat and sheets of a workbook. Pure: figures and texts in, rows out."""

from collections.abc import Sequence

from admin.reports.charts import MIST, PINE, SAND, HeatCell, Series, shade
from admin.reports.sheets import Column, Sheet, Value
from db.reports.attendance import Attendance, AttendanceLine
from db.reports.deficits import MEASURES, Heat, HeatRow
from db.reports.selection import Count, Funnel, SelectionLine
from locales import Texts

LONGEST_LABEL = 44
EMPTY = "\N{EM DASH}"
NAMES = 46
WAITING = "#eadfc0"


# --- the selection funnel ---


def funnel_series(t: Texts) -> list[Series]:
    """Colours of the funnel's bars."""
    return [
        Series(t.plain("reports.panel.approved"), PINE),
        Series(t.plain("reports.panel.rejected"), SAND),
        Series(t.plain("reports.panel.in_work"), MIST),
    ]


def funnel_bars(lines: Sequence[SelectionLine], *, numbered: bool) -> list[tuple[str, list[int]]]:
    """The most wanted first; directions with their numbers in the order."""
    ordered = sorted(lines, key=lambda line: -line.count.sent)
    return [
        (
            _short(f"{line.code}. {line.short}" if numbered else line.name),
            [line.count.approved, line.count.rejected, line.count.waiting],
        )
        for line in ordered
    ]


def funnel_sheets(t: Texts, funnel: Funnel) -> list[Sheet]:
    """Directions, municipalities, those that did not take part, reasons."""
    counts = [
        Column(t.plain("reports.panel.sent")),
        Column(t.plain("reports.panel.approved")),
        Column(t.plain("reports.panel.rejected")),
        Column(t.plain("reports.panel.in_work")),
        Column(t.plain("reports.panel.approved_share"), 14, "percent"),
    ]
    total, name = t.plain("reports.panel.total"), Column(t.plain("reports.panel.municipality"), NAMES, "text")
    number = Column(t.plain("reports.panel.number"), 6, "text")
    reasons: list[list[Value]] = [[str(one.number), one.text, one.count] for one in funnel.refusals]
    if funnel.other_refusals:
        reasons.append(["", t.plain("reports.panel.other_reason"), funnel.other_refusals])
    return [
        Sheet(
            t.plain("reports.panel.by_direction"),
            [number, Column(t.plain("reports.panel.direction"), 80, "text"), *counts],
            ([line.code, line.name, *_counts(line.count)] for line in funnel.directions),
            ["", total, *_counts(funnel.total)],
        ),
        Sheet(
            t.plain("reports.panel.by_municipality"),
            [name, *counts],
            ([line.name, *_counts(line.count)] for line in funnel.municipalities),
            [total, *_counts(funnel.total)],
        ),
        Sheet(t.plain("reports.panel.absent_sheet"), [name], ([absent] for absent in funnel.absent)),
        Sheet(
            t.plain("reports.panel.reasons"),
            [number, Column(t.plain("reports.panel.reason"), 100, "text"), Column(t.plain("reports.panel.refusals"))],
            reasons,
        ),
    ]


def funnel_facts(t: Texts, funnel: Funnel) -> list[tuple[str, str]]:
    """What the workbook's last sheet tells."""
    return [
        (t.plain("reports.panel.sent"), str(funnel.total.sent)),
        (t.plain("reports.panel.approved"), str(funnel.total.approved)),
        (t.plain("reports.panel.rejected"), str(funnel.total.rejected)),
        (t.plain("reports.panel.took_part"), f"{len(funnel.municipalities)} / {funnel.places}"),
        (t.plain("reports.panel.absent_sheet"), ", ".join(funnel.absent) or EMPTY),
    ]


def _counts(count: Count) -> list[Value]:
    return [count.sent, count.approved, count.rejected, count.waiting, count.share]


# --- deficits ---


def sorted_rows(heat: Heat, measure: str, component: str) -> list[HeatRow]:
    """By name, or by one component: the highest value first, hidden ones last."""
    if component not in {code for code, _, _ in heat.components}:
        return list(heat.rows)

    def key(row: HeatRow) -> tuple[int, str]:
        value = row.cells[component].value(measure) if component in row.cells else None
        return (-1 if value is None else value, row.name)

    return sorted(sorted(heat.rows, key=lambda row: row.name), key=lambda row: -key(row)[0])


def heat_cells(t: Texts, heat: Heat, rows: Sequence[HeatRow], measure: str) -> list[tuple[str, list[HeatCell]]]:
    """Fields of the picture: rows, the small ones together, the total."""
    named = [(row.name, row) for row in rows]
    if heat.together:
        named.append((t.plain("reports.panel.together"), heat.together))
    named.append((t.plain("reports.panel.shown_total"), heat.total))
    return [
        (_short(name), [_field(t, heat, row, code, measure) for code, _, _ in heat.components]) for name, row in named
    ]


def _field(t: Texts, heat: Heat, row: HeatRow, code: str, measure: str) -> HeatCell:
    cell = row.cells.get(code)
    if cell is None:
        return HeatCell(t.plain("reports.panel.masked", least=heat.least) if code in row.small else EMPTY, None)
    value = cell.value(measure)
    if value is None:
        return HeatCell(EMPTY, None)
    return HeatCell(str(value), shade(value))


def heat_sheets(t: Texts, heat: Heat) -> list[Sheet]:
    """A sheet for each measure, and who is hidden."""
    columns = [
        Column(t.plain("reports.panel.municipality"), NAMES, "text"),
        Column(t.plain("reports.panel.people")),
        *(Column(name, 18) for _, name, _ in heat.components),
    ]
    named = [(row.name, row) for row in heat.rows]
    if heat.together:
        named.append((t.plain("reports.panel.together"), heat.together))
    masked = t.plain("reports.panel.masked", least=heat.least)

    def line(name: str, row: HeatRow, measure: str) -> list[Value]:
        values: list[Value] = [name, row.people]
        for code, _, _ in heat.components:
            cell = row.cells.get(code)
            values.append(cell.value(measure) if cell else masked if code in row.small else None)
        return values

    sheets = [
        Sheet(
            t.plain(f"reports.panel.measure_short.{measure}"),
            columns,
            [line(name, row, measure) for name, row in named],
            line(t.plain("reports.panel.shown_total"), heat.total, measure),
            2,
        )
        for measure in MEASURES
    ]
    hidden = [
        *([name, masked] for name in heat.hidden),
        *([name, t.plain("reports.panel.no_results")] for name in heat.empty),
    ]
    places = [columns[0], Column(t.plain("reports.panel.why"), 40, "text")]
    return [*sheets, Sheet(t.plain("reports.panel.hidden_sheet"), places, hidden)]


def heat_facts(t: Texts, heat: Heat, position: str | None) -> list[tuple[str, str]]:
    """What the workbook's last sheet tells."""
    return [
        (t.plain("reports.panel.position"), position or t.plain("reports.panel.everybody")),
        (t.plain("reports.panel.scale"), t.plain("reports.panel.scale.text")),
        (t.plain("reports.panel.masking"), t.plain("reports.panel.masking.text", least=heat.least)),
    ]


def heat_note(t: Texts, heat: Heat, position: str | None) -> str:
    """The line under the picture's title."""
    return f"{position or t.plain('reports.panel.everybody')} · {t.plain('reports.panel.scale.text')}"


# --- attendance ---


def attendance_series(t: Texts) -> list[Series]:
    """Colours of the bars of attendance."""
    return [
        Series(t.plain("reports.panel.came"), PINE),
        Series(t.plain("reports.panel.missed"), SAND),
        Series(t.plain("reports.panel.coming"), MIST),
        Series(t.plain("reports.panel.waiting"), WAITING),
    ]


def attendance_bars(lines: Sequence[tuple[str, AttendanceLine]]) -> list[tuple[str, list[int]]]:
    """Everybody who asked for a seat, by what became of it."""
    return [
        (_short(name), [one.attended, one.past - one.attended, one.registered - one.past, one.waiting])
        for name, one in lines
    ]


def attendance_sheet(t: Texts, found: Attendance, lines: Sequence[tuple[str, AttendanceLine]]) -> Sheet:
    """One way of grouping."""
    columns = [
        Column(t.plain(f"reports.panel.by_column.{found.by.value}"), NAMES, "text"),
        Column(t.plain("reports.panel.events_count")),
        Column(t.plain("reports.panel.registered")),
        Column(t.plain("reports.panel.came")),
        Column(t.plain("reports.panel.came_share"), 14, "percent"),
        Column(t.plain("reports.panel.waiting")),
        Column(t.plain("reports.panel.rating"), 14, "decimal"),
        Column(t.plain("reports.panel.rated")),
    ]

    def line(name: str, one: AttendanceLine) -> list[Value]:
        rated = one.rated or None
        return [name, one.events, one.registered, one.attended, one.share, one.waiting, one.rating, rated]

    return Sheet(
        t.plain(f"reports.panel.by.{found.by.value}"),
        columns,
        [line(name, one) for name, one in lines],
        line(t.plain("reports.panel.total"), found.total),
    )


def attendance_facts(t: Texts, found: Attendance, since: str) -> list[tuple[str, str]]:
    """What the workbook's last sheet tells."""
    return [
        (t.plain("reports.panel.period"), t.plain("reports.panel.since", day=since)),
        (t.plain("reports.panel.rating"), t.plain("reports.panel.rating.text", least=found.least)),
    ]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
