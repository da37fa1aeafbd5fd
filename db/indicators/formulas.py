"""Counts what the product stores, by a closed list of formulas: each gives its rows, and their number is the figure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, func, literal, null, or_, select, true
from sqlalchemy.orm import Session

from db.active.models import Membership
from db.caller import StaffCaller
from db.diagnostics.queries import published_version
from db.dictionaries.models import Audience, Term, TermKind
from db.dictionaries.queries import marked
from db.dictionaries.queries import rules as region_rules
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.groups.models import GroupMeeting, GroupMeetingStatus, GroupStatus, MethodicalGroup
from db.indicators.models import Formula, IndicatorMeasure, MeasureKind
from db.indicators.rules import Figure, masked
from db.network.models import MemberKind, Network, NetworkMember
from db.people.models import Person
from db.plans.models import PlanFulfilment, PlanLine
from db.practices.models import Practice, PracticeStatus
from db.products.models import Product
from db.reports import deficits
from db.requests.models import HelpRequest
from db.routes.models import Route
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
        over = datetime.combine(last + timedelta(days=1), time(), caller.zone)
        begun = datetime.combine(first, time(), caller.zone)
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


def signature(measure: IndicatorMeasure) -> str:
    """Says how a measure is counted: figures of two signatures are not compared."""
    if measure.formula is None:
        return ""
    params = {name: measure.params[name] for name in sorted(measure.params)}
    return f"{measure.formula}{json.dumps(params, ensure_ascii=False)}"[:300] if params else measure.formula.value


def figure(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure | None:
    """Counts a measure; none for one that is entered by hand, has not begun, or is not known of this unit and time."""
    if measure.formula is None or window.starts_at > caller.now:
        return None
    if measure.formula in PEOPLE:
        return PEOPLE[measure.formula](session, caller, measure, window)
    found = things(measure, window)
    if found is None:
        return None
    many = session.scalar(select(func.coalesce(func.sum(found.subquery().c.many), 0)))
    return Figure(int(many or 0), formula=signature(measure))


def things(measure: IndicatorMeasure, window: Window) -> Rows | None:
    """Returns the rows that a figure counts; none for people, and for what no municipality has of its own."""
    made = THINGS.get(measure.formula) if measure.formula else None
    return None if made is None else made(measure.params, window)


def _row(table: Any, title: Any, day: Any, many: Any = None) -> Rows:
    one = literal(1, Integer) if many is None else many
    return select(table.id.label("id"), title.label("title"), day.label("day"), one.label("many"))


def _events(params: Mapping[str, Any], window: Window) -> Rows:
    found = _row(Event, Event.title, Event.starts_at).where(
        Event.status == EventStatus.PUBLISHED, window.within(Event.ends_at), window.here(Event)
    )
    for name, column, kind in (
        ("levels", Event.level_id, TermKind.EVENT_LEVEL),
        ("formats", Event.format_id, TermKind.EVENT_FORMAT),
    ):
        if params.get(name):
            found = found.where(column.in_(select(Term.id).where(Term.kind == kind, Term.code.in_(list(params[name])))))
    return found


def _for_marked(mark: str) -> Callable[[Mapping[str, Any], Window], Rows]:
    def rows(params: Mapping[str, Any], window: Window) -> Rows:
        """Somebody of a marked organisation was on the list: the same as the list of events narrowed by the mark."""
        theirs = (
            select(Registration.event_id)
            .join(Person, Person.id == Registration.person_id)
            .where(Registration.status != RegistrationStatus.CANCELLED, Person.organisation_id.in_(marked([mark])))
        )
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
    Formula.EVENTS_FOR_LOW_RESULTS: _for_marked("low_results"),
    Formula.EVENTS_FOR_HARD_CONDITIONS: _for_marked("hard_conditions"),
    Formula.PRODUCTS: _products,
    Formula.NETWORKS: _networks,
    Formula.NETWORK_SERVICES: _services,
    Formula.GROUPS: _groups,
    Formula.MEETINGS: _meetings,
    Formula.PRACTICES: _practices,
    Formula.PLAN_LINES: _plan_lines,
}


def _everybody(window: Window, *where: ColumnElement[bool]) -> Select[int]:
    known = Person.erased_at.is_(None), Person.profile_saved_at.is_not(None), window.here(Person)
    return select(func.count()).select_from(Person).where(*known, *where)


def _told(session: Session, measure: IndicatorMeasure, count: Select[int], whole: Select[int] | None = None) -> Figure:
    """A figure of people: a part of the whole where the measure asks for a part."""
    least = region_rules(session).mask_under
    of = session.scalar(whole) if whole is not None and measure.kind is MeasureKind.FRACTION else None
    return masked(session.scalar(count) or 0, of=of, least=least, formula=signature(measure))


def _trained(audience: Audience) -> Callable[[Session, StaffCaller, IndicatorMeasure, Window], Figure]:
    def counted(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure:
        """Those who finished a course on the project's subject in the period, confirmed by a methodist."""
        held = select(Term.id).where(Term.kind == TermKind.POSITION)
        theirs: ColumnElement[bool] = Person.position_id.in_(held.where(Term.audience == audience))
        if audience is Audience.TEACHER:
            others = held.where(Term.audience.is_not(None), Term.audience != audience)
            theirs = or_(Person.position_id.is_(None), Person.position_id.not_in(others))
        done = (
            TrainingRecord.status == TrainingStatus.CONFIRMED,
            TrainingRecord.of_project.is_(True),
            TrainingRecord.issued_on.between(window.first, window.last),
        )
        trained = Person.id.in_(select(TrainingRecord.person_id).where(*done))
        return _told(session, measure, _everybody(window, theirs, trained), _everybody(window, theirs))

    return counted


def _diagnosed(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure | None:
    """People whose results are published: whole blocks, as in the report of deficits; known as of now alone."""
    if not window.now_is_in or published_version(session) is None:
        return None
    people = deficits.heat(session, caller, municipality_id=window.municipality_id).total.people
    least = region_rules(session).mask_under
    of = session.scalar(_everybody(window)) if measure.kind is MeasureKind.FRACTION else None
    return masked(min(people, of) if of is not None else people, of=of, least=least, formula=signature(measure))


def _routes(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure:
    going = or_(Route.ended_at.is_(None), Route.ended_at >= window.starts_at), Route.started_at < window.ends_at
    return _told(
        session,
        measure,
        _everybody(window, Person.id.in_(select(Route.person_id).where(*going))),
        _everybody(window),
    )


def _active(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure:
    going = (
        Membership.since < window.ends_at,
        or_(Membership.ended_at.is_(None), Membership.ended_at >= window.ends_at),
    )
    return _told(
        session,
        measure,
        _everybody(window, Person.id.in_(select(Membership.person_id).where(*going))),
        _everybody(window),
    )


def _requests(session: Session, caller: StaffCaller, measure: IndicatorMeasure, window: Window) -> Figure:
    """Requests that were answered, of those that were asked in the period."""
    asked = select(func.count()).select_from(HelpRequest).where(window.here(HelpRequest))
    asked = asked.where(window.within(HelpRequest.asked_at))
    return _told(session, measure, asked.where(HelpRequest.answered_at.is_not(None)), asked)


PEOPLE: Mapping[Formula, Callable[[Session, StaffCaller, IndicatorMeasure, Window], Figure | None]] = {
    Formula.TRAINED_TEACHERS: _trained(Audience.TEACHER),
    Formula.TRAINED_METHODISTS: _trained(Audience.METHODIST),
    Formula.DIAGNOSED: _diagnosed,
    Formula.ROUTES: _routes,
    Formula.ACTIVE_MEMBERS: _active,
    Formula.REQUESTS: _requests,
}
