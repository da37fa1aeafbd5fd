"""A person's mentoring pairs: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Term
from db.errors import DomainError
from db.mentoring import services
from db.mentoring.mentors import components
from db.mentoring.models import Meeting, Mentor, MentorDirection, MentorStrength, MentorWish, Pair
from db.mentoring.notices import prefix, tell
from db.mentoring.rules import HOLDING
from db.notices import services as notices
from db.reassign import reassign

PLACE = 50


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many pairs, and whether the person is in the base of mentors or looked for one."""
    return {
        "pairs": select(func.count()).where(_mine(person_id)),
        "mentor": select(func.count()).where(Mentor.person_id == person_id),
        "mentor_wishes": select(func.count()).where(MentorWish.person_id == person_id),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Pairs and meetings, without the other person's name: that is the other person's own data."""
    pairs = session.scalars(select(Pair).where(_mine(person_id)).order_by(Pair.id)).all()
    meetings: dict[int, list[Meeting]] = {pair.id: [] for pair in pairs}
    for meeting in session.scalars(
        select(Meeting).where(Meeting.pair_id.in_(list(meetings))).order_by(Meeting.planned_at)
    ):
        meetings[meeting.pair_id].append(meeting)
    titles = components(session)
    strengths = select(MentorStrength.component).where(MentorStrength.person_id == person_id)
    directions = (
        select(Term.name)
        .join(MentorDirection, MentorDirection.direction_id == Term.id)
        .where(MentorDirection.person_id == person_id)
    )
    wishes = select(MentorWish).where(MentorWish.person_id == person_id).order_by(MentorWish.id)
    return {
        "mentor": [
            {
                "places": mentor.places,
                "paused": mentor.paused,
                "weekly_summary": mentor.digest,
                "summary_at": mentor.digest_at,
                "declared_at": mentor.declared_at,
                "strengths": sorted(titles.get(code, code) for code in session.scalars(strengths)),
                "directions": sorted(session.scalars(directions)),
            }
            for mentor in session.scalars(select(Mentor).where(Mentor.person_id == person_id))
        ],
        "mentor_wishes": [
            {"component": titles.get(one.component or ""), "asked_at": one.asked_at, "closed_at": one.closed_at}
            for one in session.scalars(wishes)
        ],
        "pairs": [
            {
                "role": "mentor" if pair.mentor_id == person_id else "mentee",
                "status": pair.status.value,
                "goals": pair.goals,
                "component": titles.get(pair.component or ""),
                "reason": pair.end_reason.value if pair.end_reason else None,
                "started_at": pair.started_at,
                "ended_at": pair.ended_at,
                "meetings": [
                    {
                        "planned_at": one.planned_at,
                        "status": one.status.value,
                        "kind": one.kind.value,
                        "topic": one.topic,
                        "outcome": one.outcome,
                    }
                    for one in meetings[pair.id]
                ],
            }
            for pair in pairs
        ],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Finishes the person's pairs, takes planned meetings back and tells the other one."""
    pairs = session.scalars(
        select(Pair).where(_mine(person_id), Pair.status.in_(HOLDING)).order_by(Pair.id).with_for_update()
    ).all()
    session.execute(update(Mentor).where(Mentor.person_id == person_id).values(paused=True, digest=False))
    wished = MentorWish.person_id == person_id, MentorWish.closed_at.is_(None)
    session.execute(update(MentorWish).where(*wished).values(closed_at=caller.now))
    for pair in pairs:
        ended = services.end(session, caller, pair=pair)
        other = pair.mentee_id if person_id == pair.mentor_id else pair.mentor_id
        if ended is not None and other in ended.person_ids:
            tell(session, caller, pair, other, ended.kind, "finished:left")
    session.flush()
    return {"pairs": len(pairs)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes what was written about the pair; dates of meetings stay for the other one."""
    counts = stop(session, caller, person_id=person_id)
    ids = select(Pair.id).where(_mine(person_id))
    session.execute(update(Meeting).where(Meeting.pair_id.in_(ids)).values(topic=None, outcome=None))
    session.execute(update(Pair).where(_mine(person_id)).values(goals=None, component=None))
    for model in (MentorWish, MentorStrength, MentorDirection, Mentor):
        session.execute(delete(model).where(model.person_id == person_id))
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
    own = select(Pair).where(_mine(kept_id) | _mine(gone_id), Pair.status.in_(HOLDING))
    pairs = session.scalars(own.order_by(Pair.id).with_for_update()).all()
    kept = {(pair.mentor_id, pair.mentee_id) for pair in pairs if gone_id not in (pair.mentor_id, pair.mentee_id)}
    for pair in pairs:
        then = tuple(kept_id if one == gone_id else one for one in (pair.mentor_id, pair.mentee_id))
        if then[0] == then[1]:
            raise DomainError("merge_pair")
        if gone_id in (pair.mentor_id, pair.mentee_id) and then in kept:
            services.end(session, caller, pair=pair)
    session.flush()
    wishes = select(MentorWish).where(MentorWish.person_id.in_((kept_id, gone_id)), MentorWish.closed_at.is_(None))
    for wish in session.scalars(wishes.order_by(MentorWish.person_id == kept_id)).all()[:-1]:
        wish.closed_at = caller.now  # one wish is open, that of the kept one where both have it
    session.flush()
    reassign(session, MentorWish.person_id, kept_id=kept_id, gone_id=gone_id)
    if session.get(Mentor, kept_id) is None:  # a second declaration stays with its former number
        for column in (Mentor.person_id, MentorStrength.person_id, MentorDirection.person_id):
            reassign(session, column, kept_id=kept_id, gone_id=gone_id)
    reassign(session, Pair.mentor_id, kept_id=kept_id, gone_id=gone_id, only=[Pair.mentee_id != kept_id])
    reassign(session, Pair.mentee_id, kept_id=kept_id, gone_id=gone_id, only=[Pair.mentor_id != kept_id])


def _mine(person_id: int) -> Any:
    return or_(Pair.mentor_id == person_id, Pair.mentee_id == person_id)
