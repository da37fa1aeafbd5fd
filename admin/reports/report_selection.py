"""The report of the selection: how many applied, were approved and refused, where and why."""

from collections.abc import Sequence
from typing import Any

from flask import abort

from admin.base import Page
from admin.charts import MIST, PINE, SAND, Bars, Picture, Series
from admin.report import EMPTY, NAMES, Book, Report, short
from admin.sheets import Column, Sheet, Value
from db.reports import selection
from db.reports.selection import Count, Funnel, SelectionLine
from locales import Texts


class SelectionReport(Report[Funnel | None]):
    """The funnel of a campaign; a service may have held none yet."""

    name, asked = "selection", frozenset({"campaign"})

    def figures(self, ask: Page) -> Funnel | None:
        """The campaign that is of interest now, if there is any."""
        campaign = ask.read(selection.default_campaign)
        return ask.read(selection.funnel, campaign_id=campaign) if campaign else None

    def query(self, ask: Page) -> Funnel | None:
        """The campaign of the address, else the one that is of interest now."""
        campaign = ask.number("campaign")
        return ask.read(selection.funnel, campaign_id=campaign) if campaign else self.figures(ask)

    def page(self, ask: Page, found: Funnel | None) -> dict[str, Any]:
        """With other campaigns to choose from."""
        if found is None:
            return {"funnel": None}
        known = ask.read(selection.campaigns)
        running = [one for one in known if one.running and one.id != found.campaign_id]
        return {"funnel": found, "campaigns": [(one.id, one.title) for one in known], "running": running}

    def book(self, ask: Page, found: Funnel | None) -> Book:
        """A sheet for each way of counting."""
        if found is None:
            abort(404)
        return Book(found.title, funnel_sheets(ask.t, found), funnel_facts(ask.t, found))

    def chart(self, ask: Page, found: Funnel | None, part: str) -> Picture | None:
        """Bars by direction or municipality."""
        if found is None:
            return None
        lines = {"directions": found.directions, "municipalities": found.municipalities}.get(part)
        if lines is None:
            return None
        return Bars(
            funnel_bars(lines, numbered=part == "directions"),
            funnel_series(ask.t),
            title=ask.t.plain(f"reports.panel.chart.{part}"),
            note=found.title,
        )


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
            short(f"{line.code}. {line.short}" if numbered else line.name),
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
