"""The one hierarchy by which reports are told: region, centre, municipality, organisation."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation
from db.errors import NotFoundError
from db.search import natural


class UnitLevel(enum.StrEnum):
    """What a unit is; above them all is the region."""

    CENTRE = "centre"
    MUNICIPALITY = "municipality"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Unit:
    """One centre, municipality or organisation."""

    level: UnitLevel
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit that is opened, and what stands one level under it.

    `path` leads to the unit from the top, itself included; empty is all that the account reaches; a centre of one
    municipality is left out, for it is the same. `places` say which of
    `units` an organisation or municipality there is, or is served by.
    """

    path: tuple[Unit, ...]
    level: UnitLevel
    units: tuple[Unit, ...]
    places: Mapping[int, Unit]

    @property
    def unit(self) -> Unit | None:
        """The unit that is opened."""
        return self.path[-1] if self.path else None


def opened(
    session: Session, caller: StaffCaller, *, centre_id: int | None = None, municipality_id: int | None = None
) -> Branch:
    """Returns what is under a centre, a municipality, or all that the account reaches.

    A level of one municipality alone says nothing, so it is passed. Raises NotFoundError for what is out of reach.
    """
    if municipality_id is not None:
        return _organisations(session, _municipality(session, caller, municipality_id), caller)
    own = caller.scope.limits(Municipality), ~Municipality.outside
    towns = select(Municipality).where(*own).order_by(Municipality.name)
    centres = _centres(session, caller)
    if centre_id is not None:
        if centre_id not in centres:
            raise NotFoundError
        towns = towns.where(Municipality.centre_id == centre_id)
    path = () if centre_id is None else (centres[centre_id],)
    served = session.scalars(towns).all()
    if len(served) == 1:
        return _organisations(session, served[0], caller)
    units = {town.id: Unit(UnitLevel.MUNICIPALITY, town.id, town.name) for town in served}
    if path or not centres:
        return Branch(path, UnitLevel.MUNICIPALITY, tuple(units.values()), units)
    places = {town.id: centres.get(town.centre_id or 0, units[town.id]) for town in served}
    return Branch((), UnitLevel.CENTRE, tuple(dict.fromkeys([*centres.values(), *places.values()])), places)


def found(
    session: Session,
    caller: StaffCaller,
    *,
    centre_id: int | None = None,
    municipality_id: int | None = None,
    organisation_id: int | None = None,
) -> Unit:
    """Returns the one that is named. Raises NotFoundError for what is out of reach, or if none is named."""
    if organisation_id is not None:
        row = session.get(Organisation, organisation_id)
        if row is None or not row.confirmed:
            raise NotFoundError
        caller.scope.check(row)
        return Unit(UnitLevel.ORGANISATION, row.id, row.name)
    if caller.scope.organisation_id is not None:  # all of it and no more is within reach
        raise NotFoundError
    if municipality_id is not None:
        town = _municipality(session, caller, municipality_id)
        return Unit(UnitLevel.MUNICIPALITY, town.id, town.name)
    centre = _centres(session, caller).get(centre_id or 0)
    if centre is None:
        raise NotFoundError
    return centre


def _centres(session: Session, caller: StaffCaller) -> dict[int, Unit]:
    """Centres are the region's: an account that reaches less has the municipalities of its own."""
    if not caller.scope.is_regional:
        return {}
    rows = session.scalars(select(Centre).order_by(Centre.independent, Centre.name))
    return {row.id: Unit(UnitLevel.CENTRE, row.id, row.name) for row in rows}


def _municipality(session: Session, caller: StaffCaller, municipality_id: int) -> Municipality:
    caller.scope.check(municipality_id)
    town = session.get(Municipality, municipality_id)
    if town is None:
        raise NotFoundError
    return town


def _organisations(session: Session, town: Municipality, caller: StaffCaller) -> Branch:
    centre = _centres(session, caller).get(town.centre_id or 0)
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(
            Organisation.municipality_id == town.id, Organisation.confirmed, caller.scope.limits(Organisation)
        )
    )
    units = sorted(
        (Unit(UnitLevel.ORGANISATION, row.id, row.name) for row in rows), key=lambda unit: natural(unit.name)
    )
    path = (*((centre,) if centre else ()), Unit(UnitLevel.MUNICIPALITY, town.id, town.name))
    return Branch(path, UnitLevel.ORGANISATION, tuple(units), {unit.id: unit for unit in units})
