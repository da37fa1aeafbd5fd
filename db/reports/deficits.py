"""Deficits by unit and component, from what was published of everybody's last results.

Which groups there are: `db/diagnostics/blocks.py`; how much is said of a group: `rules`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import add
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.caller import StaffCaller
from db.diagnostics import staff_queries
from db.diagnostics.content import NEEDS, Questionnaire
from db.diagnostics.models import Instrument, InstrumentKind, InstrumentVersion, ScoreBlock, ScoreTally, VersionStatus
from db.diagnostics.queries import DEFAULT_INSTRUMENT, published_version, questionnaire
from db.diagnostics.rules import HUNDREDTHS, band, cuts_name
from db.dictionaries import units
from db.dictionaries.models import Municipality, Term, TermKind
from db.dictionaries.queries import marked
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.dictionaries.units import Branch, Unit, UnitLevel
from db.errors import NotFoundError
from db.reports.rules import Portion, mean, share, told

MEASURES = ("deficit", "share", "need", "priority")
POINTS = 100


class _DeficitSum(NamedTuple):
    """Sums tallies up for one component.

    `banded` are the people whose bands were made by today's cuts, `above` those of them over the middle one.
    """

    people: int = 0
    deficit: int = 0
    need: int = 0
    priority: int = 0
    above: int = 0
    banded: int = 0


Values = tuple[int, ...]
"""A sum's values. Of thousands of units plain tuples are kept: the garbage collector looks at nothing in them."""


NONE: Values = _DeficitSum()


def plus(one: Sequence[int], other: Sequence[int]) -> Values:
    """Adds two up."""
    return tuple(map(add, one, other))


@dataclass(frozen=True, slots=True)
class Cell:
    """Shows a published group.

    Deficit, need and priority are means in points of 0–100 (need is 0–3 brought to 0–100), whole; `share` is the part
    of people whose deficit is above the middle cut, 0–100 or in words, where the cuts are still those of its
    publication. `people` are those with a result; `band` is the band of the mean deficit.
    """

    people: int
    deficit: int
    need: int
    priority: int
    share: int | Portion | None
    band: int

    def value(self, measure: str) -> int | Portion | None:
        """One of MEASURES."""
        found: int | Portion | None = getattr(self, measure)
        return found


@dataclass(frozen=True)
class HeatRow:
    """A unit, small ones together or the total (`unit` is empty). A component without a cell is not told.

    Cells are made when they are asked for: of thousands of rows a page shows some dozens.
    """

    unit: Unit | None
    sums: dict[str, Values]
    rules: Rules

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.unit.name if self.unit else ""

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """By component."""
        return {code: _cell(_DeficitSum(*one), self.rules) for code, one in self.sums.items()}

    def cell(self, component: str) -> Cell | None:
        """One of them."""
        return _cell(_DeficitSum(*self.sums[component]), self.rules) if component in self.sums else None

    @cached_property
    def people(self) -> int:
        """How many people there are results of."""
        return max((people for people, *_ in self.sums.values()), default=0)


@dataclass(frozen=True, slots=True)
class Heat:
    """Holds the whole table of deficits.

    `components` are (code, name, title). `branch` says what is opened, and whose the rows are; `together` stands for
    what small ones have between them; `hidden` are those of which nothing is told. `published_at` is the last day on
    which a figure changed. Figures are of `version`; `former` counts by component those of other versions, which asked
    something else and are in no figure.
    """

    components: tuple[tuple[str, str, str], ...]
    branch: Branch
    rows: tuple[HeatRow, ...]
    together: HeatRow | None
    total: HeatRow
    hidden: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[int, int, int]
    least: int
    published_at: datetime | None
    version: int
    former: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of a group by its name or its question, and how many are in it: in fives or in words."""

    name: str
    about: str
    count: int | Portion


@dataclass(frozen=True, slots=True)
class CellDetail:
    """What is behind a cell. `cell` empty: the group is too small and nothing is told.

    `former` counts results of other versions than `version`, which can't be compared with those.
    `bands` are empty where the cuts are not those of the publication any more.
    """

    unit: Unit
    component: str
    name: str
    title: str
    description: str
    cell: Cell | None
    bands: tuple[PartLine, ...]
    needs: tuple[PartLine, ...]
    items: tuple[PartLine, ...]
    cuts: tuple[int, int, int]
    least: int
    version: int
    former: int


def positions(session: Session) -> list[tuple[int, str]]:
    """Lists positions to filter by."""
    rows = session.execute(
        select(Term.id, Term.name).where(Term.kind == TermKind.POSITION).order_by(Term.position, Term.id)
    )
    return [(row.id, row.name) for row in rows]


def instruments(session: Session) -> list[tuple[str, str]]:
    """Lists what results there are by: the key and the title of every instrument that is published."""
    rows = session.execute(
        select(Instrument.key, Instrument.title)
        .join(InstrumentVersion, InstrumentVersion.instrument_id == Instrument.id)
        .where(InstrumentVersion.status == VersionStatus.PUBLISHED, Instrument.kind == InstrumentKind.DIAGNOSIS)
        .order_by(Instrument.id)
    )
    return [(row.key, row.title) for row in rows]


def components(session: Session, *, instrument: str = DEFAULT_INSTRUMENT) -> tuple[tuple[str, str, str], ...]:
    """Lists components as (code, name, title), in the questionnaire's order."""
    return tuple((one.code, one.name, one.title) for one in _content(session, instrument).components)


def heat(
    session: Session,
    caller: StaffCaller,
    *,
    centre_id: int | None = None,
    municipality_id: int | None = None,
    position_id: int | None = None,
    positions: Collection[int] = (),
    marks: Collection[str] = (),
    instrument: str = DEFAULT_INSTRUMENT,
) -> Heat:
    """Returns the table of what is opened, else of all within reach: of everybody or of some positions, by MARKS.

    A position is told from the blocks that hold nobody else, marked organisations from their own. The same blocks serve
    every account, so two of them learn no more than one; what small ones have together is told one level up, where they
    are together: in the municipality, else to accounts of the whole region.
    """
    content, rules = _content(session, instrument), region_rules(session)
    branch = units.opened(session, caller, centre_id=centre_id, municipality_id=municipality_id)
    conditions = [within(caller, branch.unit), by_instrument(instrument)]
    if position_id is not None or positions:
        conditions.append(ScoreTally.position_id.in_([position_id] if position_id is not None else positions))
    if marks:
        conditions.append(ScoreTally.organisation_id.in_(marked(marks)))
    former = _former(session, content, *conditions)
    conditions.append(comparable(content))
    sums: dict[int | None, dict[str, Values]] = {}
    by = ScoreTally.organisation_id if branch.level is UnitLevel.ORGANISATION else ScoreTally.municipality_id
    rows_of = {number: id(unit) for number, unit in branch.places.items()}  # thousands of units are slow to hash
    for unit_id, component, *values in published(session, rules, by, *conditions):
        here = sums.setdefault(rows_of.get(unit_id), {})
        # Of thousands of organisations each is met once: adding them up one by one would cost half of the page.
        here[component] = plus(here[component], values) if component in here else tuple(values)
    parts_of: dict[str, list[Values]] = {}
    shown: dict[int | None, HeatRow] = {}
    units_of: dict[int | None, Unit] = {id(unit): unit for unit in branch.units}
    for key, parts in sums.items():
        told = {code: one for code, one in parts.items() if one[0] >= rules.mask_under}
        if told:
            shown[key] = HeatRow(units_of.get(key), told, rules)
        for code, one in told.items():
            parts_of.setdefault(code, []).append(one)
    total = {code: tuple(map(sum, zip(*parts, strict=True))) for code, parts in parts_of.items()}
    published_at = session.scalar(select(func.max(ScoreTally.changed_at)).where(*conditions))
    return Heat(
        components=components(session, instrument=instrument),
        branch=branch,
        rows=tuple(shown[id(unit)] for unit in branch.units if id(unit) in shown),
        together=shown.get(None),
        total=HeatRow(None, total, rules),
        hidden=tuple(unit.name for unit in branch.units if id(unit) not in shown),
        levels=_levels(content),
        cuts=rules.deficit_cuts,
        least=rules.mask_under,
        published_at=published_at,
        version=content.version,
        former=former,
    )


def cell_detail(
    session: Session,
    caller: StaffCaller,
    *,
    component: str,
    centre_id: int | None = None,
    municipality_id: int | None = None,
    organisation_id: int | None = None,
    instrument: str = DEFAULT_INSTRUMENT,
) -> CellDetail:
    """Returns what is behind one cell. Raises NotFoundError for a unit out of reach or an unknown component."""
    unit = units.found(
        session, caller, centre_id=centre_id, municipality_id=municipality_id, organisation_id=organisation_id
    )
    content, rules = _content(session, instrument), region_rules(session)
    about = content.component(component)
    if about is None:
        raise NotFoundError
    summed = _DeficitSum()
    there = (within(caller, unit), by_instrument(instrument), ScoreTally.component == component)
    here = (*there, comparable(content))
    for _, _, *values in published(session, rules, ScoreTally.municipality_id, *here):
        summed = _DeficitSum(*plus(summed, values))
    bands, needs = _parts(session, rules, *here)
    points = Counter({row.code: int(row.count) for row in staff_queries.points(session, where=here)})
    shown, banded = summed.people >= rules.mask_under, summed.banded >= rules.mask_under
    options = [(option, "") for option in about.need.options]
    items = [(item.short, item.text) for item in about.items]
    hard = [points[item.code] for item in about.items]
    return CellDetail(
        unit=unit,
        component=component,
        name=about.name,
        title=about.title,
        description=about.description,
        cell=_cell(summed, rules) if shown else None,
        bands=_lines(list(zip(_levels(content), _edges(rules), strict=True)), bands, summed.banded) if banded else (),
        needs=_lines(options, needs, summed.people) if shown else (),
        items=_lines(items, hard, summed.people) if shown else (),
        cuts=rules.deficit_cuts,
        least=rules.mask_under,
        version=content.version,
        former=_former(session, content, *there).get(component, 0),
    )


def _parts(session: Session, rules: Rules, *where: ColumnElement[bool]) -> tuple[list[int], list[int]]:
    """How many are in each band of today's cuts, and how many have each need: summed up by the database."""
    cuts, lists = cuts_name(rules.deficit_cuts), cast(Any, ScoreTally)
    today = [lists.bands[number].as_integer() for number in range(len(rules.deficit_cuts) + 1)]
    sums = [func.sum(case((ScoreTally.cuts == cuts, one), else_=0)) for one in today]
    sums += [func.sum(lists.needs[number].as_integer()) for number in range(NEEDS)]
    found = [int(one or 0) for one in session.execute(select(*sums).where(*where)).one()]
    return found[: len(today)], found[len(today) :]


def _content(session: Session, instrument: str) -> Questionnaire:
    version_id = published_version(session, key=instrument)
    if version_id is None:
        raise NotFoundError
    return questionnaire(session, version_id=version_id)


def _levels(content: Questionnaire) -> tuple[str, ...]:
    """Names of bands from the smallest deficit; the questionnaire's levels go the other way."""
    return tuple(level.deficit_name for level in reversed(content.levels))


def _edges(rules: Rules) -> list[str]:
    """The points of each band."""
    cuts = rules.deficit_cuts
    return [
        f"{low}\N{EN DASH}{high}" for low, high in zip((0, *(cut + 1 for cut in cuts)), (*cuts, POINTS), strict=True)
    ]


def by_instrument(instrument: str) -> ColumnElement[bool]:
    """The sums of results by this instrument."""
    return ScoreTally.instrument_id == select(Instrument.id).where(Instrument.key == instrument).scalar_subquery()


def forms(session: Session, instrument: str) -> ColumnElement[bool]:
    """The sums of results that answered what the published version asks. Raises NotFoundError."""
    return comparable(_content(session, instrument))


def comparable(content: Questionnaire) -> ColumnElement[bool]:
    """The sums of results that answered what the version asks, by whichever version."""
    return ScoreTally.form.in_([component.form for component in content.components])


def _former(session: Session, content: Questionnaire, *where: ColumnElement[bool]) -> dict[str, int]:
    """Counts by component the published results of versions that asked something else: whole blocks, as all figures."""
    rows = session.execute(
        select(ScoreTally.component, func.sum(ScoreTally.people).label("people"))
        .where(*where, ~comparable(content))
        .group_by(ScoreTally.component)
    )
    return {row.component: int(row.people) for row in rows if content.component(row.component) is not None}


def within(
    caller: StaffCaller, unit: Unit | None, sums: type[ScoreTally | ScoreBlock] = ScoreTally
) -> ColumnElement[bool]:
    """The sums of what belongs to a unit, and to nobody out of reach, else of all within reach."""
    own = caller.scope.limits(sums)
    if unit is None:
        return own
    if unit.level is UnitLevel.CENTRE:
        served = select(Municipality.id).where(Municipality.centre_id == unit.id)
        return and_(own, sums.municipality_id.in_(served))
    column = sums.organisation_id if unit.level is UnitLevel.ORGANISATION else sums.municipality_id
    return and_(own, column == unit.id)


def published(
    session: Session, rules: Rules, by: InstrumentedAttribute[int | None], *where: ColumnElement[bool]
) -> Iterable[Any]:
    """Sums what is published now by unit and component, past the session: rows of thousands of units cost half so."""
    today = ScoreTally.cuts == cuts_name(rules.deficit_cuts)
    sums = [
        *(func.sum(getattr(ScoreTally, name)) for name in ("people", "deficit", "need", "priority")),
        func.sum(case((today, ScoreTally.above), else_=0)),
        func.sum(case((today, ScoreTally.people), else_=0)),
    ]
    whole = [sql_cast(one, BigInteger) for one in sums]  # PostgreSQL's own are Decimal
    statement = select(by, ScoreTally.component, *whole).where(*where).group_by(by, ScoreTally.component)
    return session.connection().execute(statement).all()


def _cell(summed: _DeficitSum, rules: Rules) -> Cell:
    people = summed.people
    deficit = round(mean(summed.deficit / HUNDREDTHS, people, low=0, high=POINTS))
    return Cell(
        people=people,
        deficit=deficit,
        need=round(mean(summed.need * POINTS / (NEEDS - 1), people, low=0, high=POINTS)),
        priority=round(mean(summed.priority / HUNDREDTHS, people, low=0, high=POINTS)),
        share=share(summed.above, summed.banded) if summed.banded >= rules.mask_under else None,
        band=band(deficit, rules.deficit_cuts),
    )


def _lines(names: Sequence[tuple[str, str]], counts: Sequence[int], people: int) -> tuple[PartLine, ...]:
    return tuple(PartLine(name, about, told(count, people)) for (name, about), count in zip(names, counts, strict=True))
