"""What teachers need against what is offered: deficits by unit and category beside coming events and free seats.

The deficits are those of the heat table: whole published blocks (`db/diagnostics/blocks.py`), of a category those of
the positions that belong to it, so that nothing comes out by subtraction that the heat table would not tell.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import case, exists, func, literal, not_, or_, select, true
from sqlalchemy.orm import Session

from db.advice import staff_queries as advice
from db.advice.models import AdviceCategory
from db.caller import StaffCaller
from db.diagnostics.models import Instrument, ScoreTally
from db.diagnostics.queries import DEFAULT_INSTRUMENT
from db.diagnostics.rules import MIDDLE_BAND
from db.dictionaries.models import Audience, Term, TermKind
from db.dictionaries.queries import marked
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.units import Unit, UnitLevel
from db.errors import NotFoundError
from db.events.models import Event, EventComponent, EventPosition, EventStatus
from db.programmes.models import ProgrammeModule, ProgrammeRun
from db.reports import deficits
from db.reports.deficits import Heat, HeatRow, Values
from db.reports.staff_queries import difficulties_told


@dataclass(frozen=True, slots=True)
class Supply:
    """What is offered: coming events that serve a component and still have room.

    `seats` are the free ones of those that count them; `open` events take any number of people. A group of a programme
    is an event too; `modules` are those of it that serve the component.
    """

    events: int = 0
    seats: int = 0
    open: int = 0
    modules: int = 0

    def __add__(self, other: "Supply") -> "Supply":
        return Supply(
            self.events + other.events,
            self.seats + other.seats,
            self.open + other.open,
            self.modules + other.modules,
        )


NOTHING = Supply()


@dataclass(frozen=True)
class DemandRow:
    """A unit, a category or the total: what its people need, and what they may come to, by component.

    `place` is the municipality that an event for it would be of; none for what is wider than one. `category_id` is the
    category that the row is of. `noted` is how many
    teachers were seen to have difficulties at events and lessons in a year, by whole groups of five and more.
    """

    name: str
    row: HeatRow
    supply: Mapping[str, Supply]
    unit: Unit | None = None
    place: int | None = None
    category_id: int | None = None
    noted: Mapping[str, int] = field(default_factory=dict)

    def missing(self, component: str) -> bool:
        """Tells whether nobody offers anything."""
        return not self.supply.get(component, NOTHING).events

    def urgent(self, component: str) -> bool:
        """Tells whether nobody offers anything where the mean deficit lies above the middle cut."""
        cell = self.row.cell(component)
        return cell is not None and cell.band >= MIDDLE_BAND and self.missing(component)


@dataclass(frozen=True, slots=True)
class Demand:
    """Holds the map: units one level under the opened one, and categories of the people there.

    `instrument` is by what it is told, which a category decides where the address does not; `unmet` names the
    components that nobody offers anything for, wherever one stands; `positions` are those of the opened category.
    """

    heat: Heat
    rows: Sequence[DemandRow]
    together: DemandRow | None
    total: DemandRow
    categories: Sequence[DemandRow]
    category: AdviceCategory | None
    instrument: str
    audience: Audience
    unmet: Sequence[str]
    positions: Sequence[int] = ()


def demand(
    session: Session,
    caller: StaffCaller,
    *,
    centre_id: int | None = None,
    municipality_id: int | None = None,
    category_id: int | None = None,
    marks: Collection[str] = (),
    instrument: str = "",
) -> Demand:
    """Returns the map of what is opened, else of all within reach, of everybody or of one category, by MARKS.

    Raises NotFoundError for what is out of reach, an unknown category or instrument.
    """
    known = advice.categories(session)
    audiences = advice.audiences(session, known)
    category = next((one for one in known if one.id == category_id), None)
    if category_id is not None and category is None:
        raise NotFoundError
    keys = {row.audience: row.key for row in session.execute(select(Instrument.audience, Instrument.key))}
    of_category = keys.get(audiences[category.id]) if category else None
    instrument = instrument or of_category or DEFAULT_INSTRUMENT
    audience = next((whom for whom, key in keys.items() if key == instrument), Audience.TEACHER)
    held = _positions(session)
    heat = deficits.heat(
        session,
        caller,
        centre_id=centre_id,
        municipality_id=municipality_id,
        positions=_of(category, held) if category else (),
        marks=marks,
        instrument=instrument,
    )
    common, own = _coming(session, caller, audience, _of(category, held) if category else ())
    codes = [code for code, _, _ in heat.components]
    branch = heat.branch

    def offered(places: Iterable[int]) -> dict[str, Supply]:
        there = [own.get(place, {}) for place in places]
        return {code: sum((one.get(code, NOTHING) for one in there), common.get(code, NOTHING)) for code in codes}

    noted: dict[int | None, Mapping[str, int]] = {}
    if audience is Audience.TEACHER and category is None:
        noted = dict(difficulties_told(session, caller))
    if branch.level is UnitLevel.ORGANISATION:
        town = branch.unit.id if branch.unit else None
        whole = offered([town] if town else [])
        rows = [DemandRow(row.name, row, whole, row.unit, town) for row in heat.rows]
        seen = _together([noted.get(town, {})] if town else noted.values())
    else:
        town = None
        towns = defaultdict[int, list[int]](list)
        for number, unit in branch.places.items():
            towns[id(unit)].append(number)
        whole = offered(branch.places)
        rows = []
        for row in heat.rows:
            own_towns = towns[id(row.unit)]
            there = _together(noted.get(one, {}) for one in own_towns)
            rows.append(DemandRow(row.name, row, offered(own_towns), row.unit, _town(row.unit), noted=there))
        small = noted.get(None, {}) if branch.unit is None else {}
        seen = _together([*(row.noted for row in rows), small])
    everybody = DemandRow("", heat.total, whole, branch.unit, town, noted=seen)
    return Demand(
        heat=heat,
        rows=rows,
        together=DemandRow("", heat.together, whole, branch.unit, town) if heat.together else None,
        total=everybody,
        categories=[
            DemandRow(one.name, row, whole, branch.unit, town, one.id)
            for one, row in _by_category(
                session,
                caller,
                heat,
                instrument=instrument,
                marks=marks,
                wanted=[(one, _of(one, held)) for one in known if audiences[one.id] is audience],
            )
        ],
        category=category,
        instrument=instrument,
        audience=audience,
        unmet=[name for code, name, _ in heat.components if everybody.missing(code)],
        positions=_of(category, held) if category else (),
    )


def _together(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Adds up by component."""
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        for component, people in one.items():
            sums[component] += people
    return dict(sums)


def unmet(session: Session, caller: StaffCaller) -> tuple[int, int]:
    """Counts the teachers' components that no coming event serves, and all of them: for the list of reports."""
    codes = [code for code, _, _ in deficits.components(session)]
    common, own = _coming(session, caller, Audience.TEACHER)
    met = common.keys() | {code for one in own.values() for code in one}
    return len([code for code in codes if code not in met]), len(codes)


def _positions(session: Session) -> dict[str, int]:
    rows = session.execute(select(Term.code, Term.id).where(Term.kind == TermKind.POSITION))
    return {row.code: row.id for row in rows}


def _of(category: AdviceCategory, held: Mapping[str, int]) -> list[int]:
    """The numbers of a category's positions; one that is nobody's where it has none, for it has no people."""
    return [held[code] for code in category.positions if code in held] or [0]


def _town(unit: Unit | None) -> int | None:
    return unit.id if unit is not None and unit.level is UnitLevel.MUNICIPALITY else None


def _by_category(
    session: Session,
    caller: StaffCaller,
    heat: Heat,
    *,
    instrument: str,
    marks: Collection[str],
    wanted: Sequence[tuple[AdviceCategory, Collection[int]]],
) -> Iterable[tuple[AdviceCategory, HeatRow]]:
    """The same sums as the heat table's by position, put together by category; too small ones are not told."""
    rules = region_rules(session)
    forms = deficits.forms(session, instrument)
    where = [deficits.within(caller, heat.branch.unit), deficits.by_instrument(instrument), forms]
    if marks:
        where.append(ScoreTally.organisation_id.in_(marked(marks)))
    of_position: dict[int | None, dict[str, Values]] = defaultdict(dict)
    for position, component, *values in deficits.published(session, rules, ScoreTally.position_id, *where):
        of_position[position][component] = deficits.plus(deficits.NONE, values)
    for category, positions in wanted:
        sums: dict[str, Values] = {}
        for position in positions:
            for code, values in of_position.get(position, {}).items():
                sums[code] = deficits.plus(sums.get(code, deficits.NONE), values)
        told = {code: one for code, one in sums.items() if one[0] >= rules.mask_under}
        yield category, HeatRow(None, told, rules)


def _coming(
    session: Session, caller: StaffCaller, audience: Audience, positions: Sequence[int] = ()
) -> tuple[dict[str, Supply], dict[int, dict[str, Supply]]]:
    """What is offered to everybody of the service, and to one municipality's people alone, by component.

    Events that have no room left, or are for positions of another audience or category, are not counted.
    """
    everybody = case(
        (or_(Event.open_to_all, Event.for_network, Event.municipality_id.is_(None)), None), else_=Event.municipality_id
    )
    free = Event.capacity - Event.seated
    of_modules = (
        select(ProgrammeRun.event_id, ProgrammeModule.component, func.count().label("modules"))
        .join(ProgrammeModule, ProgrammeModule.programme_id == ProgrammeRun.programme_id)
        .where(ProgrammeModule.component.is_not(None))
        .group_by(ProgrammeRun.event_id, ProgrammeModule.component)
    )
    by_itself = select(EventComponent.event_id, EventComponent.component, literal(0).label("modules"))
    one = by_itself.union_all(of_modules).subquery()
    serves = (
        select(one.c.event_id, one.c.component, func.sum(one.c.modules).label("modules"))
        .group_by(one.c.event_id, one.c.component)
        .subquery()
    )
    named = EventPosition.event_id == Event.id
    theirs = exists().where(named, EventPosition.position_id.in_(positions)) if positions else true()
    rows = session.execute(
        select(
            everybody.label("place"),
            serves.c.component,
            func.count().label("events"),
            func.coalesce(func.sum(free), 0).label("seats"),
            func.sum(case((Event.capacity.is_(None), 1), else_=0)).label("open"),
            func.sum(serves.c.modules).label("modules"),
        )
        .join(serves, serves.c.event_id == Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            or_(Event.capacity.is_(None), free > 0),
            or_(Event.meant_for.is_(None), Event.meant_for == audience),
            or_(not_(exists().where(named)), theirs),
        )
        .group_by(everybody, serves.c.component)
    )
    common: dict[str, Supply] = {}
    own: dict[int, dict[str, Supply]] = {}
    for row in rows:
        supply = Supply(int(row.events), int(row.seats), int(row.open), int(row.modules))
        if row.place is None:
            common[row.component] = supply
        elif caller.scope.sees(row.place):
            own.setdefault(row.place, {})[row.component] = supply
    return common, own
