"""Puts the next round of a broadcast's notices into the outbox."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.broadcasts.models import Broadcast, BroadcastStatus
from db.broadcasts.rules import A_ROUND, WORTH_SAYING
from db.broadcasts.staff_queries import left, waits
from db.broadcasts.staff_services import BROADCAST, put_in
from db.caller import Caller
from db.dictionaries.rules import Rules
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.people.models import Person
from db.transitions import move


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts the next round of notices in, by the people's ids, the oldest broadcast first; none in quiet hours.

    Never more than `A_ROUND` wait at once: a slow line makes the rounds smaller, and nothing that is to be said of
    something else waits behind a hundred thousand people.
    """
    going = session.scalars(
        select(Broadcast).where(Broadcast.status == BroadcastStatus.GOING).order_by(Broadcast.id).with_for_update()
    ).all()
    if not going or is_quiet(caller.now, rules=rules, zone=caller.zone):
        return
    due = select(func.count()).where(
        Notice.status == NoticeStatus.PENDING, Notice.due_at <= caller.now, Notice.kind == BROADCAST
    )
    room = A_ROUND - (session.scalar(due) or 0)
    for broadcast in going:
        if room <= 0:
            return
        room -= _tell(session, caller, broadcast, room)


def _tell(session: Session, caller: Caller, broadcast: Broadcast, most: int) -> int:
    people: list[int] = []
    if broadcast.started_at is not None and caller.now < broadcast.started_at + WORTH_SAYING:
        # Against an erasure at the same moment: it comes first, and its person is not told, or after.
        following = (
            left(broadcast).order_by(Person.id).limit(most).with_for_update(of=Person, read=True, key_share=True)
        )
        people = list(session.scalars(following))
    if not people:
        if not waits(session, broadcast_id=broadcast.id):
            move(broadcast, BroadcastStatus.DONE)
            broadcast.ended_at = caller.now
        return 0
    put_in(session, caller, broadcast, people)
    return len(people)


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
