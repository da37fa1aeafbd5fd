"""Reading diagnostics: the content of versions, the next question, results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Pool, bindparam, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.diagnostics import rules as scoring
from db.diagnostics.content import Component, Item, Level, Questionnaire, parse
from db.diagnostics.models import (
    Answer,
    Attempt,
    AttemptStatus,
    ComponentScore,
    Instrument,
    InstrumentKind,
    InstrumentVersion,
    VersionStatus,
)
from db.diagnostics.offering import Offer, chosen, offers, own_surveys, spent, stepped
from db.diagnostics.rules import Score
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.errors import ConflictError, NotFoundError

DEFAULT_INSTRUMENT = "teacher"
# A published version never changes, so its content is parsed once. One process may serve several databases (tests do),
# and a version's number means something within one of them only; a pool lives as long as its engine.
_parsed: WeakKeyDictionary[Pool, dict[int, Questionnaire]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Step:
    """Where an attempt stands and what to ask next; no `item` when all is answered."""

    attempt_id: int
    questionnaire: Questionnaire
    item: Item | None
    answers: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """One line of a result. `level` is empty where too little was answered; `change` where there is no former level.

    `steady` says that the change is within the instrument's own error, `renewed` that the former result answered other
    questions and can't be compared. For the owner alone: `hardest` is the item answered lowest, `mark` its answer,
    `moves` what was answered otherwise the last time.
    """

    component: Component
    score: Score
    level: Level | None
    change: float | None
    before: float | None
    steady: bool = False
    renewed: bool = False
    hardest: Item | None = None
    mark: int = 0
    moves: tuple[scoring.ItemMove, ...] = ()

    @property
    def points(self) -> tuple[Item, ...]:
        """Items that are a difficulty of their own."""
        return tuple(item for item in self.component.items if item.code in self.score.point_deficits)


@dataclass(frozen=True, slots=True)
class Result:
    """A closed attempt by today's cuts. `retest_on` is the first local day of the next self-diagnosis.

    `last`: there is no later one; `readable`: it is open to methodists and they may read it; `answers` and
    `minutes`: for the owner. A level moves by `band` points without a change.
    """

    attempt_id: int
    instrument_id: int
    person_id: int
    questionnaire: Questionnaire
    completed_at: datetime
    components: tuple[ComponentResult, ...]
    previous_at: datetime | None
    shared_with_mentor: bool
    shared_with_methodist: bool
    retest_on: date
    last: bool
    readable: bool = False
    answers: scoring.Answers = field(default_factory=dict, repr=False)
    band: int = Rules().change_band
    minutes: int = 0

    def of(self, score: Score | None) -> ComponentResult | None:
        """The line of a score."""
        return next((line for line in self.components if line.score is score), None)

    @property
    def scores(self) -> tuple[Score, ...]:
        """The scores in the questionnaire's order."""
        return tuple(line.score for line in self.components)

    @property
    def strongest(self) -> ComponentResult | None:
        """The component with the highest level."""
        return self.of(scoring.strongest(self.scores))

    @property
    def weakest(self) -> ComponentResult | None:
        """The component with the lowest level, where one stands out."""
        return self.of(scoring.weakest(self.scores))

    @property
    def first(self) -> ComponentResult | None:
        """The one component to begin with: what is said of it is the same wherever it is said.

        The highest priority; where nothing was wished there, one that has one of the two hardest items goes before.
        """
        top = self.of(scoring.first(self.scores))
        if top is None or top.score.need or self._is_hard(top):
            return top
        return next((line for line in self._by_priority if line.level and self._is_hard(line)), top)

    @property
    def step(self) -> ComponentResult | None:
        """The component whose hardest item the one step is for: one of the person's two hardest items.

        The one to begin with; where that was a wish and others are harder, the first of those.
        """
        first = self.first
        if first is None or self._is_hard(first):
            return first
        return next((line for line in self._by_priority if self._is_hard(line)), first)

    @property
    def in_order(self) -> tuple[ComponentResult, ...]:
        """The components, the one of the step first, then the one to begin with, then by priority."""
        begin = self.step, self.first
        known = [line for number, line in enumerate(begin) if line is not None and line not in begin[:number]]
        return (*known, *(line for line in self._by_priority if line not in known))

    @property
    def strong(self) -> bool:
        """Whether all that is known is high and nothing is a difficulty: there is something to share."""
        return scoring.is_strong(self.questionnaire.components, self.scores, self.answers)

    @property
    def _by_priority(self) -> tuple[ComponentResult, ...]:
        return tuple(sorted(self.components, key=lambda line: -(line.score.priority or 0.0)))

    def _is_hard(self, line: ComponentResult) -> bool:
        """Whether its hardest item is one of the person's two: never what goes well while something does not."""
        return line.hardest is not None and line.mark <= scoring.hard_mark(self.questionnaire.components, self.answers)

    @property
    def priorities(self) -> tuple[ComponentResult, ...]:
        """Up to two components to help with first."""
        lines = (self.of(score) for score in scoring.priorities(self.scores))
        return tuple(line for line in lines if line is not None)


@dataclass(frozen=True, slots=True)
class DiagnosticsHome:
    """What /diagnostics opens: the next question, else the last result, else the questionnaire's first page.

    Where several instruments are offered and none is asked for, only these `offers`. `surveys` are those of needs that
    the person has not replied to yet.
    """

    offers: Sequence[Offer]
    surveys: Sequence[Offer] = ()
    instrument_id: int | None = None
    step: Step | None = None
    result: Result | None = None
    questionnaire: Questionnaire | None = None


def questionnaire(session: Session, *, version_id: int) -> Questionnaire:
    """Returns the content of a version, parsed once. Raises NotFoundError, for a survey's version too."""
    bind = session.get_bind()
    pool = (bind.engine if isinstance(bind, Connection) else bind).pool
    versions = _parsed.setdefault(pool, {})
    found = versions.get(version_id)
    if found is not None:
        return found
    version = session.get(InstrumentVersion, version_id)
    if version is None or version.instrument.kind is not InstrumentKind.DIAGNOSIS:
        raise NotFoundError
    parsed = parse(version.content)
    if version.status is not VersionStatus.DRAFT:
        versions[version_id] = parsed
    return parsed


def published_version(session: Session, *, key: str = DEFAULT_INSTRUMENT) -> int | None:
    """Returns the version of an instrument that newcomers get."""
    return session.scalar(_PUBLISHED, {"key": key})


def home(session: Session, caller: PersonCaller, *, instrument_id: int | None = None) -> DiagnosticsHome:
    """Returns what a person's diagnostics open with, of one instrument where it is asked for or the only one."""
    found, surveys = offers(session, person_id=caller.person_id), own_surveys(session, caller)
    if not found or (instrument_id is None and len(found) > 1):
        return DiagnosticsHome(found, surveys)
    one = chosen(found, instrument_id)
    if one.open_id is not None:
        return DiagnosticsHome(found, surveys, one.instrument_id, step=step(session, caller, attempt_id=one.open_id))
    if one.last_id is not None:
        last = result_of(session, caller, person_id=caller.person_id, attempt_id=one.last_id, last_id=one.last_id)
        return DiagnosticsHome(found, surveys, one.instrument_id, result=last)
    content = questionnaire(session, version_id=one.version_id) if one.version_id else None
    return DiagnosticsHome(found, surveys, one.instrument_id, questionnaire=content)


def step(session: Session, caller: PersonCaller, *, attempt_id: int, item: str | None = None) -> Step:
    """Returns a question of an open attempt: the asked one, else the next without an answer.

    Raises NotFoundError for a foreign attempt or an unknown item, ConflictError `diagnostics_closed`.
    """
    attempt = session.connection().execute(_ATTEMPT, {"attempt": attempt_id}).first()
    if attempt is None or attempt.person_id != caller.person_id:
        raise NotFoundError
    if attempt.status is not AttemptStatus.IN_PROGRESS:
        raise ConflictError("diagnostics_closed")
    content = questionnaire(session, version_id=attempt.version_id)
    given = answers(session, attempt_id=attempt_id)
    if item is not None and item not in content.places:
        raise NotFoundError
    asked = scoring.next_item(content, given) if item is None else content.items[content.place(item)]
    return Step(attempt_id, content, asked, given)


def answers(session: Session, *, attempt_id: int) -> dict[str, int | None]:
    """Returns every answer of an attempt by its item."""
    given: dict[str, int | None] = dict(session.connection().execute(_ANSWERS, {"attempt": attempt_id}).all())
    return given


def result(session: Session, caller: PersonCaller, *, attempt_id: int) -> Result:
    """Returns the person's own closed attempt beside the one before it. Raises NotFoundError."""
    return result_of(session, caller, person_id=caller.person_id, attempt_id=attempt_id)


def result_of(
    session: Session,
    caller: Caller,
    *,
    person_id: int,
    attempt_id: int,
    seen_by: Literal["mentor", "methodist"] | None = None,
    last_id: int | None = None,
) -> Result:
    """Returns a closed attempt of this very person beside the one before it. Raises NotFoundError.

    `last_id` is the person's last one by its instrument where it is known already. `seen_by` another than the owner:
    the one before is left out unless it is open to them too, for the difference would give it away.
    """
    attempt = session.get(Attempt, attempt_id)
    if attempt is None or attempt.person_id != person_id or attempt.completed_at is None:
        raise NotFoundError
    before = _neighbour(session, attempt)
    seen = {None: True, "mentor": before and before.shared_with_mentor, "methodist": before and before.readable}
    if not seen[seen_by]:
        before = None
    last_id = last_id or session.scalar(_LAST, {"person": person_id, "instrument": attempt.instrument_id})
    rows: dict[int, list[ComponentScore]] = {attempt.id: []}
    for row in session.scalars(_SCORES, {"attempts": [attempt.id, before.id if before else attempt.id]}):
        rows.setdefault(row.attempt_id, []).append(row)
    rules = region_rules(session)
    content = stepped(session, attempt, questionnaire(session, version_id=attempt.version_id))
    earlier = rows.get(before.id, []) if before else []
    former = questionnaire(session, version_id=before.version_id) if before else None
    given = {} if seen_by else answers(session, attempt_id=attempt_id)
    was = answers(session, attempt_id=before.id) if before and not seen_by else {}
    return Result(
        attempt_id=attempt.id,
        instrument_id=attempt.instrument_id,
        person_id=person_id,
        questionnaire=content,
        completed_at=attempt.completed_at,
        components=lines(content, rows[attempt.id], earlier, rules, given, former, was),
        previous_at=before.completed_at if before else None,
        shared_with_mentor=attempt.shared_with_mentor,
        shared_with_methodist=attempt.shared_with_methodist,
        retest_on=scoring.retest_on(attempt.completed_at, rules, caller.zone),
        last=last_id in (None, attempt.id),
        readable=attempt.readable,
        answers=given,
        band=rules.change_band,
        minutes=0 if seen_by else spent(session, attempt),
    )


def lines(
    content: Questionnaire,
    rows: Sequence[ComponentScore],
    before: Sequence[ComponentScore],
    rules: Rules,
    given: scoring.Answers,
    former: Questionnaire | None = None,
    was: scoring.Answers | None = None,
) -> tuple[ComponentResult, ...]:
    """Gives stored scores the questionnaire's words, in its order; bands and borders by the rules of today.

    `given` are the answers, nothing for whoever may not see them; `former` is the version of the result `before`, `was`
    its answers.
    """
    scores = {row.component: _score(row, rules) for row in rows}
    same = scoring.comparable_components(content, former or content)
    earlier = [_score(row, rules) for row in before if row.component in same]
    moved = scoring.changes(list(scores.values()), earlier)
    levels = {one.component: one.level for one in earlier}
    renewed = {row.component for row in before} - same
    found: list[ComponentResult] = []
    for component in content.components:
        one = scores.get(component.code)
        if one is None:
            continue
        words = None if one.deficit is None else content.levels[scoring.level_index(one.deficit, rules.deficit_cuts)]
        change, hardest = moved.get(component.code), scoring.hardest(component, given)
        found.append(
            ComponentResult(
                component,
                one,
                words,
                change,
                levels.get(component.code),
                steady=change is not None and scoring.is_steady(change, rules),
                hardest=hardest,
                renewed=component.code in renewed,
                mark=(given[hardest.code] if hardest else None) or 0,
                moves=tuple(scoring.moves(component, was or {}, given)) if component.code in same else (),
            )
        )
    return tuple(found)


def opened_to_mentor(session: Session, caller: PersonCaller, *, person_id: int) -> Result | None:
    """Returns the last result that a mentee opened to the mentor; whoever asks here has been found to be the mentor."""
    attempt_id = session.scalar(_OPENED, {"person": person_id})
    if attempt_id is None:
        return None
    return result_of(session, caller, person_id=person_id, attempt_id=attempt_id, seen_by="mentor")


def _neighbour(session: Session, attempt: Attempt) -> Attempt | None:
    """The closed attempt before this one on the same instrument."""
    asked = {"person": attempt.person_id, "instrument": attempt.instrument_id, "before": attempt.completed_at}
    return session.scalar(_BEFORE, asked)


def _score(row: ComponentScore, rules: Rules) -> Score:
    return Score(
        component=row.component,
        level=row.level,
        deficit=row.deficit,
        need=row.need,
        priority=row.priority,
        borderline=row.deficit is not None and scoring.is_borderline(row.deficit, rules),
        point_deficits=tuple(row.point_deficits),
    )


# Asked at every tap of diagnostics: built once, for building a statement costs more than running it.
_PUBLISHED = (
    select(InstrumentVersion.id)
    .join(Instrument)
    .where(
        Instrument.key == bindparam("key"),
        Instrument.kind == InstrumentKind.DIAGNOSIS,
        InstrumentVersion.status == VersionStatus.PUBLISHED,
    )
)
_OWN = Attempt.person_id == bindparam("person")
_BY = Attempt.instrument_id == bindparam("instrument")
_LAST = (
    select(Attempt.id)
    .where(_OWN, _BY, Attempt.completed_at.is_not(None))
    .order_by(Attempt.completed_at.desc(), Attempt.id.desc())
    .limit(1)
)
_OPENED = (
    select(Attempt.id)
    .where(_OWN, Attempt.completed_at.is_not(None), Attempt.shared_with_mentor)
    .order_by(Attempt.completed_at.desc())
    .limit(1)
)
_BEFORE = (
    select(Attempt)
    .where(_OWN, _BY, Attempt.completed_at < bindparam("before"))
    .order_by(Attempt.completed_at.desc())
    .limit(1)
)
# Rows alone, over the connection: «Назад» needs no objects that a Session looks after.
_ATTEMPT = select(Attempt.person_id, Attempt.status, Attempt.version_id).where(Attempt.id == bindparam("attempt"))
_ANSWERS = select(Answer.item, Answer.value).where(Answer.attempt_id == bindparam("attempt"))
_SCORES = select(ComponentScore).where(ComponentScore.attempt_id.in_(bindparam("attempts", expanding=True)))
