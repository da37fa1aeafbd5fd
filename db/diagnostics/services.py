"""Walking through a self-diagnosis: start, answers, result, sharing, reminders."""

import enum
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.base import UtcDateTime
from db.caller import Caller, PersonCaller
from db.diagnostics import blocks, queries
from db.diagnostics import rules as scoring
from db.diagnostics.content import DECLINED
from db.diagnostics.models import Answer, Attempt, AttemptStatus, ComponentScore, InstrumentKind
from db.diagnostics.notices import FILE, FINISHED, RETEST, UNFINISHED
from db.diagnostics.offering import Offer, chosen, offers
from db.diagnostics.queries import Result, Step
from db.dictionaries.queries import rules as region_rules
from db.errors import ConflictError, DomainError, NotFoundError, StaleError
from db.notices import services as notices
from db.people.models import Person
from db.transitions import move


class ResultReader(enum.StrEnum):
    """To whom a person may open an own result."""

    MENTOR = "mentor"
    METHODIST = "methodist"


def start_or_resume(session: Session, caller: PersonCaller, *, instrument_id: int | None = None) -> Step:
    """Starts an attempt by an instrument, else by the first that is offered, or goes on with the open one.

    Returns its next question. Raises DomainError `diagnostics_too_early` with the local `day` from which the next one
    may begin, `diagnostics_no_instrument`, `diagnostics_not_offered`, NotFoundError for an unknown person.
    """
    attempt_id = open_attempt(session, caller, kind=InstrumentKind.DIAGNOSIS, instrument_id=instrument_id)
    return queries.step(session, caller, attempt_id=attempt_id)


def open_attempt(
    session: Session, caller: PersonCaller, *, kind: InstrumentKind, instrument_id: int | None = None
) -> int:
    """Returns the open attempt by an instrument of a kind, begun now where there is none. Raises as its callers say."""
    # The person's row is the lock: starting and finishing happen one after another.
    if session.get(Person, caller.person_id, with_for_update=True) is None:
        raise NotFoundError
    offer = chosen(offers(session, person_id=caller.person_id, kind=kind), instrument_id)
    if offer.open_id is not None:
        return offer.open_id
    if offer.last_at is not None:
        day = scoring.retest_on(offer.last_at, region_rules(session), caller.zone)
        if caller.now.astimezone(caller.zone).date() < day:
            raise DomainError("diagnostics_too_early", day=day)
        notices.cancel(session, key=f"{RETEST}:{offer.last_id}")
    return _begin(session, caller, offer)


def _begin(session: Session, caller: PersonCaller, offer: Offer) -> int:
    if offer.version_id is None:
        raise DomainError("diagnostics_not_offered")
    attempt = Attempt(
        person_id=caller.person_id,
        instrument_id=offer.instrument_id,
        version_id=offer.version_id,
        status=AttemptStatus.IN_PROGRESS,
        started_at=caller.now,
    )
    session.add(attempt)
    session.flush()
    return attempt.id


_ANSWER = cast(Table, Answer.__table__)
_ATTEMPT = cast(Table, Attempt.__table__)


def _keeping(dialect: Any) -> Any:
    """One statement that checks the attempt and keeps the answer: this is what every tap runs.

    The shared lock makes a tap and the closing of the attempt wait for each other on PostgreSQL.
    """
    allowed = (
        select(
            _ATTEMPT.c.id,
            bindparam("item", type_=_ANSWER.c.item.type),
            bindparam("value", type_=_ANSWER.c.value.type),
            bindparam("now", type_=UtcDateTime()),
        )
        .where(
            _ATTEMPT.c.id == bindparam("attempt_id"),
            _ATTEMPT.c.person_id == bindparam("person_id"),
            _ATTEMPT.c.status == AttemptStatus.IN_PROGRESS,
        )
        .with_for_update(read=True)
    )
    statement = dialect.insert(_ANSWER).from_select(["attempt_id", "item", "value", "answered_at"], allowed)
    version = select(_ATTEMPT.c.version_id).where(_ATTEMPT.c.id == bindparam("attempt_id")).scalar_subquery()
    return statement.on_conflict_do_update(
        index_elements=["attempt_id", "item"],
        set_={"value": statement.excluded.value, "answered_at": statement.excluded.answered_at},
    ).returning(version)


_KEEP = {"sqlite": _keeping(sqlite), "postgresql": _keeping(postgresql)}
_GIVEN = select(_ANSWER.c.item, _ANSWER.c.value).where(_ANSWER.c.attempt_id == bindparam("attempt_id"))


def answer(session: Session, caller: PersonCaller, *, attempt_id: int, item: str, value: int | None) -> Step:
    """Keeps an answer and returns the question after it; repeating it changes nothing.

    None means «не про мою работу», DECLINED «не хочу отвечать». Two statements, no objects: this runs 36 times for each
    person. Raises NotFoundError for a foreign attempt, ConflictError `diagnostics_closed` for a closed one, StaleError
    for what can't be answered so.
    """
    if value is not None and not 0 <= value <= DECLINED:
        raise StaleError
    connection = session.connection()
    version_id = connection.scalar(
        _KEEP[connection.dialect.name],
        {"attempt_id": attempt_id, "person_id": caller.person_id, "item": item, "value": value, "now": caller.now},
    )
    if version_id is None:
        raise _why_refused(session, caller.person_id, attempt_id)
    content = queries.questionnaire(session, version_id=version_id)
    place = content.places.get(item)
    if place is None or not scoring.answer_fits(content.items[place], value):
        raise StaleError  # the transaction takes the answer back
    given: dict[str, int | None] = dict(connection.execute(_GIVEN, {"attempt_id": attempt_id}).all())
    return Step(attempt_id, content, scoring.next_item(content, given, after=item), given)


def _why_refused(session: Session, person_id: int, attempt_id: int) -> DomainError:
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.person_id != person_id:
        return NotFoundError()
    return ConflictError("diagnostics_closed")


def finish(session: Session, caller: PersonCaller, *, attempt_id: int) -> Result:
    """Closes an attempt, writes its scores and owes their picture; closed already, the same result comes back.

    Raises NotFoundError for a foreign attempt, ConflictError `diagnostics_unfinished` while answers are missing.
    """
    person = session.get(Person, caller.person_id, with_for_update=True)
    attempt = session.get(Attempt, attempt_id, with_for_update=True)
    if person is None or attempt is None or attempt.person_id != caller.person_id:
        raise NotFoundError
    if attempt.status is AttemptStatus.COMPLETED:
        return queries.result(session, caller, attempt_id=attempt_id)
    content = queries.questionnaire(session, version_id=attempt.version_id)
    given = queries.answers(session, attempt_id=attempt_id)
    if scoring.next_item(content, given) is not None:
        raise ConflictError("diagnostics_unfinished")
    forms = {component.code: component.form for component in content.components}
    close(session, caller, attempt, person, scores=scoring.score(content, given, region_rules(session)), forms=forms)
    notices.cancel(session, key=f"{UNFINISHED}:{attempt_id}")
    notices.owe(
        session,
        caller,
        key=f"{FINISHED}:{attempt_id}",
        person_id=caller.person_id,
        kind=FINISHED,
        params={"attempt": attempt_id},
    )
    return queries.result(session, caller, attempt_id=attempt_id)


def order_file(session: Session, caller: PersonCaller, *, attempt_id: int, request: str) -> bool:
    """Owes the person an own result as a file, once for a request. Returns whether it is new. Raises NotFoundError."""
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.person_id != caller.person_id or attempt.completed_at is None:
        raise NotFoundError
    return notices.owe(
        session,
        caller,
        key=f"{FILE}:{attempt_id}:{request}",
        person_id=caller.person_id,
        kind=FILE,
        params={"attempt": attempt_id},
    )


def close(
    session: Session,
    caller: PersonCaller,
    attempt: Attempt,
    person: Person,
    *,
    scores: Sequence[scoring.Score],
    forms: Mapping[str, str],
) -> None:
    """Closes an open attempt whose row and whose person's are locked, with its scores by component."""
    move(attempt, AttemptStatus.COMPLETED)
    attempt.completed_at, attempt.reminded_at = caller.now, None
    attempt.municipality_id = person.municipality_id
    _unmark_latest(session, attempt)
    session.add_all(score_row(attempt, one, person, form=forms[one.component]) for one in scores)


def reminded(caller: Caller, attempt: Attempt) -> None:
    """Notes that what is due of an attempt in its present status has been dealt with."""
    attempt.reminded_at = caller.now


def score_row(attempt: Attempt, score: scoring.Score, person: Person, *, form: str) -> ComponentScore:
    """Makes the row of a closed attempt that reports count, for one component; place and position are of that day."""
    if attempt.completed_at is None:
        raise ValueError("scores are written for a closed attempt")
    return ComponentScore(
        attempt_id=attempt.id,
        component=score.component,
        form=form,
        person_id=attempt.person_id,
        municipality_id=attempt.municipality_id,
        organisation_id=person.organisation_id,
        position_id=person.position_id,
        level=score.level,
        deficit=score.deficit,
        need=score.need,
        priority=score.priority,
        borderline=score.borderline,
        point_deficits=list(score.point_deficits),
        completed_at=attempt.completed_at,
        latest=True,
    )


def _unmark_latest(session: Session, attempt: Attempt) -> None:
    """`latest` is one per person and instrument."""
    same = select(Attempt.id).where(
        Attempt.person_id == attempt.person_id, Attempt.instrument_id == attempt.instrument_id
    )
    former = (ComponentScore.person_id == attempt.person_id, ComponentScore.attempt_id.in_(same))
    blocks.forget_last(session, *former)
    session.execute(update(ComponentScore).where(*former, ComponentScore.latest).values(latest=False))


def set_sharing(
    session: Session, caller: PersonCaller, *, attempt_id: int, audience: ResultReader, opened: bool
) -> Result:
    """Opens or closes an own result to the mentor or to methodists; the same word twice changes nothing.

    Raises NotFoundError for a foreign or unfinished attempt.
    """
    attempt = session.get(Attempt, attempt_id, with_for_update=True)
    if attempt is None or attempt.person_id != caller.person_id or attempt.completed_at is None:
        raise NotFoundError
    column = f"shared_with_{audience.value}"
    if getattr(attempt, column) is not opened:
        setattr(attempt, column, opened)
        if audience is ResultReader.METHODIST and opened:
            blocks.disclose(session, attempt)
        session.flush()
        audit.record(
            session,
            caller,
            action="diagnostics.opened" if opened else "diagnostics.closed",
            object_type="attempt",
            object_id=attempt_id,
            subject_person_id=caller.person_id,
            municipality_id=attempt.municipality_id,
            audience=audience.value,
        )
    return queries.result(session, caller, attempt_id=attempt_id)
