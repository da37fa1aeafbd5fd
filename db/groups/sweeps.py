"""Reminds whoever answers for a decision before its term, and works out the levels that heads see."""

from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.blocks import apart
from db.diagnostics.models import InstrumentVersion
from db.diagnostics.queries import published_version
from db.dictionaries.rules import Rules
from db.groups.membership import members, today
from db.groups.models import GroupDecision, GroupScore, GroupStatus, MethodicalGroup
from db.groups.notices import remind
from db.groups.rules import reminder
from db.notices.rules import waking_moment

AT_ONCE = 200
GROUPS_AT_ONCE = 5
AGAIN = timedelta(days=1)
"""How often the levels of a group are worked out."""


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the reminders of the day, each once, and works out the levels of some groups."""
    _remind(session, caller, rules)
    _count_levels(session, caller)


def _remind(session: Session, caller: Caller, rules: Rules) -> None:
    rows = session.scalars(
        select(GroupDecision)
        .where(GroupDecision.remind_on <= today(caller))
        .order_by(GroupDecision.remind_on, GroupDecision.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        if reminder(row.due_on, row.done_on, today=today(caller)) is not None:
            remind(session, caller, row, due_at=waking_moment(caller.now, rules=rules, zone=caller.zone))
        row.remind_on = None


def _count_levels(session: Session, caller: Caller) -> None:
    version_id = published_version(session)
    if version_id is None:
        return
    instrument_id = session.get_one(InstrumentVersion, version_id).instrument_id
    due = session.scalars(
        select(MethodicalGroup)
        .where(
            MethodicalGroup.status == GroupStatus.ACTIVE,
            MethodicalGroup.head_id.is_not(None),
            or_(MethodicalGroup.levels_at.is_(None), MethodicalGroup.levels_at <= caller.now - AGAIN),
        )
        .order_by(MethodicalGroup.levels_at.is_not(None), MethodicalGroup.levels_at, MethodicalGroup.id)
        .limit(GROUPS_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for group in due:
        group.levels_at = caller.now
        session.execute(delete(GroupScore).where(GroupScore.group_id == group.id))
        sums = apart(
            session,
            instrument_id=instrument_id,
            people=members(session, group.id),
            reader_id=group.head_id or 0,
        )
        for component, (people, deficit) in sums.items():
            session.add(
                GroupScore(
                    group_id=group.id, component=component, people=people, deficit=deficit, counted_at=caller.now
                )
            )


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
