"""A person's self-diagnosis: as a file, and its end."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.diagnostics import blocks
from db.diagnostics.content import DECLINED, NEED
from db.diagnostics.models import (
    Answer,
    Attempt,
    AttemptStatus,
    ComponentScore,
    Instrument,
    InstrumentKind,
    InstrumentVersion,
)
from db.reassign import reassign

PLACE = 20
_DIAGNOSES = Attempt.instrument_id.in_(select(Instrument.id).where(Instrument.kind == InstrumentKind.DIAGNOSIS))


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many self-diagnoses."""
    return {"attempts": select(func.count()).where(Attempt.person_id == person_id, _DIAGNOSES)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every attempt with its answers in words and its scores."""
    attempts = session.scalars(
        select(Attempt)
        .where(Attempt.person_id == person_id, _DIAGNOSES)
        .options(joinedload(Attempt.version).joinedload(InstrumentVersion.instrument))
        .order_by(Attempt.id)
    ).all()
    ids = [attempt.id for attempt in attempts]
    answers: dict[int, list[Answer]] = defaultdict(list)
    for answer in session.scalars(select(Answer).where(Answer.attempt_id.in_(ids)).order_by(Answer.answered_at)):
        answers[answer.attempt_id].append(answer)
    scores: dict[int, list[ComponentScore]] = defaultdict(list)
    for score in session.scalars(select(ComponentScore).where(ComponentScore.attempt_id.in_(ids))):
        scores[score.attempt_id].append(score)
    return {"attempts": [_attempt(one, answers[one.id], scores[one.id]) for one in attempts]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Closes what was opened to a mentor or the methodists; an open attempt simply waits for its erasure."""
    opened = or_(Attempt.shared_with_mentor, Attempt.shared_with_methodist)
    closed = (
        update(Attempt)
        .where(Attempt.person_id == person_id, opened)
        .values(shared_with_mentor=False, shared_with_methodist=False)
        .returning(Attempt.id)
    )
    return {"closed": len(session.scalars(closed).all())}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes attempts, of surveys too, answers and scores. Sums of groups stay: see `blocks`."""
    ids = select(Attempt.id).where(Attempt.person_id == person_id)
    blocks.forget_last(session, ComponentScore.person_id == person_id)
    session.execute(delete(ComponentScore).where(ComponentScore.attempt_id.in_(ids)))
    session.execute(delete(Answer).where(Answer.attempt_id.in_(ids)))
    gone = session.scalars(delete(Attempt).where(Attempt.person_id == person_id).returning(Attempt.id)).all()
    return {"attempts": len(gone)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every attempt with its scores; of two open ones of an instrument the own goes on.

    The later result is the last one.
    """
    open_ = Attempt.status == AttemptStatus.IN_PROGRESS
    mine = session.scalars(select(Attempt.instrument_id).where(Attempt.person_id == kept_id, open_)).all()
    free = or_(~open_, Attempt.instrument_id.not_in(mine))
    reassign(session, Attempt.person_id, kept_id=kept_id, gone_id=gone_id, only=[free])
    reassign(session, ComponentScore.person_id, kept_id=kept_id, gone_id=gone_id)
    last: dict[int, int] = {}
    done = select(Attempt).where(Attempt.person_id == kept_id, Attempt.status == AttemptStatus.COMPLETED)
    attempts = session.scalars(done.order_by(Attempt.completed_at, Attempt.id)).all()
    for attempt in attempts:
        last[attempt.instrument_id] = attempt.id
    former = [attempt.id for attempt in attempts if attempt.id not in last.values()]
    blocks.forget_last(session, ComponentScore.attempt_id.in_(former))
    superseded = update(ComponentScore).where(ComponentScore.attempt_id.in_(former), ComponentScore.latest)
    session.execute(superseded.values(latest=False))


def _attempt(attempt: Attempt, answers: list[Answer], scores: list[ComponentScore]) -> dict[str, Any]:
    questions, options = _questions(attempt.version.content), _options(attempt.version.content)
    return {
        "instrument": attempt.version.instrument.title,
        "version": attempt.version.version,
        "status": attempt.status.value,
        "started_at": attempt.started_at,
        "completed_at": attempt.completed_at,
        "shared_with_mentor": attempt.shared_with_mentor,
        "shared_with_methodist": attempt.shared_with_methodist,
        "answers": [
            {
                "question": questions.get(answer.item, answer.item),
                "value": answer.value,
                "words": _said(options.get(answer.item, []), answer.value, attempt.version.content),
                "answered_at": answer.answered_at,
            }
            for answer in answers
        ],
        "scores": [
            {
                "component": questions.get(score.component, score.component),
                "level": score.level,
                "deficit": score.deficit,
                "need": score.need,
                "priority": score.priority,
            }
            for score in scores
        ],
    }


def _questions(content: dict[str, Any]) -> dict[str, str]:
    """The words of each item and component by its code."""
    found: dict[str, str] = {}
    for component in content.get("components", []):
        found[component["code"]] = component.get("title", component["code"])
        for item in component.get("items", []):
            found[item["code"]] = item.get("text", item["code"])
        found[NEED.format(component=component["code"])] = component.get("need", {}).get("text", component["code"])
    return found


def _options(content: dict[str, Any]) -> dict[str, list[str]]:
    """The words of each item's answers by its code, in the order of their values."""
    found: dict[str, list[str]] = {}
    for component in content.get("components", []):
        for item in component.get("items", []):
            found[item["code"]] = item.get("anchors", [])
        found[NEED.format(component=component["code"])] = component.get("need", {}).get("options", [])
    return found


def _said(options: list[str], value: int | None, content: dict[str, Any]) -> str | None:
    if value == DECLINED:
        return str(content.get("declined", {}).get("label", "")) or None
    return options[value] if value is not None and value < len(options) else None
