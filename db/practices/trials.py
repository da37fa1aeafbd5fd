"""Trying a colleague's practice: it becomes the next step of the own route, then a line says how it was applied."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, joinedload

from db import texts
from db.caller import PersonCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.practices import experts, services
from db.practices.models import Practice, PracticeTrial
from db.practices.rules import FOUND, LINE, SHORTEST
from db.routes import services as routes
from db.routes.models import ItemStatus, RouteItem

STEP_LENGTH = 280


def take(session: Session, caller: PersonCaller, *, practice_id: int) -> RouteItem:
    """Makes a practice the next step of the own route; while that is open, it is the same step.

    Raises NotFoundError, ConflictError `practice_own`, DomainError `route_full`.
    """
    row = _published(session, caller, practice_id)
    trial = _trial(session, caller, row.id)
    if trial is not None and trial.item is not None and trial.item.status is ItemStatus.OPEN:
        return trial.item
    text = f"{row.title}. {row.lesson}"
    text = text if len(text) <= STEP_LENGTH else text[: STEP_LENGTH - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    codes = row.component_codes
    item = routes.take_found(session, caller, text=text, component=codes[0] if codes else None)
    if trial is None:
        trial = PracticeTrial(practice_id=row.id, person_id=caller.person_id, taken_at=caller.now)
        session.add(trial)
    trial.item_id = item.id
    session.flush()
    return item


def apply(session: Session, caller: PersonCaller, *, practice_id: int, word: str) -> Practice:
    """Says in a line how a practice was applied: it counts once a person, and keeps the practice alive.

    A later line takes the place of the one before. Raises NotFoundError, ConflictError `practice_own`, DomainError
    `practice_short`, `practice_long`.
    """
    row = _published(session, caller, practice_id)
    word = texts.clean(word)
    if len(word) < SHORTEST:
        raise DomainError("practice_short", least=SHORTEST)
    if len(word) > LINE:
        raise DomainError("practice_long", length=len(word), limit=LINE)
    trial = _trial(session, caller, row.id)
    if trial is None:
        trial = PracticeTrial(practice_id=row.id, person_id=caller.person_id, taken_at=caller.now)
        session.add(trial)
    if trial.applied_at is None:
        row.adopted += 1
    trial.applied_at, trial.word = caller.now, word
    services.alive(session, caller, row)
    session.flush()
    return row


def mine(session: Session, caller: PersonCaller) -> Sequence[PracticeTrial]:
    """Lists what one tries or has applied of what is still to be found, the last first."""
    return session.scalars(
        select(PracticeTrial)
        .join(Practice)
        .where(PracticeTrial.person_id == caller.person_id, Practice.status.in_(FOUND))
        .options(joinedload(PracticeTrial.practice))
        .order_by(PracticeTrial.taken_at.desc(), PracticeTrial.id.desc())
    ).all()


def recount(session: Session, which: ColumnElement[bool]) -> None:
    """Counts again who applied these practices, after some of the lines went to another or went away."""
    there = select(func.count()).where(PracticeTrial.practice_id == Practice.id, PracticeTrial.applied_at.is_not(None))
    session.execute(update(Practice).where(which).values(adopted=there.scalar_subquery()))
    session.expire_all()


def _published(session: Session, caller: PersonCaller, practice_id: int) -> Practice:
    row = experts.lock(session, practice_id)
    if row.status not in FOUND:
        raise NotFoundError
    if row.proposer_id == caller.person_id or any(one.person_id == caller.person_id for one in row.authors):
        raise ConflictError("practice_own")
    return row


def _trial(session: Session, caller: PersonCaller, practice_id: int) -> PracticeTrial | None:
    return session.scalar(
        select(PracticeTrial)
        .where(PracticeTrial.practice_id == practice_id, PracticeTrial.person_id == caller.person_id)
        .options(joinedload(PracticeTrial.item))
    )
