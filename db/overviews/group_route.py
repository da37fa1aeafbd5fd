"""A group's route as methodists read it: how many took each line, so that it tells of no one alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.reports.models import PrivateFact
from db.reports.rules import Portion, told
from db.reports.staff_queries import FactSum, lines_told
from db.routes import group_routes
from db.routes.models import GroupRoute, GroupRouteLine


@dataclass(frozen=True, slots=True)
class GroupLineTold:
    """A line with parts of the `answered` who took or declined it, in fives or in words; nothing of too few.

    Four of five who took it would tell of the fifth as well.
    """

    line: GroupRouteLine
    answered: int
    taken: int | Portion | None
    declined: int | Portion | None
    done: int | Portion | None


@dataclass(frozen=True, slots=True)
class GroupRouteTold:
    """A route with its lines. `people` are those whom it is for now, `offered` how many have been offered it."""

    row: GroupRoute
    lines: Sequence[GroupLineTold]
    people: int
    offered: int


NOBODY = FactSum(0, {})


def group_route(session: Session, caller: StaffCaller, *, group_route_id: int) -> GroupRouteTold:
    """Returns one with its lines, by the whole groups that have answered. Raises NotFoundError for one out of reach."""
    found = group_routes.group_route(session, caller, group_route_id=group_route_id)
    sums = lines_told(session, line_ids=[one.id for one in found.lines])

    def line(one: GroupRouteLine) -> GroupLineTold:
        answered = sums.get((PrivateFact.LINE_ANSWERED, one.id), NOBODY)
        done = sums.get((PrivateFact.LINE_DONE, one.id), NOBODY)

        def part(count: int, known: FactSum) -> int | Portion | None:
            return told(count, max(answered.count, known.count)) if known.count else None

        taken, declined = (answered.sums.get(name, 0) for name in ("taken", "declined"))
        return GroupLineTold(
            one, answered.count, part(taken, answered), part(declined, answered), part(done.count, done)
        )

    return GroupRouteTold(found.row, [line(one) for one in found.lines], found.people, found.offered)
