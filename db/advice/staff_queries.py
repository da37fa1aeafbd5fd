"""Reads advice for the panel: the list by category, component and level, and one piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.advice.models import AdviceCategory, CentreAdvice
from db.caller import StaffCaller
from db.diagnostics.models import Instrument, InstrumentKind, InstrumentVersion, VersionStatus
from db.diagnostics.queries import questionnaire
from db.dictionaries.models import Audience, Centre, Term, TermKind
from db.errors import NotFoundError
from db.projects.reach import may_change, own_centres, shown_centres
from db.scope import Scope
from db.search import matches

REGION = 0
"""Stands for the whole service where a centre is asked for."""


@dataclass(frozen=True, slots=True)
class AdviceFilter:
    """Narrows the list; `centre_id` REGION keeps to the whole service's."""

    category_id: int | None = None
    component: str = ""
    centre_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class AdviceCard:
    """One piece of advice, and whether the account may change it."""

    row: CentreAdvice
    editable: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """A component of a published instrument: its code and title, the instrument's key and title, and for whom it is."""

    code: str
    title: str
    instrument: str
    by: str
    audience: Audience


def count(session: Session, caller: StaffCaller, *, wanted: AdviceFilter) -> int:
    """Counts the pieces within reach."""
    return session.scalar(select(func.count()).select_from(CentreAdvice).where(*_found(caller, wanted))) or 0


def advice(
    session: Session, caller: StaffCaller, *, wanted: AdviceFilter, offset: int = 0, limit: int | None = None
) -> Sequence[CentreAdvice]:
    """Lists the pieces within reach in their order: the whole service's, then those of centres."""
    return session.scalars(
        select(CentreAdvice)
        .where(*_found(caller, wanted))
        .options(*LINKED)
        .order_by(func.coalesce(CentreAdvice.centre_id, 0), CentreAdvice.position, CentreAdvice.id)
        .offset(offset)
        .limit(limit)
    ).all()


def card(session: Session, caller: StaffCaller, *, advice_id: int) -> AdviceCard:
    """Returns one piece. Raises NotFoundError for what is out of reach."""
    where = (CentreAdvice.id == advice_id, visible(caller.scope))
    row = session.scalar(select(CentreAdvice).where(*where).options(*LINKED))
    if row is None:
        raise NotFoundError
    return AdviceCard(row, may_change(session, caller.scope, centre_id=row.centre_id, municipality_id=None))


def categories(session: Session) -> Sequence[AdviceCategory]:
    """Lists the categories in their order."""
    return session.scalars(select(AdviceCategory).order_by(AdviceCategory.position, AdviceCategory.id)).all()


def audiences(session: Session, of: Sequence[AdviceCategory]) -> dict[int, Audience]:
    """Says by category whose instrument its people are offered: that of its first position."""
    of_positions = {
        row.code: row.audience or Audience.TEACHER
        for row in session.execute(select(Term.code, Term.audience).where(Term.kind == TermKind.POSITION))
    }
    return {
        one.id: next((of_positions[code] for code in one.positions if code in of_positions), Audience.TEACHER)
        for one in of
    }


def matters(session: Session) -> list[Matter]:
    """Lists the components of every published instrument, the teachers' first."""
    return [
        Matter(one.code, one.title, row.key, row.title, row.audience)
        for row in session.execute(_published()).all()
        for one in questionnaire(session, version_id=row.id).components
    ]


def levels(session: Session) -> list[tuple[str, str]]:
    """Lists the levels of all published instruments by code, from the lowest; a code is told once."""
    found: dict[str, str] = {}
    for row in session.execute(_published()).all():
        for level in questionnaire(session, version_id=row.id).levels:
            found.setdefault(level.code, level.name)
    return list(found.items())


def centres(session: Session, caller: StaffCaller, *, own: bool = False) -> list[tuple[int, str]]:
    """Lists the centres whose advice the account sees; `own`: those that it speaks for."""
    rows = session.execute(
        select(Centre.id, Centre.name).where(shown_centres(caller.scope)).order_by(Centre.independent, Centre.name)
    )
    mine = own_centres(session, caller.scope) if own else None
    return [(row.id, row.name) for row in rows if mine is None or row.id in mine]


def visible(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition that the account sees a piece: the whole service's, or a centre's within reach."""
    seen = select(Centre.id).where(shown_centres(scope))
    return or_(CentreAdvice.centre_id.is_(None), CentreAdvice.centre_id.in_(seen))


def _published() -> Any:
    return (
        select(InstrumentVersion.id, Instrument.key, Instrument.title, Instrument.audience)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(InstrumentVersion.status == VersionStatus.PUBLISHED, Instrument.kind == InstrumentKind.DIAGNOSIS)
        .order_by(Instrument.id)
    )


def _found(caller: StaffCaller, wanted: AdviceFilter) -> list[ColumnElement[bool]]:
    conditions = [visible(caller.scope), matches(wanted.text, CentreAdvice.title, CentreAdvice.text)]
    if wanted.category_id is not None:
        conditions.append(CentreAdvice.category_id == wanted.category_id)
    if wanted.component:
        conditions.append(CentreAdvice.component == wanted.component)
    if wanted.centre_id is not None:
        centre = CentreAdvice.centre_id
        conditions.append(centre == wanted.centre_id if wanted.centre_id != REGION else centre.is_(None))
    return conditions


LINKED = [
    joinedload(one) for one in (CentreAdvice.centre, CentreAdvice.category, CentreAdvice.site, CentreAdvice.document)
]
