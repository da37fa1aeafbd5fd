"""The report of deficits by unit and component, as a heat table."""

from collections.abc import Sequence
from typing import Any

from admin.base import Page
from admin.charts import SHADES, HeatCell, HeatTable, Picture, shade
from admin.paging import Paging
from admin.report import EMPTY, HIDDEN_NAMED, NAMES, Book, Report, day, opened_by, short
from admin.sheets import Column, Sheet, Value
from db.diagnostics.queries import DEFAULT_INSTRUMENT
from db.dictionaries.queries import MARKS, used_marks
from db.reports import deficits
from db.reports.deficits import MEASURES, Heat, HeatRow
from db.reports.rules import FEW, STEP, Portion, full_name
from locales import Texts

SORT_LENGTH = 32
ENDS = {Portion.ALMOST_ALL: 100, Portion.SOME: 50, Portion.HARDLY_ANY: 0}
"""Where words stand among numbers."""


class DeficitsReport(Report[Heat]):
    """Means of every component in every unit one level under the opened one, by one of four measures."""

    name = "deficits"
    asked = frozenset({"measure", "position", "sort", "page", "centre", "municipality", "instrument", *MARKS})

    def figures(self, ask: Page) -> Heat:
        """Everybody's."""
        return ask.read(deficits.heat)

    def query(self, ask: Page) -> Heat:
        """Of everybody or of those in one position, in all organisations or in marked ones."""
        return ask.read(
            deficits.heat,
            centre_id=ask.number("centre"),
            municipality_id=ask.number("municipality"),
            position_id=ask.number("position"),
            instrument=instrument(ask),
            marks=[mark for mark in MARKS if ask.word(mark, 1) == "1"],
        )

    def page(self, ask: Page, found: Heat) -> dict[str, Any]:
        """The table, sorted, with what it can be narrowed to."""
        measure, sort = self._measure(ask), ask.word("sort", SORT_LENGTH)
        return {
            "heat": found,
            "masking": masking(ask.t, found.least),
            "version": version_text(
                ask.t, found.version, [(name, found.former.get(code)) for code, name, _ in found.components]
            ),
            "rows": self._rows(ask, found),
            "paging": Paging.asked(len(found.rows)),
            "named": HIDDEN_NAMED,
            "sort": sort,
            "measure": measure,
            "measure_options": [(one, ask.t.plain(f"reports.panel.measure.{one}")) for one in MEASURES],
            "shade": shade,
            "shades": len(SHADES),
            "position": ask.number("position"),
            "positions": ask.read(deficits.positions),
            "instrument": instrument(ask),
            "instruments": ask.read(deficits.instruments),
            "marks": [(mark, ask.word(mark, 1) == "1") for mark in ask.read(used_marks)],
            "asked": opened_by(self.asked),
        }

    def book(self, ask: Page, found: Heat) -> Book:
        """All measures, a sheet each."""
        facts = heat_facts(ask.t, found, self._position(ask))
        return Book(ask.t.plain("reports.panel.deficits"), heat_sheets(ask.t, found), facts)

    def chart(self, ask: Page, found: Heat, part: str) -> Picture | None:
        """The heat table as a picture, of the rows that the page shows."""
        if part:
            return None
        measure = self._measure(ask)
        return HeatTable(
            heat_cells(ask.t, found, self._rows(ask, found), measure),
            [name for _, name, _ in found.components],
            title=ask.t.plain(f"reports.panel.measure.{measure}"),
            note=heat_note(ask.t, found, self._position(ask)),
        )

    def _rows(self, ask: Page, found: Heat) -> list[HeatRow]:
        paging = Paging.asked(len(found.rows))
        rows = sorted_rows(found, self._measure(ask), ask.word("sort", SORT_LENGTH))
        return rows[paging.offset : paging.offset + paging.limit]

    @staticmethod
    def _measure(ask: Page) -> str:
        asked = ask.word("measure", 16)
        return asked if asked in MEASURES else MEASURES[0]

    @staticmethod
    def _position(ask: Page) -> str | None:
        return dict(ask.read(deficits.positions)).get(ask.number("position") or 0)


def instrument(ask: Page) -> str:
    """The key of the instrument whose results are asked for."""
    return ask.word("instrument", 64) or DEFAULT_INSTRUMENT


def sorted_rows(heat: Heat, measure: str, component: str) -> list[HeatRow]:
    """By name, or by one component: the highest value first, hidden ones last."""
    if component not in {code for code, _, _ in heat.components}:
        return list(heat.rows)

    def height(row: HeatRow) -> int:
        cell = row.cell(component)
        value = cell.value(measure) if cell else None
        return ENDS[value] if isinstance(value, Portion) else -1 if value is None else value

    return sorted(heat.rows, key=height, reverse=True)


def heat_cells(t: Texts, heat: Heat, rows: Sequence[HeatRow], measure: str) -> list[tuple[str, list[HeatCell]]]:
    """Fields of the picture: rows, the small ones together, the total."""
    named = [(row.name, row) for row in rows]
    if heat.together:
        named.append((t.plain("reports.panel.together"), heat.together))
    named.append((t.plain("reports.panel.shown_total"), heat.total))
    return [
        (short(name), [_field(t, heat, row, code, measure) for code, _, _ in heat.components]) for name, row in named
    ]


def _field(t: Texts, heat: Heat, row: HeatRow, code: str, measure: str) -> HeatCell:
    cell = row.cells.get(code)
    if cell is None:
        return HeatCell(t.plain("reports.panel.masked", least=heat.least), None)
    value = cell.value(measure)
    if value is None:
        return HeatCell(EMPTY, None)
    return HeatCell(str(in_words(t, value)), None if isinstance(value, Portion) else shade(value))


def in_words(t: Texts, value: int | Portion | None) -> int | str | None:
    """Words for a part that is not told as a number; a number stays one."""
    return t.plain(f"reports.panel.part.{value}") if isinstance(value, Portion) else value


def heat_sheets(t: Texts, heat: Heat) -> list[Sheet]:
    """A sheet for each measure, and who is hidden."""
    columns = [
        Column(t.plain(f"reports.panel.level.{heat.branch.level}"), NAMES, "text"),
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
            values.append(in_words(t, cell.value(measure)) if cell else masked)
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
    hidden = [[name, masked] for name in heat.hidden]
    places = [columns[0], Column(t.plain("reports.panel.why"), 40, "text")]
    return [*sheets, Sheet(t.plain("reports.panel.hidden_sheet"), places, hidden)]


def heat_facts(t: Texts, heat: Heat, position: str | None) -> list[tuple[str, str]]:
    """What the workbook's last sheet tells."""
    unit = heat.branch.unit
    return [
        *([(t.plain("reports.panel.unit"), unit.name)] if unit else []),
        (t.plain("reports.panel.position"), position or t.plain("reports.panel.everybody")),
        (t.plain("reports.panel.components"), "; ".join(full_name(*names) for _, *names in heat.components)),
        (t.plain("reports.panel.scale"), t.plain("reports.panel.scale.text")),
        (
            t.plain("reports.panel.version"),
            version_text(t, heat.version, [(name, heat.former.get(code)) for code, name, _ in heat.components]),
        ),
        (t.plain("reports.panel.masking"), masking(t, heat.least)),
        (t.plain("reports.panel.published_on"), day(heat.published_at.date()) if heat.published_at else EMPTY),
    ]


def masking(t: Texts, least: int) -> str:
    """Says how groups are kept from telling of one person."""
    return t.plain("reports.panel.masking.text", least=least, step=STEP, few=FEW)


def version_text(t: Texts, version: int, former: Sequence[tuple[str, int | None]]) -> str:
    """By which version the figures are, and how many results of other versions can't be compared with it, by part."""
    parts = [t.plain("reports.panel.version.part", name=name, count=count) for name, count in former if count]
    if not parts:
        return t.plain("reports.panel.version.text", version=version)
    return t.plain("reports.panel.version.former", version=version, parts=", ".join(parts))


def heat_note(t: Texts, heat: Heat, position: str | None) -> str:
    """The line under the picture's title."""
    parts = [position or t.plain("reports.panel.everybody"), t.plain("reports.panel.scale.text")]
    return " · ".join([heat.branch.unit.name, *parts] if heat.branch.unit else parts)
