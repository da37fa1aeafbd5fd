"""How many people there are by the documents, and how many of them have walked a self-diagnosis, unit by unit."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics.queries import published_version
from db.dictionaries.models import Municipality, StaffNumber
from db.reports import deficits
from db.reports.deficits import Heat
from db.reports.rules import Portion, down_to_fives, full_name, told
from db.reports.staff_queries import diagnosed_told


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """Sets a category of staff beside those who passed.

    `count` is the document's number; `passed` is of whole batches and in fives, so that it is nobody's own, and None
    where no position of the product belongs to the category. `nearly_all` passed where «5 из 5» would tell it of each.
    """

    name: str
    count: int
    passed: int | None
    source: str
    nearly_all: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """The report: categories in the document's order and their sum, and the units under the opened one.

    `heat` has the same people by unit as the report of deficits, group for group: another count could be taken from
    that one. None where the service has no instrument.
    """

    rows: tuple[CoverageLine, ...]
    heat: Heat | None

    @property
    def total(self) -> int:
        """All staff that the documents state."""
        return sum(row.count for row in self.rows)


def means(heat: Heat) -> list[tuple[int, str]]:
    """Returns the mean deficit of each component of which it is told, with both names of the component."""
    cells = ((heat.total.cells.get(code), full_name(name, title)) for code, name, title in heat.components)
    return [(cell.deficit, name) for cell, name in cells if cell]


def coverage(
    session: Session, caller: StaffCaller, *, centre_id: int | None = None, municipality_id: int | None = None
) -> Coverage:
    """Returns the lines of what is opened, else of all within reach, beside what was published there."""
    rows = lines(session, caller, centre_id=centre_id, municipality_id=municipality_id)
    heat = None
    if published_version(session) is not None:
        heat = deficits.heat(session, caller, centre_id=centre_id, municipality_id=municipality_id)
    return Coverage(rows, heat)


def lines(
    session: Session, caller: StaffCaller, *, centre_id: int | None = None, municipality_id: int | None = None
) -> tuple[CoverageLine, ...]:
    """Returns the numbers within reach, each with how many of those people completed a self-diagnosis."""
    numbers = session.scalars(_numbers(caller, centre_id=centre_id, municipality_id=municipality_id)).all()
    passed = diagnosed_told(session, caller) if any(one.positions for one in numbers) else {}
    return tuple(_line(one, passed) for one in numbers)


def staff(session: Session, caller: StaffCaller) -> int | None:
    """Returns all staff that the documents state within reach: for the list of reports. None where they state none."""
    counted = _numbers(caller).order_by(None).subquery().c["count"]
    found: int | None = session.scalar(select(func.sum(counted)))
    return found


def _numbers(
    caller: StaffCaller, *, centre_id: int | None = None, municipality_id: int | None = None
) -> Select[StaffNumber]:
    """Those of a municipality or a centre, and for a regional account those of the region too."""
    placed = caller.scope.limits(StaffNumber)
    if municipality_id is not None:
        placed = and_(placed, StaffNumber.municipality_id == municipality_id)
    elif centre_id is not None:
        served = select(Municipality.id).where(Municipality.centre_id == centre_id)
        placed = and_(placed, StaffNumber.municipality_id.in_(served))
    elif caller.scope.is_regional:
        placed = or_(placed, StaffNumber.municipality_id.is_(None))
    return select(StaffNumber).where(placed).order_by(StaffNumber.position, StaffNumber.id)


def _line(one: StaffNumber, passed: Mapping[tuple[str, int | None], int]) -> CoverageLine:
    if not one.positions:
        return CoverageLine(one.name, one.count, None, one.source)
    people = sum(
        count
        for (position, place), count in passed.items()
        if position in one.positions and one.municipality_id in (None, place)
    )
    nearly_all = told(min(people, one.count), one.count) is Portion.ALMOST_ALL
    return CoverageLine(one.name, one.count, down_to_fives(people), one.source, nearly_all)
