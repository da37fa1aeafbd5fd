"""What the address of a memo asks for."""

from datetime import date
from typing import Any

from flask import url_for

from admin.base import Page
from admin.report import since_of
from db.limits import whole
from db.memos.rules import WHOLE_SERVICE, MemoKind, MemoOrder
from db.overviews.chain import ChainFact, ChainPage
from db.overviews.memos import MemoChoices

UNITS = ("centre", "town", "group")
OPENS: dict[ChainPage, tuple[str, str, dict[str, str]]] = {
    ChainPage.TASKS: ("plan.tasks", "", {}),
    ChainPage.PROJECTS: ("projects.index", "", {}),
    ChainPage.DOCUMENTS: ("documents.index", "", {}),
    ChainPage.INDICATORS: ("monitoring.index", "", {}),
    ChainPage.VERSION: ("diagnostics.version", "version_id", {}),
    ChainPage.WAVE: ("waves.card", "wave_id", {}),
    ChainPage.COVERAGE: ("reports.report", "", {"report": "coverage"}),
    ChainPage.DEFICITS: ("reports.report", "", {"report": "deficits"}),
    ChainPage.DEMAND: ("reports.report", "", {"report": "demand"}),
    ChainPage.ADVICE: ("advice.index", "centre", {}),
    ChainPage.STEPS: ("item_steps.index", "", {}),
    ChainPage.PLAN: ("plan.index", "plan", {}),
    ChainPage.PROGRAMMES: ("programmes.index", "", {}),
    ChainPage.MATRIX: ("recommendations.index", "", {}),
    ChainPage.EVENTS: ("reports.report", "", {"report": "events"}),
    ChainPage.GROUPS: ("reports.report", "", {"report": "groups"}),
    ChainPage.MOTIONS: ("motions.index", "", {}),
    ChainPage.MOTION: ("motions.card", "motion_id", {}),
}
"""Of each page of the chain: its endpoint, the argument that says what is opened there, and the others."""
DATED = frozenset({ChainPage.EVENTS, ChainPage.GROUPS})
"""Pages that count from a day on: the chain's own."""


def opened(fact: ChainFact, since: date) -> str:
    """The address that opens a fact of the chain."""
    endpoint, name, more = OPENS[fact.page]
    asked: dict[str, Any] = {**more}
    if name:
        asked[name] = fact.key
    if fact.page in DATED:
        asked["since"] = since.isoformat()
    return url_for(endpoint, **asked)


def ordered(ask: Page) -> MemoOrder:
    """Returns what is asked for; a unit of another kind than the memo knows is not asked about."""
    word = ask.word("kind", 16)
    kind = MemoKind(word) if word in set(MemoKind) else MemoKind.YEAR
    what, _, number = ask.word("unit", 24).partition("-")
    unit_id = whole(number) if what in UNITS else None
    if unit_id is not None and what == "group":
        kind = MemoKind.UNIONS
    if kind in WHOLE_SERVICE:
        unit_id = None
    since: date = since_of(ask)
    return MemoOrder(
        kind=kind,
        since=since,
        centre_id=unit_id if what == "centre" else None,
        municipality_id=unit_id if what == "town" else None,
        group_id=unit_id if what == "group" else None,
        campaign_id=ask.number("campaign") if kind in (MemoKind.SELECTION, MemoKind.YEAR) else None,
    )


def address_of(order: MemoOrder) -> dict[str, str]:
    """The arguments of an address that asks for the same."""
    units = {"centre": order.centre_id, "town": order.municipality_id, "group": order.group_id}
    unit = next((f"{what}-{number}" for what, number in units.items() if number is not None), "")
    found = {"kind": order.kind.value, "since": order.since.isoformat(), "unit": unit}
    if order.campaign_id is not None:
        found["campaign"] = str(order.campaign_id)
    return {name: value for name, value in found.items() if value}


def back_to(order: MemoOrder) -> str:
    """The address of the page that asks for the same."""
    asked: dict[str, Any] = dict(address_of(order))
    return url_for("memos.index", **asked)


def units_of(found: MemoChoices) -> list[tuple[str, str]]:
    """The units to choose from, as values of one field."""
    return [
        *((f"centre-{number}", name) for number, name in found.centres),
        *((f"town-{number}", name) for number, name in found.municipalities),
        *((f"group-{number}", name) for number, name in found.groups),
    ]
