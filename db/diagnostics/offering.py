"""Which instruments a person meets: those for the own position, and those that one has walked already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Integer, and_, bindparam, select
from sqlalchemy.orm import Session

from db.diagnostics.models import Attempt, Instrument, InstrumentVersion, VersionStatus
from db.diagnostics.rules import offered
from db.dictionaries.models import Audience, Term
from db.errors import DomainError
from db.people.models import Person


@dataclass(frozen=True, slots=True)
class Offer:
    """An instrument as one person meets it: the attempt under way, the last closed one.

    `version_id` is what a new attempt begins with, empty where the instrument is for other positions.
    """

    instrument_id: int
    title: str
    version_id: int | None
    open_id: int | None
    last_id: int | None
    last_at: datetime | None


def offers(session: Session, *, person_id: int) -> list[Offer]:
    """Lists what a person may begin, go on with or look at: those for the own position first."""
    own = session.scalar(_AUDIENCE, {"person": person_id}) or Audience.TEACHER
    instruments = session.execute(_INSTRUMENTS).all()
    wanted = offered(own, {row.audience for row in instruments if row.version_id is not None})
    # The later ones replace the earlier: an open attempt is one, the last closed one is the latest.
    opened: dict[int, int] = {}
    closed: dict[int, tuple[int, datetime]] = {}
    for row in session.execute(_WALKED, {"person": person_id}):
        if row.completed_at is None:
            opened[row.instrument_id] = row.id
        else:
            closed[row.instrument_id] = (row.id, row.completed_at)
    found = [
        Offer(
            row.id,
            row.title,
            row.version_id if row.audience in wanted else None,
            opened.get(row.id),
            *closed.get(row.id, (None, None)),
        )
        for row in sorted(instruments, key=lambda row: (row.audience not in wanted, _place(wanted, row.audience)))
    ]
    return [one for one in found if one.version_id or one.open_id or one.last_id]


def _place(wanted: Sequence[Audience], audience: Audience) -> int:
    return wanted.index(audience) if audience in wanted else len(wanted)


def chosen(found: Sequence[Offer], instrument_id: int | None) -> Offer:
    """Returns the asked one of the offers, else the first.

    Raises DomainError `diagnostics_no_instrument`, or `diagnostics_not_offered` for one that is for others.
    """
    if instrument_id is None:
        if not found:
            raise DomainError("diagnostics_no_instrument")
        return found[0]
    one = next((one for one in found if one.instrument_id == instrument_id), None)
    if one is None:
        raise DomainError("diagnostics_not_offered")
    return one


# Asked whenever diagnostics are opened: built once, for building a statement costs more than running it.
_OWN: BindParameter[int] = bindparam("person", type_=Integer)
_AUDIENCE = select(Term.audience).join(Person, Person.position_id == Term.id).where(Person.id == _OWN)
_INSTRUMENTS = (
    select(Instrument.id, Instrument.title, Instrument.audience, InstrumentVersion.id.label("version_id"))
    .outerjoin(
        InstrumentVersion,
        and_(InstrumentVersion.instrument_id == Instrument.id, InstrumentVersion.status == VersionStatus.PUBLISHED),
    )
    .order_by(Instrument.id)
)
_WALKED = (
    select(Attempt.id, Attempt.instrument_id, Attempt.completed_at)
    .where(Attempt.person_id == _OWN)
    .order_by(Attempt.completed_at, Attempt.id)
)
