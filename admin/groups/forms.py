"""Reads what was typed and chosen on the pages of groups."""

from datetime import datetime
from typing import Any

from admin.base import Page
from db.groups import rules
from db.groups.meetings import MeetingDraft
from db.groups.tree import STATES, GroupFilter
from db.limits import clock_of, day_of

UNITS = ("centre_id", "municipality_id", "organisation_id")
NUMBERS = ("kind_id", *UNITS, "subject_id", "parent_id", "quorum")


def wanted_of(page: Page) -> GroupFilter:
    """Returns which groups the list is narrowed to."""
    state = page.word("state", 16)
    return GroupFilter(
        kind_id=page.number("kind"),
        municipality_id=page.number("municipality"),
        subject_id=page.number("subject"),
        state=state if state in STATES else "",
        text=page.word("q", 100),
    )


def typed_of(page: Page) -> dict[str, Any]:
    """Returns what the form of a group says of it."""
    numbers = {name: page.number(name) for name in NUMBERS}
    return {"name": page.word("name", rules.NAME_LENGTH), "about": page.word("about", 2000), **numbers}


def meeting_of(page: Page) -> MeetingDraft:
    """Returns what the form of a meeting says of it."""
    day, clock = day_of(page.word("day", 10)), clock_of(page.word("hour", 5))
    at = datetime.combine(day, clock, page.panel.zone) if day is not None and clock is not None else None
    return MeetingDraft(
        at=at,
        place=page.word("place", 300),
        link=page.word("link", 300),
        agenda=page.word("agenda", rules.AGENDA_LENGTH),
    )


def chain_of(kinds: list[Any]) -> list[Any]:
    """Returns kinds that support one another, from those that are supported alone to the one above all."""
    under = {one.supports: one for one in kinds if one.supports}
    first = next((one for one in kinds if not one.supports and one.code in under), None)
    found = []
    while first is not None and first not in found:
        found.append(first)
        first = under.get(first.code)
    return found
