"""Reading surveys: what a version asks, the next question, what is offered to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, bindparam, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diagnostics.models import Attempt, AttemptStatus, Instrument, InstrumentKind, InstrumentVersion, VersionStatus
from db.diagnostics.offering import chosen, offers
from db.diagnostics.rules import retest_on
from db.dictionaries.queries import rules as region_rules
from db.errors import ConflictError, NotFoundError
from db.surveys.content import Question, SurveyContent
from db.surveys.models import SurveyReply
from db.surveys.rules import Reply, next_question

# A published version never changes, so its content is read once; a pool lives as long as its engine.
_read: WeakKeyDictionary[Pool, dict[int, SurveyContent]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class SurveyStep:
    """Where somebody stands in a survey and what to ask next; no `question` when all have a reply."""

    attempt_id: int
    content: SurveyContent
    question: Question | None
    replies: Mapping[str, Reply]


@dataclass(frozen=True, slots=True)
class SurveyHome:
    """What a survey opens with: the next question, else its first page, with the day of the last replies if any.

    `next_on` is the first local day on which one may reply again.
    """

    instrument_id: int
    content: SurveyContent
    step: SurveyStep | None = None
    last_at: datetime | None = None
    next_on: date | None = None


def as_content(content: Mapping[str, Any]) -> SurveyContent:
    """A version's content as an object. Raises SettingsError that names the place and the remedy."""
    return SurveyContent.read(content, pack=str(content.get("key", "")))


def content(session: Session, *, version_id: int) -> SurveyContent:
    """Returns what a version asks. Raises NotFoundError, for a version of a questionnaire too."""
    bind = session.get_bind()
    pool = (bind.engine if isinstance(bind, Connection) else bind).pool
    known = _read.setdefault(pool, {})
    if version_id not in known:
        found = session.scalar(_CONTENT, {"version": version_id})
        if found is None:
            raise NotFoundError
        known[version_id] = as_content(found)
    return known[version_id]


def home(session: Session, caller: PersonCaller, *, instrument_id: int | None = None) -> SurveyHome | None:
    """Returns what a survey opens with for a person, the asked one or the first that is offered, if any.

    Raises DomainError `diagnostics_not_offered` for one that is for others.
    """
    found = offers(session, person_id=caller.person_id, kind=InstrumentKind.SURVEY)
    if not found and instrument_id is None:
        return None
    one = chosen(found, instrument_id)
    if one.open_id is not None:
        here = step(session, caller, attempt_id=one.open_id)
        return SurveyHome(one.instrument_id, here.content, here)
    version_id = one.version_id or session.scalar(_VERSION, {"attempt": one.last_id}) or 0
    again = retest_on(one.last_at, region_rules(session), caller.zone) if one.last_at else None
    return SurveyHome(one.instrument_id, content(session, version_id=version_id), None, one.last_at, again)


def step(session: Session, caller: PersonCaller, *, attempt_id: int, question: str | None = None) -> SurveyStep:
    """Returns a question of an open walk: the asked one, else the next without a reply.

    Raises NotFoundError for a foreign one or an unknown question, ConflictError `diagnostics_closed`.
    """
    attempt = own(session, caller, attempt_id)
    asked = content(session, version_id=attempt.version_id)
    if attempt.status is not AttemptStatus.IN_PROGRESS:
        raise ConflictError("diagnostics_closed")
    known = replies(session, attempt_id=attempt_id)
    if question is None:
        return SurveyStep(attempt_id, asked, next_question(asked, known), known)
    found = asked.question(question)
    if found is None:
        raise NotFoundError
    return SurveyStep(attempt_id, asked, found, known)


def following(session: Session, caller: PersonCaller, *, attempt_id: int, question: str) -> SurveyStep:
    """Returns the question after one that has a reply. Raises as `step`."""
    here = step(session, caller, attempt_id=attempt_id, question=question)
    after = next_question(here.content, here.replies, after=question)
    return SurveyStep(attempt_id, here.content, after, here.replies)


def own(session: Session, caller: PersonCaller, attempt_id: int, *, locked: bool = False) -> Attempt:
    """Returns the person's own walk. Raises NotFoundError."""
    attempt = session.get(Attempt, attempt_id, with_for_update=locked or None, populate_existing=locked)
    if attempt is None or attempt.person_id != caller.person_id:
        raise NotFoundError
    return attempt


def replies(session: Session, *, attempt_id: int) -> dict[str, Reply]:
    """Returns every reply of a walk by its question."""
    return {row.question: Reply(tuple(row.chosen), row.words) for row in session.execute(_REPLIES, {"own": attempt_id})}


_CONTENT = (
    select(InstrumentVersion.content)
    .join(Instrument)
    .where(
        InstrumentVersion.id == bindparam("version"),
        Instrument.kind == InstrumentKind.SURVEY,
        InstrumentVersion.status != VersionStatus.DRAFT,
    )
)
_VERSION = select(Attempt.version_id).where(Attempt.id == bindparam("attempt"))
_REPLIES = select(SurveyReply.question, SurveyReply.chosen, SurveyReply.words).where(
    SurveyReply.attempt_id == bindparam("own")
)
