"""Counts what the product stores, by a closed list of formulas: each gives its rows, and their number is the figure."""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, func, literal, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.active.models import Membership
from db.caller import StaffCaller
from db.clock import midnight
from db.diagnostics.queries import published_version
from db.dictionaries.models import Audience, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.events.models import Event, EventStatus, Registration
from db.groups.models import GroupMeeting, GroupMeetingStatus, GroupStatus, MethodicalGroup
from db.indicators.models import Formula, IndicatorLevel, IndicatorMeasure, MeasureKind
from db.indicators.rules import Figure, masked
from db.network.models import MemberKind, Network, NetworkMember
from db.people.models import Person
from db.people.queries import has_profile
from db.plans.models import PlanFulfilment, PlanLine
from db.practices.models import Practice, PracticeStatus
from db.products.models import Product
from db.reports import deficits
from db.reports.models import FactBatch, PrivateFact
from db.reports.staff_queries import FactSum, facts_told
from db.training.models import TrainingRecord, TrainingStatus

Rows = Select[Any]
"""Of things: id, title, day or year, and how many one row stands for."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whose and when: a municipality or the whole service, from a local day to another, both included."""

    municipality_id: int | None
    first: date
    last: date
    starts_at: datetime
    ends_at: datetime
    """The moment after the last day, or now, whichever is earlier."""

    now: datetime

    @classmethod
    def of(cls, caller: StaffCaller, municipality_id: int | None, first: date, last: date) -> "Window":
        """Makes one in the region's zone."""
        begun, over = midnight(first, caller.zone), midnight(last + timedelta(days=1), caller.zone)
        return cls(municipality_id, first, last, begun, min(over, caller.now), caller.now)

    def here(self, table: Any) -> ColumnElement[bool]:
        """What is of whose the figure is."""
        if self.municipality_id is None:
            return true()
        found: ColumnElement[bool] = table.municipality_id == self.municipality_id
        return found

    def within(self, moment: Any) -> ColumnElement[bool]:
        """What was in that time."""
        return and_(moment >= self.starts_at, moment < self.ends_at)

    @property
    def now_is_in(self) -> bool:
        """Whether the time is not over: what is only known as of now is known of it."""
        return self.starts_at <= self.now and self.ends_at == self.now


ANEW: Mapping[Formula, str] = dict.fromkeys(
    (Formula.ROUTES, Formula.REQUESTS, Formula.EVENTS_FOR_LOW_RESULTS, Formula.EVENTS_FOR_HARD_CONDITIONS), ":batches"
)
"""Those that were once counted otherwise: what was put down then is not compared with what is counted now."""


def signature(measure: IndicatorMeasure) -> str:
    """Says how a measure is counted: figures of two signatures are not compared."""
    if measure.formula is None:
        return ""
    params = {name: measure.params[name] for name in sorted(measure.params)}
    named = f"{measure.formula}{ANEW.get(measure.formula, '')}"
    return f"{named}{json.dumps(params, ensure_ascii=False)}"[:300] if params else named


class FigureCounter:
    """Counts the measures of one page, or of one putting down, and keeps what several of them have in common.

    It is made for that one read: a number that it has counted already it does not count again.
    """

    def __init__(self, session: Session, caller: StaffCaller) -> None:
        self.session, self.caller = session, caller
        self.least = region_rules(session).mask_under
        self._people: dict[Hashable, Counter[Audience]] = {}
        self._audiences: dict[int | None, Audience] = {}
        self._diagnosed: dict[int | None, int | None] = {}

    def figure(self, measure: IndicatorMeasure, window: Window) -> Figure | None:
        """Counts one; none for what is entered by hand, has not begun, or is not known of this unit and time."""
        if measure.formula is None or window.starts_at > self.caller.now:
            return None
        if measure.formula in PEOPLE:
            return PEOPLE[measure.formula](self, measure, window)
        found = things(measure, window)
        if found is None:
            return None
        many = self.session.scalar(select(func.coalesce(func.sum(found.subquery().c.many), 0)))
        return Figure(int(many or 0), formula=signature(measure))

    def part(
        self,
        measure: IndicatorMeasure,
        window: Window,
        who: InstrumentedAttribute[int],
        *where: ColumnElement[bool],
        audience: Audience | None = None,
    ) -> Figure:
        """Those of whose the figure is who stand in rows that are so: a part of all where the measure asks for one."""
        key = who.class_, window
        if key not in self._people:
            self._people[key] = self._counted(window.municipality_id, Person.id.in_(select(who).where(*where)))
        return self.told(measure, _of(self._people[key], audience), self.everybody(measure, window, audience))

    def facts(self, fact: PrivateFact, window: Window) -> FactSum:
        """What whole batches of private facts come to of whose and when the figure is."""
        return facts_told(
            self.session,
            self.caller,
            fact=fact,
            municipality_id=window.municipality_id,
            starts=window.starts_at,
            ends=window.ends_at,
        )

    def told(self, measure: IndicatorMeasure, count: int, of: int | None) -> Figure:
        """A count of people as it may be said."""
        return masked(count, of=of, least=self.least, formula=signature(measure))

    def everybody(self, measure: IndicatorMeasure, window: Window, audience: Audience | None = None) -> int | None:
        """How many there are to be a part of, at any time; none for a measure that is no part of anything."""
        if measure.kind is not MeasureKind.FRACTION:
            return None
        if window.municipality_id not in self._people:
            self._people[window.municipality_id] = self._counted(window.municipality_id)
        return _of(self._people[window.municipality_id], audience)

    def _counted(self, municipality_id: int | None, *where: ColumnElement[bool]) -> Counter[Audience]:
        """Counts the people of a municipality, or all of them, in one walk for every audience; by the position."""
        here = [] if municipality_id is None else [Person.municipality_id == municipality_id]
        if not self._audiences:
            of = select(Term.id, Term.audience).where(Term.kind == TermKind.POSITION)
            self._audiences = {row.id: row.audience or Audience.TEACHER for row in self.session.execute(of)}
        rows = self.session.execute(
            select(Person.position_id, func.count()).where(has_profile(), *here, *where).group_by(Person.position_id)
        )
        found = Counter[Audience]()
        for position, people in rows:
            found[self._audiences.get(position, Audience.TEACHER)] += people
        return found

    def diagnosed(self, municipality_id: int | None) -> int | None:
        """People whose results are published: whole blocks, as in the report of deficits; none without a version."""
        if municipality_id not in self._diagnosed:
            told = published_version(self.session) is not None
            self._diagnosed[municipality_id] = (
                deficits.heat(self.session, self.caller, municipality_id=municipality_id).total.people if told else None
            )
        return self._diagnosed[municipality_id]


def things(measure: IndicatorMeasure, window: Window) -> Rows | None:
    """Returns the rows that a figure counts; none for people, and for what no municipality has of its own."""
    made = THINGS.get(measure.formula) if measure.formula else None
    return None if made is None else made(measure.params, window)


def _row(table: Any, title: Any, day: Any, many: Any = None) -> Rows:
    one = literal(1, Integer) if many is None else many
    return select(table.id.label("id"), title.label("title"), day.label("day"), one.label("many"))


def _events(params: Mapping[str, Any], window: Window) -> Rows:
    return _held(_row(Event, Event.title, Event.starts_at).where(window.here(Event)), params, window)


def _held(found: Rows, params: Mapping[str, Any], window: Window) -> Rows:
    """Of events those that took place in the time, of the levels and forms that a measure names."""
    found = found.where(Event.status == EventStatus.PUBLISHED, window.within(Event.ends_at))
    for name, column, kind in (
        ("levels", Event.level_id, TermKind.EVENT_LEVEL),
        ("formats", Event.format_id, TermKind.EVENT_FORMAT),
    ):
        if params.get(name):
            found = found.where(column.in_(select(Term.id).where(Term.kind == kind, Term.code.in_(list(params[name])))))
    return found


def _contest_results(params: Mapping[str, Any], window: Window) -> Rows:
    """Contests with how many of whose the figure is came to a result: whose they were when they signed up.

    A result stands in a diploma that anybody may verify, so one winner is told as one.
    """
    many = func.count(Registration.id)
    found = _row(Event, Event.title, Event.starts_at, many).join(Registration, Registration.event_id == Event.id)
    found = found.where(Registration.result_id.is_not(None), window.here(Registration)).group_by(Event.id)
    if params.get("results"):
        kinds = Term.kind == TermKind.CONTEST_RESULT, Term.code.in_(list(params["results"]))
        found = found.where(Registration.result_id.in_(select(Term.id).where(*kinds)))
    return _held(found, params, window)


def _for_marked(fact: PrivateFact) -> Callable[[Mapping[str, Any], Window], Rows]:
    def rows(params: Mapping[str, Any], window: Window) -> Rows:
        """Enough people of marked organisations were on the list to be told of, a week after the event."""
        theirs = select(FactBatch.of_id).where(FactBatch.fact == fact)
        return _events(params, window).where(Event.id.in_(theirs))

    return rows


def _products(params: Mapping[str, Any], window: Window) -> Rows:
    found = _row(Product, Product.title, Product.year, Product.count).where(
        Product.year <= window.last.year,
        func.coalesce(Product.until_year, Product.year) >= window.first.year,
        window.here(Product),
    )
    if params.get("kinds"):
        kinds = select(Term.id).where(Term.kind == TermKind.PRODUCT_KIND, Term.code.in_(list(params["kinds"])))
        found = found.where(Product.kind_id.in_(kinds))
    return found


def _networks(params: Mapping[str, Any], window: Window) -> Rows | None:
    return None if window.municipality_id else _row(Network, Network.title, null())


def _services(params: Mapping[str, Any], window: Window) -> Rows | None:
    if window.municipality_id:
        return None
    named = NetworkMember.kind == MemberKind.SERVICE, NetworkMember.active
    return _row(NetworkMember, NetworkMember.name, null()).where(*named)


def _groups(params: Mapping[str, Any], window: Window) -> Rows:
    working = MethodicalGroup.status == GroupStatus.ACTIVE, MethodicalGroup.created_at < window.ends_at
    return _row(MethodicalGroup, MethodicalGroup.name, MethodicalGroup.created_at).where(
        *working, window.here(MethodicalGroup)
    )


def _meetings(params: Mapping[str, Any], window: Window) -> Rows:
    held = GroupMeeting.status == GroupMeetingStatus.HELD, window.within(GroupMeeting.planned_at)
    return (
        _row(GroupMeeting, MethodicalGroup.name, GroupMeeting.planned_at)
        .join(MethodicalGroup, MethodicalGroup.id == GroupMeeting.group_id)
        .where(*held, window.here(MethodicalGroup))
    )


def _practices(params: Mapping[str, Any], window: Window) -> Rows:
    shown = Practice.status.in_([PracticeStatus.PUBLISHED, PracticeStatus.SUNK]), window.within(Practice.decided_at)
    return _row(Practice, Practice.title, Practice.decided_at).where(*shown, window.here(Practice))


def _plan_lines(params: Mapping[str, Any], window: Window) -> Rows | None:
    if window.municipality_id:
        return None
    done = PlanFulfilment.done_on >= window.first, PlanFulfilment.done_on <= window.last
    line = select(PlanLine.id.label("id"), PlanLine.text.label("title"), PlanFulfilment.done_on.label("day"))
    return (
        line.add_columns(literal(1, Integer).label("many"))
        .join(PlanFulfilment, PlanFulfilment.line_id == PlanLine.id)
        .where(*done)
    )


THINGS: Mapping[Formula, Callable[[Mapping[str, Any], Window], Rows | None]] = {
    Formula.EVENTS: _events,
    Formula.EVENTS_FOR_LOW_RESULTS: _for_marked(PrivateFact.LOW_RESULTS),
    Formula.EVENTS_FOR_HARD_CONDITIONS: _for_marked(PrivateFact.HARD_CONDITIONS),
    Formula.CONTEST_RESULTS: _contest_results,
    Formula.PRODUCTS: _products,
    Formula.NETWORKS: _networks,
    Formula.NETWORK_SERVICES: _services,
    Formula.GROUPS: _groups,
    Formula.MEETINGS: _meetings,
    Formula.PRACTICES: _practices,
    Formula.PLAN_LINES: _plan_lines,
}


OF_LEVELS = frozenset({Formula.EVENTS, Formula.CONTEST_RESULTS})
"""Those that a methodist may narrow to events of one level."""


def _of(people: Counter[Audience], audience: Audience | None) -> int:
    return people.total() if audience is None else people[audience]


def _trained(audience: Audience) -> Callable[[FigureCounter, IndicatorMeasure, Window], Figure]:
    def counted(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure:
        """Those who finished a course on the project's subject in the period, confirmed by a methodist."""
        done = (
            TrainingRecord.status == TrainingStatus.CONFIRMED,
            TrainingRecord.of_project.is_(True),
            TrainingRecord.issued_on.between(window.first, window.last),
        )
        return counter.part(measure, window, TrainingRecord.person_id, *done, audience=audience)

    return counted


def _diagnosed(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure | None:
    """People whose results are published: they are known as of now alone."""
    people = counter.diagnosed(window.municipality_id) if window.now_is_in else None
    if people is None:
        return None
    of = counter.everybody(measure, window)
    return counter.told(measure, min(people, of) if of is not None else people, of)


def _routes(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure:
    """People who began their first route: they are known by whole batches alone."""
    begun = counter.facts(PrivateFact.ROUTE, window)
    return counter.told(measure, begun.count, counter.everybody(measure, window))


def _reflections(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure:
    """People who said for the first time how a step of their route went: by whole batches too."""
    said = counter.facts(PrivateFact.REFLECTION, window)
    return counter.told(measure, said.count, counter.everybody(measure, window))


def _active(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure:
    going = (
        Membership.since < window.ends_at,
        or_(Membership.ended_at.is_(None), Membership.ended_at >= window.ends_at),
    )
    return counter.part(measure, window, Membership.person_id, *going)


def _requests(counter: FigureCounter, measure: IndicatorMeasure, window: Window) -> Figure:
    """Requests that were answered in time to be told of, of those that were asked: both by whole batches."""
    asked = counter.facts(PrivateFact.REQUEST, window)
    of = asked.count if measure.kind is MeasureKind.FRACTION else None
    return counter.told(measure, asked.sums.get("answered", 0), of)


PEOPLE: Mapping[Formula, Callable[[FigureCounter, IndicatorMeasure, Window], Figure | None]] = {
    Formula.TRAINED_TEACHERS: _trained(Audience.TEACHER),
    Formula.TRAINED_METHODISTS: _trained(Audience.METHODIST),
    Formula.DIAGNOSED: _diagnosed,
    Formula.ROUTES: _routes,
    Formula.REFLECTIONS: _reflections,
    Formula.ACTIVE_MEMBERS: _active,
    Formula.REQUESTS: _requests,
}


def of_people(measure: IndicatorMeasure) -> bool:
    """Whether a measure counts people: by its formula, by what it speaks of, or because it is said to."""
    return measure.formula in PEOPLE or measure.of_people or measure.indicator.level is IndicatorLevel.PERSON
