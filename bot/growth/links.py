"""Deep links of the papers: each opens the evidence of a line, for whoever may see it."""

from bot.diagnostics import handlers as diagnostics
from bot.groups import handlers as groups
from bot.groups import screens as group_screens
from bot.mentoring import handlers_mentors as mentoring
from bot.retests import handlers as retests
from bot.routes import handlers as routes
from bot.ui.links import Link
from bot.ui.visit import Visit
from db.diagnostics import queries as results
from db.errors import NotFoundError
from db.groups import queries as group_queries
from db.routes import queries as route_queries

LONGEST = 9
"""Digits of a number that is one of ours."""


async def open_result(visit: Visit, rest: str) -> None:
    """An own result."""
    await diagnostics.show_result(visit, await visit.read(results.result, attempt_id=_number(rest)))


async def open_retest(visit: Visit, rest: str) -> None:
    """An own re-test."""
    await retests.show_result(visit, _number(rest))


async def open_step(visit: Visit, rest: str) -> None:
    """An item of the own route."""
    await routes.card(visit, await visit.read(route_queries.item, item_id=_number(rest)))


async def open_pair(visit: Visit, rest: str) -> None:
    """An own pair."""
    await mentoring.pair(visit, _number(rest))


async def open_group(visit: Visit, rest: str) -> None:
    """A group."""
    view = await visit.read(group_queries.view, group_id=_number(rest))
    await visit.expect(None)
    await visit.show(group_screens.group(visit.t, view, zone=visit.context.zone))


def _number(rest: str) -> int:
    if not (rest.isascii() and rest.isdigit() and len(rest) <= LONGEST):
        raise NotFoundError
    return int(rest)


LINKS = {
    "result_": Link(open_result, instead=diagnostics.home),
    "retest_": Link(open_retest, instead=retests.home),
    "step_": Link(open_step, instead=routes.home),
    "pair_": Link(open_pair, instead=mentoring.home),
    "group_": Link(open_group, instead=groups.home),
}
