"""The map of demand: what people need by unit and category beside what is offered, so that gaps are seen."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from flask import url_for

from admin.access import METHODISTS
from admin.base import Page
from admin.charts import Picture, shade
from admin.paging import Paging
from admin.report import HIDDEN_NAMED, NAMES, Book, Report, opened_by
from admin.reports.report_deficits import SORT_LENGTH, heat_facts, masking, version_text
from admin.sheets import Column, Sheet, Value
from db.advice import staff_queries as advice
from db.dictionaries.models import Audience
from db.dictionaries.queries import MARKS, used_marks
from db.dictionaries.units import Unit
from db.overviews import demand
from db.overviews.demand import NOTHING, Demand, DemandRow, Supply
from db.reports import deficits
from locales import Texts

COUNTED = ("events_column", "seats_column", "open_column", "modules_column")


class DemandReport(Report[Demand]):
    """Units one level under the opened one and categories of people, by component."""

    name = "demand"
    asked = frozenset({"category", "sort", "page", "centre", "municipality", "instrument", *MARKS})

    def figures(self, ask: Page) -> Any:
        """How many components nobody offers anything for, and of how many."""
        return ask.read(demand.unmet)

    def query(self, ask: Page) -> Demand:
        """Of everybody or of one category, in all organisations or in marked ones."""
        return ask.read(
            demand.demand,
            centre_id=ask.number("centre"),
            municipality_id=ask.number("municipality"),
            category_id=ask.number("category"),
            instrument=ask.word("instrument", 64),
            marks=[mark for mark in MARKS if ask.word(mark, 1) == "1"],
        )

    def page(self, ask: Page, found: Demand) -> dict[str, Any]:
        """The map, sorted, with what it can be narrowed to and where a cell leads."""
        heat, paging = found.heat, Paging.asked(len(found.rows))
        rows = _sorted(found, ask.word("sort", SORT_LENGTH))
        proposes = ask.scope.role in METHODISTS and ask.scope.can_write

        @cache  # hundreds of cells lead to a few places
        def propose(place: int | None, component: str) -> str:
            """The form of an event that would answer a cell; nothing for whom may not plan one there."""
            if not proposes or (place is None and not ask.scope.is_regional):
                return ""
            for_whom = found.audience if found.audience is not Audience.TEACHER else None
            asked: dict[str, Any] = {"component": component, "municipality_id": place, "meant_for": for_whom}
            return url_for("events.new", **asked, positions=list(found.positions))

        narrowed = {name: ask.word(name, 64) for name in ("category", *MARKS) if ask.word(name, 64)}

        @cache
        def motion_of(unit: Unit | None, category_id: int | None) -> str:
            """Where a row's figures become proposals, but for the component; nothing for whom may not propose there."""
            of = unit or heat.branch.unit
            if not proposes or (of is None and not ask.scope.is_regional):
                return ""
            where: dict[str, Any] = {"unit": of.level.value, "unit_id": of.id} if of else {}
            asked: dict[str, Any] = {**narrowed, **({"category": category_id} if category_id else {})}
            return url_for("motions.new", source="demand", instrument=found.instrument, **where, **asked)

        return {
            "demand": found,
            "heat": heat,
            "rows": rows[paging.offset : paging.offset + paging.limit],
            "paging": paging,
            "named": HIDDEN_NAMED,
            "sort": ask.word("sort", SORT_LENGTH),
            "shade": shade,
            "offered": cache(partial(offered, ask.t)),
            "nothing": NOTHING,
            "propose": propose,
            "motion_of": motion_of,
            "masking": masking(ask.t, heat.least),
            "version": version_text(
                ask.t, heat.version, [(name, heat.former.get(code)) for code, name, _ in heat.components]
            ),
            "category": found.category,
            "categories": [(one.id, one.name) for one in ask.read(advice.categories)],
            "instruments": ask.read(deficits.instruments),
            "marks": [(mark, ask.word(mark, 1) == "1") for mark in ask.read(used_marks)],
            "asked": opened_by(self.asked),
        }

    def book(self, ask: Page, found: Demand) -> Book:
        """Units and categories, a row for each component of each."""
        t, heat = ask.t, found.heat
        named = [(row.name, row) for row in found.rows]
        if found.together:
            named.append((t.plain("reports.panel.together"), found.together))
        named.append((t.plain("reports.panel.shown_total"), found.total))
        masked = t.plain("reports.panel.masked", least=heat.least)
        unit = Column(t.plain(f"reports.panel.level.{heat.branch.level}"), NAMES, "text")
        whom = Column(t.plain("reports.panel.demand.category"), NAMES, "text")
        return Book(
            t.plain("reports.panel.demand"),
            [
                _sheet(t, found, t.plain("reports.panel.demand.units"), unit, named),
                _sheet(t, found, whom.heading, whom, [(row.name, row) for row in found.categories]),
                Sheet(
                    t.plain("reports.panel.hidden_sheet"),
                    [unit, Column(t.plain("reports.panel.why"), 40, "text")],
                    [[name, masked] for name in heat.hidden],
                ),
            ],
            [
                *heat_facts(t, heat, found.category.name if found.category else None),
                (t.plain("reports.panel.demand.counted"), t.plain("reports.panel.demand.counted.text")),
                (t.plain("reports.panel.demand.noted"), t.plain("reports.panel.demand.noted.text", least=heat.least)),
            ],
        )

    def chart(self, ask: Page, found: Demand, part: str) -> Picture | None:
        """None: a cell has two things to say, and a picture of one would say the wrong one."""
        return None


def offered(t: Texts, supply: Supply) -> str:
    """Says what is offered in words: events, the seats that they have left, and modules of groups among them."""
    if not supply.events:
        return t.plain("reports.panel.demand.nobody")
    events = t.plain("reports.panel.demand.events", supply.events)
    if supply.open:
        told = t.plain("reports.panel.demand.any_number", events=events)
    else:
        told = t.plain("reports.panel.demand.seats", supply.seats, events=events)
    return t.plain("reports.panel.demand.modules", supply.modules, told=told) if supply.modules else told


def _sorted(found: Demand, component: str) -> Sequence[DemandRow]:
    """By name, or by one component: where nobody offers anything before the rest, the highest deficit first."""
    if component not in {code for code, _, _ in found.heat.components}:
        return found.rows

    def height(row: DemandRow) -> tuple[bool, int]:
        cell = row.row.cell(component)
        return row.urgent(component), cell.deficit if cell else -1

    return sorted(found.rows, key=height, reverse=True)


def _sheet(t: Texts, found: Demand, title: str, first: Column, named: Sequence[tuple[str, DemandRow]]) -> Sheet:
    columns = [
        first,
        Column(t.plain("reports.panel.demand.component"), 24, "text"),
        *(Column(t.plain(f"reports.panel.demand.{one}")) for one in ("people", "deficit", "need")),
        *(Column(t.plain(f"reports.panel.demand.{one}")) for one in COUNTED),
        Column(t.plain("reports.panel.demand.gap"), 30, "text"),
        Column(t.plain("reports.panel.demand.noted"), 22),
    ]
    masked = t.plain("reports.panel.masked", least=found.heat.least)

    def line(name: str, row: DemandRow, code: str, component: str) -> list[Value]:
        cell, supply = row.row.cell(code), row.supply.get(code, NOTHING)
        told: list[Value] = [cell.people, cell.deficit, cell.need] if cell else [masked, masked, masked]
        gap = t.plain("reports.panel.demand.nobody") if not supply.events else ""
        offered = [supply.events, supply.seats, supply.open, supply.modules]
        return [name, component, *told, *offered, gap, row.noted.get(code)]

    rows = (line(name, row, code, about) for name, row in named for code, about, _ in found.heat.components)
    return Sheet(title, columns, rows)
