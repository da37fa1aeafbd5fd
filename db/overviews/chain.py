"""Follows the service's work from its goals to what came of it: the management chain, link by link.

Every fact of a link is one that a page shows, by the query and with the masking of that page, and it names the page
that opens it. A link that nothing fills says what is missing: a gap that is named can be closed.
"""

import enum
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from db.advice import staff_queries as advice
from db.advice.staff_queries import REGION, AdviceFilter
from db.caller import StaffCaller
from db.diagnostics import staff_queries as diagnostics
from db.diagnostics.models import VersionStatus
from db.diagnostics.queries import DEFAULT_INSTRUMENT, published_version
from db.documents import queries as documents
from db.indicators import staff_queries as indicators
from db.indicators import waves
from db.indicators.models import WaveStatus
from db.indicators.staff_queries import Board, IndicatorLine, MeasureLine
from db.indicators.waves import WaveRow
from db.memos.rules import MemoKind, MemoPart
from db.memos.wording import MemoAsked
from db.motions import staff_queries as motions
from db.motions.models import MotionStatus
from db.motions.staff_queries import MotionFilter
from db.motions.wording import change_text, name_text
from db.overviews import demand, figures, groups
from db.overviews.coverage import Coverage, coverage, means
from db.overviews.memo_service import plan_stands
from db.plans import queries as plans
from db.plans.models import PointKind
from db.plans.rules import LineState
from db.programmes import staff_queries as programmes
from db.projects import staff_queries as projects
from db.projects.models import CellStatus
from db.reports import attendance
from db.reports.attendance import By
from db.reports.rules import Trend

NEWEST = 5
"""Waves, and accepted proposals whose figures are told then and now: so many of the newest."""
WIDTHS = (2, 5, 2)


class ChainLink(enum.StrEnum):
    """The links in their order."""

    GOALS = "goals"
    INDICATORS = "indicators"
    METHODS = "methods"
    MONITORING = "monitoring"
    ANALYSIS = "analysis"
    RECOMMENDATIONS = "recommendations"
    MEASURES = "measures"
    DECISIONS = "decisions"
    EFFECT = "effect"


class ChainPage(enum.StrEnum):
    """Where a fact stands in the panel."""

    TASKS = "tasks"
    PROJECTS = "projects"
    DOCUMENTS = "documents"
    INDICATORS = "indicators"
    VERSION = "version"
    WAVE = "wave"
    COVERAGE = "coverage"
    DEFICITS = "deficits"
    DEMAND = "demand"
    ADVICE = "advice"
    STEPS = "steps"
    PLAN = "plan"
    PROGRAMMES = "programmes"
    MATRIX = "matrix"
    EVENTS = "events"
    GROUPS = "groups"
    MOTIONS = "motions"
    MOTION = "motion"


@dataclass(frozen=True, slots=True)
class ChainFact:
    """A sentence with the page that opens it, and what is opened there: a number or a code, else the page as it is."""

    text: str
    page: ChainPage
    key: int | str = ""


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A link with what fills it; `gap` says what is missing where nothing does."""

    link: ChainLink
    title: str
    facts: Sequence[ChainFact]
    gap: str


def chain(session: Session, asked: MemoAsked) -> list[ChainStep]:
    """Returns every link as far as the account reaches."""
    read, found = _ChainRead(session, asked), []
    for link in ChainLink:
        facts = list(FILLED[link](read))
        gap = "" if facts else asked.t.plain(f"memos.chain.gap.{link}")
        found.append(ChainStep(link, asked.t.plain(f"memos.chain.link.{link}"), facts, gap))
    return found


def part(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells the chain as a part of a memo: how much of it is filled, its gaps, and a table of all facts."""
    steps = chain(session, asked)
    filled = sum(1 for one in steps if one.facts)
    said = [asked.say("chain.filled", n=filled, every=len(steps))]
    said += [asked.say("chain.gap", title=one.title, gap=one.gap) for one in steps if one.gap]
    rows = [
        [one.title if fact is one.facts[0] else "", fact.text, asked.t.plain(f"memos.chain.page.{fact.page}")]
        for one in steps
        for fact in one.facts
    ]
    head = asked.head("link", "fact", "where")
    tables = [asked.table("chain", head, rows, "chain", WIDTHS)] if rows else []
    return MemoPart(MemoKind.CHAIN, asked.t.plain("memos.kind.chain"), said, tables)


@dataclass(frozen=True)
class _ChainRead:
    """What is asked for, and what more than one link is told from: read once."""

    session: Session
    asked: MemoAsked

    @property
    def caller(self) -> StaffCaller:
        return self.asked.caller

    @cached_property
    def board(self) -> Board | None:
        """The monitoring as its page opens; an account without any municipality has none."""
        reach = self.caller.scope.municipality_ids
        return None if reach is not None and not reach else indicators.board(self.session, self.caller)

    @cached_property
    def begun(self) -> Sequence[WaveRow]:
        """The waves that have begun, the newest first."""
        known = waves.waves(self.session, self.caller)
        return [one for one in known if one.wave.status is not WaveStatus.PLANNED][:NEWEST]

    @cached_property
    def covered(self) -> Coverage:
        """Whom the self-diagnosis has reached, with the table of deficits."""
        asked = self.asked
        return asked.once(self.session, coverage, centre_id=asked.centre_id, municipality_id=asked.municipality_id)

    def fact(self, page: ChainPage, what: str, key: int | str = "", /, **params: object) -> ChainFact:
        """A sentence with its page."""
        return ChainFact(self.asked.t.plain(f"memos.chain.fact.{what}", None, **params), page, key)


def _goals(read: _ChainRead) -> Iterator[ChainFact]:
    """Goals, tasks and results of plans, projects, and the documents that the service stands on."""
    points = Counter(one.kind for one in plans.points(read.session))
    goals, tasks, results = (points[one] for one in (PointKind.GOAL, PointKind.TASK, PointKind.RESULT))
    if goals or tasks or results:
        yield read.fact(ChainPage.TASKS, "points", goals=goals, tasks=tasks, results=results)
    if many := sum(len(rows) for _, rows in projects.portfolios(read.session, read.caller)):
        yield read.fact(ChainPage.PROJECTS, "projects", many=many)
    if many := len(documents.documents(read.session)):
        yield read.fact(ChainPage.DOCUMENTS, "documents", many=many)


def _indicators(read: _ChainRead) -> Iterator[ChainFact]:
    """How many indicators there are, of how many the period has a value, and whose act is in force no more."""
    board = read.board
    if board is None or not board.lists:
        return
    many = sum(one.total for one in board.lists)
    yield read.fact(ChainPage.INDICATORS, "indicators", many=many, lists=len(board.lists))
    if board.period is not None:
        told = sum(1 for line in _lines(board) if any(_is_told(one) for one in line.measures))
        whose = board.municipality.name if board.municipality else read.asked.t.plain("memos.reach.region")
        name = "values_fixed" if board.fixing else "values"
        yield read.fact(ChainPage.INDICATORS, name, title=board.period.title, whose=whose, told=told, every=many)
    if board.expired:
        yield read.fact(ChainPage.INDICATORS, "expired", many=len(board.expired))


def _methods(read: _ChainRead) -> Iterator[ChainFact]:
    """What is measured by: the published versions of instruments."""
    for one in diagnostics.versions(read.session):
        if one.status is VersionStatus.PUBLISHED and one.published_at is not None:
            day = read.asked.day(one.published_at.astimezone(read.caller.zone).date())
            yield read.fact(ChainPage.VERSION, "version", one.id, title=one.title, version=one.version, day=day)


def _monitoring(read: _ChainRead) -> Iterator[ChainFact]:
    """The waves that have begun, and whom the self-diagnosis has reached."""
    for one in read.begun:
        name = "wave" if one.expected is None else "wave_of"
        people = {"people": one.people, "expected": one.expected}
        yield read.fact(ChainPage.WAVE, name, one.wave.id, title=one.wave.title, **people)
    for row in read.covered.rows:
        if row.passed or row.nearly_all:
            name = "nearly_all" if row.nearly_all else "passed"
            yield read.fact(ChainPage.COVERAGE, name, name=row.name, passed=row.passed, every=row.count)


def _analysis(read: _ChainRead) -> Iterator[ChainFact]:
    """What the results say: the largest deficit, and for what nothing is offered."""
    heat = read.covered.heat
    if heat is None:
        return
    known = means(heat)
    if not known:
        return
    most, name = max(known)
    yield read.fact(ChainPage.DEFICITS, "deficits", people=heat.total.people, name=name, most=most)
    missing, every = demand.unmet(read.session, read.caller)
    yield read.fact(ChainPage.DEMAND, "demand", missing=missing, every=every)


def _recommendations(read: _ChainRead) -> Iterator[ChainFact]:
    """Advice of the service and of each centre, and the steps that follow from an answer."""
    caller = read.caller
    if many := advice.count(read.session, caller, wanted=AdviceFilter(centre_id=REGION)):
        yield read.fact(ChainPage.ADVICE, "advice", REGION, many=many)
    for centre_id, name in advice.centres(read.session, caller):
        if many := advice.count(read.session, caller, wanted=AdviceFilter(centre_id=centre_id)):
            yield read.fact(ChainPage.ADVICE, "advice_of", centre_id, name=name, many=many)
    if published_version(read.session) is not None:
        steps = diagnostics.steps(read.session, instrument=DEFAULT_INSTRUMENT)
        if told := sum(1 for one in steps if one.step):
            yield read.fact(ChainPage.STEPS, "steps", told=told, every=len(steps))


def _measures_taken(read: _ChainRead) -> Iterator[ChainFact]:
    """Lines of every plan, recommendations fulfilled by centres, programmes and events."""
    caller = read.caller
    for one in plans.plans(read.session):
        states = plan_stands(read.session, read.asked, one).states
        if every := sum(states.values()):
            done, late = (states.get(state, 0) for state in (LineState.DONE, LineState.OVERDUE))
            yield read.fact(ChainPage.PLAN, "plan", one.code, title=one.title, every=every, done=done, late=late)
    matrix = projects.matrix(read.session, caller)
    if every := len(matrix.recommendations) * len(matrix.centres):
        yield read.fact(ChainPage.MATRIX, "matrix", every=every, done=matrix.count(CellStatus.FULFILLED))
    if offered := programmes.programmes(read.session, caller):
        runs = sum(one.runs for one in offered)
        yield read.fact(ChainPage.PROGRAMMES, "programmes", many=len(offered), runs=runs)
    held = attendance.attendance(read.session, caller, by=By.MONTH, since=read.asked.since).total
    if held.events:
        yield read.fact(ChainPage.EVENTS, "events", many=held.events, came=held.attended, past=held.past)


def _decisions(read: _ChainRead) -> Iterator[ChainFact]:
    """Decisions of groups, and proposals by figures with their answers."""
    total = read.asked.once(read.session, groups.report, since=read.asked.since).total
    if total.decisions:
        params = {"meetings": total.meetings, "many": total.decisions, "done": total.done}
        yield read.fact(ChainPage.GROUPS, "decisions", **params)
    if read.caller.scope.sees_names:
        states = motions.motions(read.session, read.caller, wanted=MotionFilter(), limit=0).statuses
        if any(states.values()):
            params = {one.value: states.get(one, 0) for one in MotionStatus}
            yield read.fact(ChainPage.MOTIONS, "motions", **params)


def _effect(read: _ChainRead) -> Iterator[ChainFact]:
    """Figures of accepted proposals then and now, and how indicators and waves have changed."""
    caller = read.caller
    if caller.scope.sees_names:
        accepted = MotionFilter(status=MotionStatus.ACCEPTED)
        for row in motions.motions(read.session, caller, wanted=accepted, limit=NEWEST).rows:
            then = row.figure
            change = change_text(read.asked.t, then, figures.figure_now(read.session, caller, then=then))
            name = name_text(read.asked.t, then)
            yield read.fact(ChainPage.MOTION, "motion", row.motion.id, name=name, change=change)
    board = read.board
    if board is not None and board.before is not None:
        changes = Counter(line.change for line in _measures(board))
        if any(changes[one] for one in COMPARED):
            yield read.fact(ChainPage.INDICATORS, "changes", title=board.before.title, **_counted(changes))
    card = waves.card(read.session, caller, wave_id=read.begun[0].wave.id) if read.begun else None
    if card is not None and card.before is not None:
        changes = Counter(one.change for one in card.changes)
        if any(changes[one] for one in COMPARED):
            titles = {"title": card.row.wave.title, "before": card.before.wave.title}
            yield read.fact(ChainPage.WAVE, "wave_changes", card.row.wave.id, **titles, **_counted(changes))


COMPARED = (Trend.GREW, Trend.FELL, Trend.SAME, Trend.NOISE)


def _counted(changes: Counter[Trend]) -> dict[str, int]:
    return {
        "grew": changes[Trend.GREW],
        "fell": changes[Trend.FELL],
        "same": changes[Trend.SAME] + changes[Trend.NOISE],
    }


def _lines(board: Board) -> list[IndicatorLine]:
    return [line for one in board.lists for group in one.parts for line in group.lines]


def _measures(board: Board) -> list[MeasureLine]:
    return [each for line in _lines(board) for each in line.measures]


def _is_told(measure: MeasureLine) -> bool:
    """Whether the period has its value."""
    figure = measure.told.figure
    return figure is not None and not figure.least


FILLED: dict[ChainLink, Callable[[_ChainRead], Iterator[ChainFact]]] = {
    ChainLink.GOALS: _goals,
    ChainLink.INDICATORS: _indicators,
    ChainLink.METHODS: _methods,
    ChainLink.MONITORING: _monitoring,
    ChainLink.ANALYSIS: _analysis,
    ChainLink.RECOMMENDATIONS: _recommendations,
    ChainLink.MEASURES: _measures_taken,
    ChainLink.DECISIONS: _decisions,
    ChainLink.EFFECT: _effect,
}
