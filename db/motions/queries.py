"""Reads what a head of a group may propose by, and to whom, for the bot."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.groups import queries as groups
from db.groups.models import GroupLevel, GroupStatus, MethodicalGroup
from db.groups.queries import LevelLine

MOST_TARGETS = 6


@dataclass(frozen=True, slots=True)
class GroupProposal:
    """A figure of a group that one heads, and the groups that it may be put before, the nearest first: (id, name)."""

    group_id: int
    name: str
    line: LevelLine
    least: int
    targets: Sequence[tuple[int, str]]


def proposable(session: Session, caller: PersonCaller, *, group_id: int, component: str) -> GroupProposal:
    """Returns the figure and whom to propose to: the group above, then of the municipality, the centre, the region.

    Raises NotFoundError for a group of another head, and for a figure that is not told.
    """
    levels = groups.levels(session, caller, group_id=group_id)
    line = next((one for one in levels.lines if one.code == component), None)
    if line is None:
        raise NotFoundError
    row = session.get_one(MethodicalGroup, group_id)
    place = place_of(row)
    centre = select(Municipality.centre_id).where(Municipality.id == place)
    near = [MethodicalGroup.id == row.parent_id, MethodicalGroup.level == GroupLevel.REGION]
    if place is not None:
        near.append(and_(MethodicalGroup.level == GroupLevel.MUNICIPALITY, MethodicalGroup.municipality_id == place))
        near.append(and_(MethodicalGroup.level == GroupLevel.CENTRE, MethodicalGroup.centre_id.in_(centre)))
    found = session.execute(
        select(MethodicalGroup.id, MethodicalGroup.name)
        .where(MethodicalGroup.status == GroupStatus.ACTIVE, MethodicalGroup.id != group_id, or_(*near))
        .order_by(
            MethodicalGroup.id != (row.parent_id or 0),
            MethodicalGroup.level != GroupLevel.MUNICIPALITY,
            MethodicalGroup.level != GroupLevel.CENTRE,
            MethodicalGroup.name,
            MethodicalGroup.id,
        )
        .limit(MOST_TARGETS)
    )
    return GroupProposal(group_id, levels.name, line, levels.least, [(one.id, one.name) for one in found])


def place_of(row: MethodicalGroup) -> int | None:
    """The municipality that a group is of: its own, or its organisation's."""
    return row.organisation.municipality_id if row.organisation is not None else row.municipality_id
