"""A group's route as methodists read it: how many took each line, so that it tells of no one alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.reports.rules import Portion, told
from db.routes import group_routes
from db.routes.models import GroupRoute, GroupRouteLine


@dataclass(frozen=True, slots=True)
class GroupLineTold:
    """A line with parts of those whom it was offered, in fives or in words; nothing of a group too small to be told.

    Four of five who took it would tell of the fifth as well.
    """

    line: GroupRouteLine
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


def group_route(session: Session, caller: StaffCaller, *, group_route_id: int) -> GroupRouteTold:
    """Returns one with its lines. Raises NotFoundError for one out of reach."""
    found = group_routes.group_route(session, caller, group_route_id=group_route_id)

    def part(count: int | None) -> int | Portion | None:
        return None if count is None else told(count, found.offered)

    lines = [GroupLineTold(one.line, part(one.taken), part(one.declined), part(one.done)) for one in found.lines]
    return GroupRouteTold(found.row, lines, found.people, found.offered)
