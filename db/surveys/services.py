"""Walking through a survey of needs: start, replies, the end."""

from sqlalchemy.orm import Session

from db import texts
from db.caller import PersonCaller
from db.diagnostics import services as diagnostics
from db.diagnostics.models import AttemptStatus, InstrumentKind
from db.errors import ConflictError, NotFoundError, StaleError
from db.notices import services as notices
from db.people.models import Person
from db.surveys import queries
from db.surveys.content import Question, QuestionKind
from db.surveys.models import SurveyReply
from db.surveys.notices import UNFINISHED
from db.surveys.queries import SurveyStep
from db.surveys.rules import Reply, choose, counted, next_question
from db.upsert import insert


def start_or_resume(session: Session, caller: PersonCaller, *, instrument_id: int | None = None) -> SurveyStep:
    """Starts a survey, else the first that is offered, or goes on with the open one; returns its next question.

    Raises DomainError `diagnostics_too_early` with the local `day` from which one may reply again,
    `diagnostics_no_instrument`, `diagnostics_not_offered`, NotFoundError for an unknown person.
    """
    attempt_id = diagnostics.open_attempt(session, caller, kind=InstrumentKind.SURVEY, instrument_id=instrument_id)
    return queries.step(session, caller, attempt_id=attempt_id)


def pick(
    session: Session, caller: PersonCaller, *, attempt_id: int, question: str, number: int, on: bool
) -> SurveyStep:
    """Chooses an option by its number from 0, or takes it back; the same tap again changes nothing.

    Returns the next question; where several may be chosen, the same one. Raises NotFoundError for a foreign walk,
    ConflictError `diagnostics_closed`, StaleError, DomainError `surveys_most`.
    """
    here = _locked(session, caller, attempt_id, question)
    asked = _asked(here)
    if not 0 <= number < len(asked.options):
        raise StaleError
    before = here.replies.get(question, Reply()).chosen
    return _keep(session, caller, here, Reply(choose(asked, before, asked.options[number].code, on=on)))


def reply(
    session: Session, caller: PersonCaller, *, attempt_id: int, question: str, said: Reply | None = None
) -> SurveyStep:
    """Keeps what was typed, or nothing for «не хочу отвечать»; returns the next question. Raises as `pick`."""
    here = _locked(session, caller, attempt_id, question)
    kept = said or Reply()
    words = texts.clean(kept.words) if kept.words else None
    return _keep(session, caller, here, Reply(kept.chosen, words), stay=False)


def finish(session: Session, caller: PersonCaller, *, attempt_id: int) -> str:
    """Closes a survey, so that reports may count it; returns its own thanks. Closed already, the same thanks.

    Raises NotFoundError for a foreign one, ConflictError `diagnostics_unfinished` while replies are missing.
    """
    person = session.get(Person, caller.person_id, with_for_update=True)
    attempt = queries.own(session, caller, attempt_id, locked=True)
    content = queries.content(session, version_id=attempt.version_id)
    if person is None:
        raise NotFoundError
    if attempt.status is AttemptStatus.COMPLETED:
        return content.finish
    known = queries.replies(session, attempt_id=attempt_id)
    if next_question(content, known) is not None:
        raise ConflictError("diagnostics_unfinished")
    forms = {question.code: question.form for question in content.questions}
    diagnostics.close(session, caller, attempt, person, scores=counted(content, known), forms=forms)
    notices.cancel(session, key=f"{UNFINISHED}:{attempt_id}")
    return content.finish


def _locked(session: Session, caller: PersonCaller, attempt_id: int, question: str) -> SurveyStep:
    """The person's own open walk at one question; a tap and the end wait for each other."""
    queries.own(session, caller, attempt_id, locked=True)
    return queries.step(session, caller, attempt_id=attempt_id, question=question)


def _asked(here: SurveyStep) -> Question:
    if here.question is None:
        raise NotFoundError
    return here.question


def _keep(session: Session, caller: PersonCaller, here: SurveyStep, said: Reply, *, stay: bool = True) -> SurveyStep:
    asked = _asked(here)
    row = insert(session, SurveyReply).values(
        attempt_id=here.attempt_id,
        question=asked.code,
        chosen=list(said.chosen),
        words=said.words,
        replied_at=caller.now,
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["attempt_id", "question"],
            set_={name: row.excluded[name] for name in ("chosen", "words", "replied_at")},
        )
    )
    known = {**here.replies, asked.code: said}
    if stay and asked.kind is QuestionKind.MANY:
        return SurveyStep(here.attempt_id, here.content, asked, known)
    return SurveyStep(here.attempt_id, here.content, next_question(here.content, known, after=asked.code), known)
