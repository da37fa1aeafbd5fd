"""Deficits by municipality and component, from what was published of everybody's last results.

Which groups there are: `db/diagnostics/blocks.py`; how much is said of a group: `rules`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics.blocks import HUNDREDTHS
from db.diagnostics.content import NEEDS, Questionnaire
from db.diagnostics.models import ScoreBlock
from db.diagnostics.queries import published_version, questionnaire
from db.diagnostics.rules import band, cuts_name
from db.dictionaries.models import Municipality, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.errors import NotFoundError
from db.reports.rules import Portion, mean, share, told

MEASURES = ("deficit", "share", "need", "priority")
POINTS = 100


@dataclass(slots=True)
class _DeficitSum:
    """Sums blocks up for one component.

    `banded` are the people whose bands were made by today's cuts, `above` those of them over the middle one.
    """

    people: int = 0
    deficit: int = 0
    need: int = 0
    priority: int = 0
    above: int = 0
    banded: int = 0

    def add(self, row: Any) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + int(getattr(row, name)))


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


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A municipality, small ones together (`id` is empty), or the total. A component without a cell is not told."""

    id: int | None
    name: str
    cells: dict[str, Cell]

    @property
    def people(self) -> int:
        """How many people there are results of."""
        return max((cell.people for cell in self.cells.values()), default=0)


@dataclass(frozen=True, slots=True)
class Heat:
    """Holds the whole table of deficits.

    `components` are (code, name, title). `together` stands for what small municipalities have between them; `hidden`
    are those of which nothing is told. `published_at` is the last day on which a figure changed.
    """

    components: tuple[tuple[str, str, str], ...]
    rows: tuple[HeatRow, ...]
    together: HeatRow | None
    total: HeatRow
    hidden: tuple[str, ...]
    levels: tuple[str, ...]
    cuts: tuple[int, int, int]
    least: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of a group by its name or its question, and how many are in it: in fives or in words."""

    name: str
    about: str
    count: int | Portion


@dataclass(frozen=True, slots=True)
class CellDetail:
    """What is behind a cell. `cell` empty: the group is too small and nothing is told.

    `bands` are empty where the cuts are not those of the publication any more.
    """

    municipality_id: int
    municipality: str
    component: str
    name: str
    description: str
    cell: Cell | None
    bands: tuple[PartLine, ...]
    needs: tuple[PartLine, ...]
    items: tuple[PartLine, ...]
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
    """Returns the table within the account's municipalities, of everybody or of one position only.

    A position is told from the blocks that hold nobody else. The same blocks serve every account, so two of them learn
    no more than one; what small ones have together is the whole region's and shown to its accounts only.
    """
    content, rules = _content(session), region_rules(session)
    places = session.execute(
        select(Municipality.id, Municipality.name).where(caller.scope.limits(Municipality)).order_by(Municipality.name)
    ).all()
    sums: dict[int | None, dict[str, _DeficitSum]] = {}
    total: dict[str, _DeficitSum] = {}
    published_at: datetime | None = None
    position = () if position_id is None else (ScoreBlock.position_id == position_id,)
    for row in _published(session, rules, caller.scope.limits(ScoreBlock), *position):
        if row.people >= rules.mask_under:
            published_at = max(published_at or row.published_at, row.published_at)
            sums.setdefault(row.municipality_id, {}).setdefault(row.component, _DeficitSum()).add(row)
            total.setdefault(row.component, _DeficitSum()).add(row)
    rows = tuple(_row(place.id, place.name, sums[place.id], rules) for place in places if place.id in sums)
    return Heat(
        components=components(session),
        rows=rows,
        together=_row(None, "", sums[None], rules) if None in sums else None,
        total=_row(None, "", total, rules),
        hidden=tuple(place.name for place in places if place.id not in sums),
        levels=_levels(content),
        cuts=rules.deficit_cuts,
        least=rules.mask_under,
        published_at=published_at,
    )


def cell_detail(session: Session, caller: StaffCaller, *, municipality_id: int, component: str) -> CellDetail:
    """Returns what is behind a cell. Raises NotFoundError for a municipality out of reach or an unknown component."""
    caller.scope.check(municipality_id)
    place = session.get(Municipality, municipality_id)
    content, rules = _content(session), region_rules(session)
    about = content.component(component)
    if place is None or about is None:
        raise NotFoundError
    here = (ScoreBlock.municipality_id == municipality_id, ScoreBlock.component == component)
    summed, points = _DeficitSum(), Counter[str]()
    for row in _published(session, rules, *here):
        summed.add(row)
    bands, needs, cuts = [0] * (len(rules.deficit_cuts) + 1), [0] * NEEDS, cuts_name(rules.deficit_cuts)
    for block in session.scalars(select(ScoreBlock).where(*here, ScoreBlock.left_at.is_(None))):
        needs = [mine + more for mine, more in zip(needs, block.needs, strict=True)]
        points.update(block.points)
        if block.cuts == cuts:
            bands = [mine + more for mine, more in zip(bands, block.bands, strict=True)]
    shown, banded = summed.people >= rules.mask_under, summed.banded >= rules.mask_under
    options = [(option, "") for option in about.need.options]
    items = [(item.short, item.text) for item in about.items]
    hard = [points[item.code] for item in about.items]
    return CellDetail(
        municipality_id=municipality_id,
        municipality=place.name,
        component=component,
        name=about.name,
        description=about.description,
        cell=_cell(summed, rules) if shown else None,
        bands=_lines(list(zip(_levels(content), _edges(rules), strict=True)), bands, summed.banded) if banded else (),
        needs=_lines(options, needs, summed.people) if shown else (),
        items=_lines(items, hard, summed.people) if shown else (),
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


def _edges(rules: Rules) -> list[str]:
    """The points of each band."""
    cuts = rules.deficit_cuts
    return [
        f"{low}\N{EN DASH}{high}" for low, high in zip((0, *(cut + 1 for cut in cuts)), (*cuts, POINTS), strict=True)
    ]


def _published(session: Session, rules: Rules, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Sums of what is published now, by municipality and component."""
    today = ScoreBlock.cuts == cuts_name(rules.deficit_cuts)
    return session.execute(
        select(
            ScoreBlock.municipality_id,
            ScoreBlock.component,
            *(func.sum(getattr(ScoreBlock, name)).label(name) for name in ("people", "deficit", "need", "priority")),
            func.sum(case((today, ScoreBlock.above), else_=0)).label("above"),
            func.sum(case((today, ScoreBlock.people), else_=0)).label("banded"),
            func.max(ScoreBlock.published_at).label("published_at"),
        )
        .where(ScoreBlock.left_at.is_(None), *where)
        .group_by(ScoreBlock.municipality_id, ScoreBlock.component)
    ).all()


def _row(place: int | None, name: str, sums: dict[str, _DeficitSum], rules: Rules) -> HeatRow:
    return HeatRow(place, name, {code: _cell(one, rules) for code, one in sums.items()})


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
