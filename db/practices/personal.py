"""A person's practices, trials and words as an expert: as a file, their end, and in one hand after a merging."""

from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.caller import Caller
from db.notices import services as notices
from db.practices import services
from db.practices.models import Practice, PracticeAuthor, PracticeExpert, PracticeFile, PracticeStatus, PracticeTrial
from db.practices.notices import of_expert
from db.practices.rules import WITHDRAWABLE
from db.practices.trials import recount
from db.reassign import reassign
from db.transitions import move

PLACE = 58


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many practices one wrote, tried and looked at."""
    return {
        "practices": select(func.count()).select_from(Practice).where(_of(person_id)),
        "practice_trials": select(func.count()).where(PracticeTrial.person_id == person_id),
        "practice_reviews": select(func.count()).where(PracticeExpert.person_id == person_id),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What one wrote, tried and said of others' practices; whose those are is not said."""
    written = session.scalars(select(Practice).where(_of(person_id)).order_by(Practice.id))
    tried = session.execute(
        select(Practice.title, PracticeTrial)
        .join(Practice, Practice.id == PracticeTrial.practice_id)
        .where(PracticeTrial.person_id == person_id)
        .order_by(PracticeTrial.id)
    )
    looked_at = session.execute(
        select(Practice.title, PracticeExpert)
        .join(Practice, Practice.id == PracticeExpert.practice_id)
        .where(PracticeExpert.person_id == person_id)
        .order_by(PracticeExpert.id)
    )
    return {
        "practices": [_told(row) for row in written],
        "practice_trials": [
            {"title": title, "taken_at": row.taken_at, "applied_at": row.applied_at, "word": row.word}
            for title, row in tried
        ],
        "practice_reviews": [
            {
                "title": title,
                "appointed_at": row.appointed_at,
                "answered_at": row.answered_at,
                "verdict": row.verdict.value if row.verdict else None,
                "remark": row.remark,
            }
            for title, row in looked_at
        ],
    }


def _told(row: Practice) -> dict[str, Any]:
    return {
        "status": row.status.value,
        "title": row.title,
        "audience": row.audience,
        "lesson": row.lesson,
        "result": row.result,
        "made_at": row.made_at,
        "sent_at": row.sent_at,
        "decided_at": row.decided_at,
        "authors": [one.name for one in row.authors if one.name],
        "files": [one.scan.file_name for one in row.files],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes back one's practices, which show a name to everybody, and what one is still to look at."""
    own = Practice.proposer_id == person_id, Practice.status.in_(WITHDRAWABLE)
    rows = session.scalars(select(Practice).where(*own).order_by(Practice.id).with_for_update(of=Practice)).all()
    for row in rows:
        services.end(session, row)
    session.execute(delete(PracticeAuthor).where(PracticeAuthor.person_id == person_id))
    _dismiss(session, PracticeExpert.person_id == person_id)
    session.flush()
    return {"practices": len(rows)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes one's practices with their files, and one's trials; a remark stays with its practice, without a name.

    `files` are the stored names to delete after the commit.
    """
    gone = stop(session, caller, person_id=person_id)
    mine = select(Practice.id).where(Practice.proposer_id == person_id)
    theirs = select(PracticeFile).where(PracticeFile.practice_id.in_(mine)).order_by(PracticeFile.id)
    files = []
    for one in session.scalars(theirs).all():
        files.append(one.scan.stored_name)
        services.forget_file(session, one)
    tried = set(session.scalars(select(PracticeTrial.practice_id).where(PracticeTrial.person_id == person_id)))
    session.execute(delete(PracticeTrial).where(PracticeTrial.person_id == person_id))
    session.execute(delete(PracticeTrial).where(PracticeTrial.practice_id.in_(mine)))
    session.execute(update(PracticeExpert).where(PracticeExpert.person_id == person_id).values(person_id=None))
    session.execute(delete(Practice).where(Practice.proposer_id == person_id))
    recount(session, Practice.id.in_(tried))
    return {**gone, "files": files}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves all of it; of two trials or authorships of one practice one stays, the one that was applied first."""
    session.flush()
    # Nobody is the expert or a further author of an own practice, nor tries it.
    both = select(Practice.id).where(Practice.proposer_id.in_((kept_id, gone_id)))
    two = (kept_id, gone_id)
    _dismiss(session, PracticeExpert.person_id.in_(two) & PracticeExpert.practice_id.in_(both))
    session.execute(
        delete(PracticeAuthor).where(PracticeAuthor.person_id.in_(two), PracticeAuthor.practice_id.in_(both))
    )
    reassign(session, Practice.proposer_id, kept_id=kept_id, gone_id=gone_id)
    for column in (PracticeAuthor.person_id, PracticeExpert.person_id):
        alike = [PracticeExpert.practice_id, PracticeExpert.turn] if column.class_ is PracticeExpert else None
        reassign(session, column, kept_id=kept_id, gone_id=gone_id, alike=alike or [PracticeAuthor.practice_id])
    session.execute(delete(PracticeAuthor).where(PracticeAuthor.person_id == gone_id))
    session.execute(update(PracticeExpert).where(PracticeExpert.person_id == gone_id).values(person_id=None))
    _merge_trials(session, kept_id=kept_id, gone_id=gone_id)


def _merge_trials(session: Session, *, kept_id: int, gone_id: int) -> None:
    touched = set(session.scalars(select(PracticeTrial.practice_id).where(PracticeTrial.person_id == gone_id)))
    other = aliased(PracticeTrial)
    applied = exists().where(
        other.practice_id == PracticeTrial.practice_id, other.person_id == gone_id, other.applied_at.is_not(None)
    )
    unapplied = PracticeTrial.person_id == kept_id, PracticeTrial.applied_at.is_(None)
    session.execute(delete(PracticeTrial).where(*unapplied, applied))
    reassign(session, PracticeTrial.person_id, kept_id=kept_id, gone_id=gone_id, alike=[PracticeTrial.practice_id])
    session.execute(delete(PracticeTrial).where(PracticeTrial.person_id == gone_id))
    recount(session, Practice.id.in_(touched))


def _dismiss(session: Session, which: ColumnElement[bool]) -> None:
    """Frees the places of experts who have not answered: their practices wait for others."""
    rows = session.scalars(select(PracticeExpert).where(which, PracticeExpert.verdict.is_(None))).all()
    for one in rows:
        row = session.get_one(Practice, one.practice_id, with_for_update=True)
        notices.cancel_prefix(session, prefix=of_expert(one))
        if row.status is PracticeStatus.EXPERTISE and one.turn == row.turn:
            move(row, PracticeStatus.SENT)
        session.delete(one)
    session.flush()


def _of(person_id: int) -> ColumnElement[bool]:
    further = select(PracticeAuthor.practice_id).where(PracticeAuthor.person_id == person_id)
    return or_(Practice.proposer_id == person_id, Practice.id.in_(further))
