"""Deficits by municipality and component, from the last result of everybody. What may be shown: see `masking`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics.content import NEEDS, Questionnaire
from db.diagnostics.models import ComponentScore, ScoreTally, TallyBy
from db.diagnostics.queries import published_version, questionnaire
from db.diagnostics.rules import band
from db.diagnostics.tally import HUNDREDTHS
from db.dictionaries.models import Municipality, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.errors import NotFoundError
from db.reports import rules as reports_rules
from db.scope import Scope

MEASURES = ("deficit", "share", "need", "priority")
MIDDLE = 2
"""Bands from this one on lie above the middle cut."""


@dataclass(slots=True)
class _DeficitSum:
    """Sums over a group of people for one component."""

    people: int = 0
    deficit: float = 0.0
    need: float = 0.0
    priority: float = 0.0
    bands: list[int] = field(default_factory=list)

    def add(self, other: "_DeficitSum") -> None:
        self.people += other.people
        self.deficit += other.deficit
        self.need += other.need
        self.priority += other.priority
        bands = self.bands or [0] * len(other.bands)
        self.bands = [mine + more for mine, more in zip(bands, other.bands, strict=True)]


@dataclass(frozen=True, slots=True)
class Cell:
    """A published group. Deficit, need and priority are means in points of 0–100 (need is 0–3 brought to 0–100), whole;
    `share` is the part of people, 0–100, whose deficit is above the middle cut, where that may be told. `people` are
    those with a result; `band` is the band of the mean deficit.
    """

    people: int
    deficit: int
    need: int
    priority: int
    share: int | None
    band: int

    def value(self, measure: str) -> int | None:
        """One of MEASURES."""
        found: int | None = getattr(self, measure)
        return found


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A municipality, the small ones together (`id` is empty), or the total. A component without a cell is either
    hidden (`small`) or has no results at all.
    """

    id: int | None
    name: str
    cells: dict[str, Cell]
    small: frozenset[str] = frozenset()

    @property
    def people(self) -> int:
        """How many people there are results of."""
        return max((cell.people for cell in self.cells.values()), default=0)


@dataclass(frozen=True, slots=True)
class Heat:
    """The table. `components` are (code, name, title). `together` stands for so many small municipalities; `hidden`
    are municipalities of which nothing is told, `empty` those without any result.
    """

    components: tuple[tuple[str, str, str], ...]
    rows: tuple[HeatRow, ...]
    together: HeatRow | None
    total: HeatRow
    hidden: tuple[str, ...]
    empty: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[int, int, int]
    least: int


@dataclass(frozen=True, slots=True)
class BandLine:
    """Bands `names` (one, or neighbours told together) and how many people are in them."""

    first: int
    names: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A question and how many people found it difficult (answered 0 or 1); empty where it may not be told."""

    short: str
    text: str
    count: int | None


@dataclass(frozen=True, slots=True)
class CellDetail:
    """What is behind a cell. `cell` empty: the group is too small and nothing is told."""

    municipality_id: int
    municipality: str
    component: str
    name: str
    description: str
    cell: Cell | None
    bands: tuple[BandLine, ...]
    needs: tuple[BandLine, ...]
    items: tuple[ItemLine, ...]
    cuts: tuple[int, int, int]
    least: int


def positions(session: Session) -> list[tuple[int, str]]:
    """Lists positions to filter by."""
    rows = session.execute(
        select(Term.id, Term.name).where(Term.kind == TermKind.POSITION).order_by(Term.position, Term.id)
    )
    return [(row.id, row.name) for row in rows]


def components(session: Session) -> tuple[tuple[str, str, str], ...]:
    """Lists components as (code, name, title), in the questionnaire's order."""
    return tuple((one.code, one.name, one.title) for one in _content(session).components)


def heat(session: Session, caller: StaffCaller, *, position_id: int | None = None) -> Heat:
    """Returns the table within the account's municipalities, of everybody or of one position only."""
    content, rules = _content(session), region_rules(session)
    places = session.execute(
        select(Municipality.id, Municipality.name).where(caller.scope.limits(Municipality)).order_by(Municipality.name)
    ).all()
    sums = _sums(session, caller.scope, rules, by_position=position_id is not None)
    shown: dict[str, tuple[dict[int, _DeficitSum], _DeficitSum | None, set[int]]] = {}
    for component in content.components:
        # The block of the small ones is the whole region's: an account's own small ones would be another cut.
        shown[component.code] = _published(
            sums.get(component.code, {}), rules, position_id, joined=caller.scope.is_regional
        )
    # A share under a filter would be a second cut of the same people; see `masking`.
    share = position_id is None
    rows = tuple(
        HeatRow(
            place.id,
            place.name,
            {
                code: _cell(found[place.id], rules, share=share)
                for code, (found, _, _) in shown.items()
                if place.id in found
            },
            frozenset(code for code, (_, _, small) in shown.items() if place.id in small),
        )
        for place in places
    )
    together = {code: _cell(block, rules, share=share) for code, (_, block, _) in shown.items() if block is not None}
    totals = {code: _total([*found.values(), block], rules) for code, (found, block, _) in shown.items()}
    return Heat(
        components=components(session),
        rows=tuple(row for row in rows if row.cells),
        together=HeatRow(None, "", together) if together else None,
        total=HeatRow(None, "", {code: cell for code, cell in totals.items() if cell is not None}),
        hidden=tuple(row.name for row in rows if row.small and not row.cells),
        empty=tuple(row.name for row in rows if not row.small and not row.cells),
        levels=_levels(content),
        cuts=rules.deficit_cuts,
        least=rules.mask_under,
    )


def cell_detail(session: Session, caller: StaffCaller, *, municipality_id: int, component: str) -> CellDetail:
    """Returns what is behind a cell. Raises NotFoundError for a municipality out of reach or an unknown component."""
    caller.scope.check(municipality_id)
    place = session.get(Municipality, municipality_id)
    content, rules = _content(session), region_rules(session)
    about = content.component(component)
    if place is None or about is None:
        raise NotFoundError
    found = session.execute(
        select(
            ComponentScore.deficit, ComponentScore.need, ComponentScore.priority, ComponentScore.point_deficits
        ).where(
            ComponentScore.latest,
            ComponentScore.municipality_id == municipality_id,
            ComponentScore.component == component,
            ComponentScore.deficit.is_not(None),
        )
    ).all()
    told = len(found) >= rules.mask_under
    summed = _DeficitSum(bands=[0] * (len(rules.deficit_cuts) + 1))
    needs, points = [0] * NEEDS, Counter[str]()
    for row in found if told else ():
        deficit, need = row.deficit or 0.0, row.need or 0
        summed.people += 1
        summed.deficit += deficit
        summed.need += need
        summed.priority += row.priority or 0.0
        summed.bands[band(deficit, rules.deficit_cuts)] += 1
        needs[need] += 1
        points.update(row.point_deficits)
    return CellDetail(
        municipality_id=municipality_id,
        municipality=place.name,
        component=component,
        name=about.name,
        description=about.description,
        cell=_cell(summed, rules, share=True) if told else None,
        bands=_lines(summed.bands, _levels(content), rules) if told else (),
        needs=_lines(needs, about.need.options, rules) if told else (),
        items=tuple(
            ItemLine(
                item.short,
                item.text,
                points[item.code]
                if reports_rules.may_tell(points[item.code], summed.people, rules.mask_under)
                else None,
            )
            for item in about.items
        )
        if told
        else (),
        cuts=rules.deficit_cuts,
        least=rules.mask_under,
    )


def _content(session: Session) -> Questionnaire:
    version_id = published_version(session)
    if version_id is None:
        raise NotFoundError
    return questionnaire(session, version_id=version_id)


def _levels(content: Questionnaire) -> tuple[str, ...]:
    """Names of bands from the smallest deficit; the questionnaire's levels go the other way."""
    return tuple(level.deficit_name for level in reversed(content.levels))


def _sums(
    session: Session, scope: Scope, rules: Rules, *, by_position: bool
) -> dict[str, dict[tuple[int, int | None], _DeficitSum]]:
    """Sums by component, municipality and, where asked, position, from the small table that keeps them.

    With positions there are no bands: nothing under a filter is told of them.
    """
    rows = session.execute(
        select(
            ScoreTally.municipality_id,
            ScoreTally.component,
            ScoreTally.key,
            ScoreTally.people,
            ScoreTally.deficit,
            ScoreTally.need,
            ScoreTally.priority,
        ).where(
            ScoreTally.by == (TallyBy.POSITION if by_position else TallyBy.POINTS),
            ScoreTally.people > 0,
            scope.limits(ScoreTally),
        )
    )
    found: dict[str, dict[tuple[int, int | None], _DeficitSum]] = {}
    for place, component, key, people, deficit, need, priority in rows:
        sums = found.setdefault(component, {})
        summed = sums.setdefault(
            (place, key if by_position else None), _DeficitSum(bands=[0] * (len(rules.deficit_cuts) + 1))
        )
        summed.people += people
        summed.deficit += deficit / HUNDREDTHS
        summed.need += need
        summed.priority += priority / HUNDREDTHS
        if not by_position:
            # Points are rounded up, so a deficit is above a whole cut exactly when they are.
            summed.bands[band(key, rules.deficit_cuts)] += people
    return found


def _published(
    sums: dict[tuple[int, int | None], _DeficitSum], rules: Rules, position_id: int | None, *, joined: bool
) -> tuple[dict[int, _DeficitSum], _DeficitSum | None, set[int]]:
    """The groups to show of one component, the block of small ones, and the municipalities that are hidden."""
    blocks = reports_rules.blocks({key: one.people for key, one in sums.items()}, rules.mask_under)
    if position_id is not None:
        here = {place: one for (place, position), one in sums.items() if position == position_id}
        found = {place: one for place, one in here.items() if (place, position_id) in blocks.parts}
        return found, None, set(here) - set(found)
    places: dict[int, _DeficitSum] = {}
    for (place, _), one in sums.items():
        places.setdefault(place, _DeficitSum()).add(one)
    block: _DeficitSum | None = None
    if joined and blocks.together:
        block = _DeficitSum()
        for place, one in places.items():
            if place in blocks.together:
                block.add(one)
    found = {place: one for place, one in places.items() if place in blocks.whole}
    return found, block, set(places) - set(found)


def _cell(summed: _DeficitSum, rules: Rules, *, share: bool) -> Cell:
    many = None
    if share:
        many = reports_rules.count_from(reports_rules.ranges(summed.bands, rules.mask_under), MIDDLE)
    mean = round(summed.deficit / summed.people)
    return Cell(
        people=summed.people,
        deficit=mean,
        need=round(100 * summed.need / summed.people / (NEEDS - 1)),
        priority=round(summed.priority / summed.people),
        share=None if many is None else round(100 * many / summed.people),
        band=band(mean, rules.deficit_cuts),
    )


def _total(sums: Iterable[_DeficitSum | None], rules: Rules) -> Cell | None:
    """Of what is shown, and only of that; without a share, which would be another cut of the same people."""
    total = _DeficitSum()
    for one in sums:
        if one is not None:
            total.add(one)
    return _cell(total, rules, share=False) if total.people else None


def _lines(counts: Sequence[int], names: Sequence[str], rules: Rules) -> tuple[BandLine, ...]:
    return tuple(
        BandLine(one.first, tuple(names[one.first : one.last + 1]), one.count)
        for one in reports_rules.ranges(counts, rules.mask_under)
    )
