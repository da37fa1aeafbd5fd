"""A person's mentoring pairs: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.errors import DomainError
from db.mentoring import services
from db.mentoring.models import Meeting, Pair, PairStatus
from db.mentoring.notices import FINISHED, prefix, tell
from db.notices import services as notices
from db.reassign import reassign

PLACE = 50


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many pairs."""
    return {"pairs": select(func.count()).where(_mine(person_id))}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Pairs and meetings, without the other person's name: that is the other person's own data."""
    pairs = session.scalars(select(Pair).where(_mine(person_id)).order_by(Pair.id)).all()
    meetings: dict[int, list[Meeting]] = {pair.id: [] for pair in pairs}
    for meeting in session.scalars(
        select(Meeting).where(Meeting.pair_id.in_(list(meetings))).order_by(Meeting.planned_at)
    ):
        meetings[meeting.pair_id].append(meeting)
    return {
        "pairs": [
            {
                "role": "mentor" if pair.mentor_id == person_id else "mentee",
                "status": pair.status.value,
                "goals": pair.goals,
                "started_at": pair.started_at,
                "ended_at": pair.ended_at,
                "meetings": [
                    {
                        "planned_at": one.planned_at,
                        "status": one.status.value,
                        "topic": one.topic,
                        "outcome": one.outcome,
                    }
                    for one in meetings[pair.id]
                ],
            }
            for pair in pairs
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Finishes the person's pairs, takes planned meetings back and tells the other one."""
    pairs = session.scalars(
        select(Pair).where(_mine(person_id), Pair.status == PairStatus.ACTIVE).order_by(Pair.id).with_for_update()
    ).all()
    for pair in pairs:
        services.end(session, caller, pair=pair)
        other = pair.mentee_id if person_id == pair.mentor_id else pair.mentor_id
        tell(session, caller, pair, other, FINISHED, "finished:left")
    session.flush()
    return {"pairs": len(pairs)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes what was written about the pair; dates of meetings stay for the other one."""
    counts = stop(session, caller, person_id=person_id)
    ids = select(Pair.id).where(_mine(person_id))
    session.execute(update(Meeting).where(Meeting.pair_id.in_(ids)).values(topic=None, outcome=None))
    session.execute(update(Pair).where(_mine(person_id)).values(goals=None))
    for pair in session.scalars(select(Pair).where(_mine(person_id))):
        # What the other one was told has the name and words in it; the message does without.
        both = (pair.mentor_id, pair.mentee_id)
        for name in ("name", "text"):
            notices.drop_param(session, prefix=prefix(pair.id), person_ids=both, name=name)
    return counts


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every pair; a second one with the same other person ends.

    A pair of the two themselves that has ended stays. Raises DomainError `merge_pair` where one is the other's mentor.
    """
    own = select(Pair).where(_mine(kept_id) | _mine(gone_id), Pair.status == PairStatus.ACTIVE)
    pairs = session.scalars(own.order_by(Pair.id).with_for_update()).all()
    kept = {(pair.mentor_id, pair.mentee_id) for pair in pairs if gone_id not in (pair.mentor_id, pair.mentee_id)}
    for pair in pairs:
        then = tuple(kept_id if one == gone_id else one for one in (pair.mentor_id, pair.mentee_id))
        if then[0] == then[1]:
            raise DomainError("merge_pair")
        if gone_id in (pair.mentor_id, pair.mentee_id) and then in kept:
            services.end(session, caller, pair=pair)
    session.flush()
    reassign(session, Pair.mentor_id, kept_id=kept_id, gone_id=gone_id, only=[Pair.mentee_id != kept_id])
    reassign(session, Pair.mentee_id, kept_id=kept_id, gone_id=gone_id, only=[Pair.mentor_id != kept_id])


def _mine(person_id: int) -> Any:
    return or_(Pair.mentor_id == person_id, Pair.mentee_id == person_id)
