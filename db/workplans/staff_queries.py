"""Reads the plans of groups for the panel: one group's year, and how far the groups within reach are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.groups.models import MethodicalGroup
from db.groups.staff_queries import group as reached_group
from db.workplans import deeds, queries
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay
from db.workplans.queries import WorkLine, WorkTotals


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A group's plan of a school year; `names` says by id what may fulfil its lines, for each way.

    Words and titles are for accounts that may learn names (`named`): either may hold one.
    """

    group: MethodicalGroup
    year: int
    rows: Sequence[WorkLine]
    totals: WorkTotals
    names: Mapping[WorkWay, Mapping[int, str | datetime]]
    named: bool


def page(session: Session, caller: StaffCaller, *, group_id: int, year: int) -> WorkPage:
    """Reads a group's plan of a school year. Raises NotFoundError for one out of reach."""
    group = reached_group(session, caller, group_id=group_id)
    found = queries.rows(session, caller, group_id=group_id, year=year)
    ways = [one for one in WorkWay if one is not WorkWay.HAND]
    names = {way: dict(rows) for way, rows in deeds.shows(session, caller, group_id, ways=ways).items()}
    return WorkPage(group, year, found, queries.total(found), names, caller.scope.sees_names)


def line(session: Session, caller: StaffCaller, *, line_id: int) -> WorkLine:
    """Returns one line. Raises NotFoundError for one out of reach."""
    row = session.get(WorkplanLine, line_id)
    if row is None:
        raise NotFoundError
    reached_group(session, caller, group_id=row.group_id)
    done = session.scalars(
        select(WorkplanFulfilment).where(WorkplanFulfilment.line_id == line_id).order_by(WorkplanFulfilment.slot)
    ).all()
    return queries.stands(row, done, on=caller.now.astimezone(caller.zone).date())


def years(session: Session, caller: StaffCaller, *, group_id: int) -> Mapping[int, WorkTotals]:
    """Counts a group's plans by school year, the newest first. Raises NotFoundError for one out of reach."""
    reached_group(session, caller, group_id=group_id)
    found = queries.totals(session, caller, MethodicalGroup.id == group_id, by=WorkplanLine.year)
    return dict(sorted(found.items(), reverse=True))
