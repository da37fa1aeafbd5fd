"""What an expert says of a practice; the second sees nothing of the first before the own word is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from db import texts
from db.caller import Caller, PersonCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.practices.models import Practice, PracticeExpert, PracticeStatus, PracticeVerdict
from db.practices.notices import of_expert
from db.practices.rules import SHORTEST, TEXT

MAY_ANSWER = (PracticeStatus.SENT, PracticeStatus.EXPERTISE)


@dataclass(frozen=True, slots=True)
class ExpertTask:
    """A practice that one is to look at, and the own word on it. Who wrote it is not said."""

    id: int
    practice: Practice
    verdict: PracticeVerdict | None
    remark: str


def tasks(session: Session, caller: PersonCaller) -> Sequence[ExpertTask]:
    """Lists what one is still to look at, the oldest first."""
    waits = and_(_own(caller), PracticeExpert.verdict.is_(None))
    rows = session.scalars(_select(waits).order_by(PracticeExpert.id)).all()
    return [_task(row) for row in rows]


def task(session: Session, caller: PersonCaller, *, expert_id: int) -> ExpertTask:
    """Returns what one is to look at, or what one said. Raises NotFoundError once it is decided."""
    row = session.scalar(_select(and_(_own(caller), PracticeExpert.id == expert_id)))
    if row is None:
        raise NotFoundError
    return _task(row)


def looked_at(session: Session, caller: PersonCaller, *, practice_id: int) -> Practice | None:
    """Returns a practice that one is to look at or has said a word on, until it is decided; none otherwise."""
    row = session.scalar(_select(and_(_own(caller), PracticeExpert.practice_id == practice_id)))
    return row.practice if row is not None else None


def review(
    session: Session, caller: PersonCaller, *, expert_id: int, verdict: PracticeVerdict, remark: str
) -> ExpertTask:
    """Keeps an expert's verdict with the remark, once. Raises NotFoundError, ConflictError `practice_answered`."""
    found = session.scalar(select(PracticeExpert.practice_id).where(PracticeExpert.id == expert_id))
    lock(session, found or 0)
    row = session.scalar(_select(and_(_own(caller), PracticeExpert.id == expert_id)))
    if row is None:
        raise NotFoundError
    answer(session, caller, row, verdict=verdict, remark=remark)
    return _task(row)


def answer(session: Session, caller: Caller, row: PracticeExpert, *, verdict: PracticeVerdict, remark: str) -> None:
    """Writes the verdict and the remark of a locked practice's expert.

    Raises ConflictError `practice_answered`, DomainError `practice_short`, `practice_long`.
    """
    remark = texts.clean(remark)
    if row.verdict is not None:
        raise ConflictError("practice_answered")
    if len(remark) < SHORTEST:
        raise DomainError("practice_short", least=SHORTEST)
    if len(remark) > TEXT:
        raise DomainError("practice_long", length=len(remark), limit=TEXT)
    row.verdict, row.remark, row.answered_at = verdict, remark, caller.now
    notices.cancel_prefix(session, prefix=of_expert(row))
    session.flush()
    if row.person_id is not None:
        day, title = caller.now.astimezone(caller.zone).date(), row.practice.title
        diary.note(
            session,
            caller,
            person_id=row.person_id,
            source=DiarySource.REVIEW,
            source_id=row.id,
            on=day,
            text=title,
        )


def lock(session: Session, practice_id: int) -> Practice:
    """Returns a practice, locked: whoever appoints, answers or decides waits here. Raises NotFoundError."""
    row = session.get(Practice, practice_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def _own(caller: PersonCaller) -> ColumnElement[bool]:
    return and_(
        PracticeExpert.person_id == caller.person_id,
        PracticeExpert.turn == Practice.turn,
        Practice.status.in_(MAY_ANSWER),
    )


def _select(which: ColumnElement[bool]) -> Select[PracticeExpert]:
    return (
        select(PracticeExpert)
        .join(Practice)
        .where(which)
        .options(joinedload(PracticeExpert.practice).selectinload(Practice.files))
    )


def _task(row: PracticeExpert) -> ExpertTask:
    return ExpertTask(row.id, row.practice, row.verdict, row.remark)
