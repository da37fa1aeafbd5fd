"""What the address of a memo asks for."""

from datetime import date
from typing import Any

from flask import url_for

from admin.base import Page
from admin.reports.report_events import since_of
from db.limits import whole
from db.memos.rules import WHOLE_SERVICE, MemoKind, MemoOrder
from db.overviews.memos import MemoChoices

UNITS = ("centre", "town", "group")


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
