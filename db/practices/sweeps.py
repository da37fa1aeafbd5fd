"""Once a year the author is asked whether it is still done so; what nobody has confirmed for a year sinks."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.practices import notices
from db.practices.models import Practice, PracticeStatus
from db.practices.rules import ASK_BEFORE, YEAR
from db.transitions import move

AT_ONCE = 200


def ask_still(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the yearly questions that are due, each once since it was last confirmed."""
    rows = session.scalars(
        select(Practice)
        .where(
            Practice.status == PracticeStatus.PUBLISHED,
            Practice.confirmed_at <= caller.now - (YEAR - ASK_BEFORE),
            or_(Practice.asked_at.is_(None), Practice.asked_at < Practice.confirmed_at),
        )
        .order_by(Practice.confirmed_at, Practice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.asked_at = caller.now
        notices.ask_still(session, caller, row, rules=rules)


def sink(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Has what nobody has confirmed for a year go to the end of the list."""
    old = Practice.status == PracticeStatus.PUBLISHED, Practice.confirmed_at <= caller.now - YEAR
    rows = select(Practice).where(*old).order_by(Practice.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    for row in session.scalars(rows).all():
        move(row, PracticeStatus.SUNK)


EVERY_MINUTE = (ask_still, sink)
EVERY_HOUR = ()
