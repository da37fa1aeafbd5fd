"""Says what a staff account may see and change: its role, and how far it reaches."""

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, column, false, inspect, literal, select, table, true
from sqlalchemy.orm import object_session

from db.base import Base
from db.errors import ForbiddenError, NotFoundError


class StaffRole(enum.StrEnum):
    """What an account may do in the panel."""

    ADMINISTRATOR = "administrator"
    REGIONAL_METHODIST = "regional_methodist"
    MUNICIPAL_METHODIST = "municipal_methodist"
    READER = "reader"
    AUDITOR = "auditor"
    COORDINATOR = "coordinator"
    ORGANISATION = "organisation"


READ_ONLY = (StaffRole.READER, StaffRole.AUDITOR, StaffRole.COORDINATOR, StaffRole.ORGANISATION)
"""Roles that change nothing."""


_PERSON = table("person", column("id"), column("organisation_id"))


@dataclass(frozen=True, slots=True)
class Scope:
    """One account's reach, made anew at every request. `municipality_ids` empty of value (None) means the region.

    It limits rows by what they are, not by a column: every table says by `unit` which of its columns places a row.
    """

    staff_id: int
    role: StaffRole
    municipality_ids: frozenset[int] | None
    campaign_id: int | None = None
    """The one selection that an auditor reads, with names and documents; nothing else is open to one."""
    direction_ids: frozenset[int] | None = None
    """The directions whose applications a coordinator reads, of all selections, and whose lines of a plan one keeps."""
    organisation_id: int | None = None
    """The one organisation whose people an account of it sees; `municipality_ids` is where it stands."""

    @property
    def applications_only(self) -> bool:
        """Whether the account reads some applications, and at most keeps some lines of a plan."""
        return self.campaign_id is not None or self.direction_ids is not None

    @property
    def can_write(self) -> bool:
        """Whether the account changes anything at all."""
        return self.role not in READ_ONLY

    @property
    def is_admin(self) -> bool:
        """Whether the account manages accounts, rules and the journal."""
        return self.role is StaffRole.ADMINISTRATOR

    @property
    def is_regional(self) -> bool:
        """Whether the whole region is within reach."""
        return self.municipality_ids is None

    @property
    def sees_names(self) -> bool:
        """Whether the account learns who somebody is; a reader gets reports, and lists without names."""
        return self.role is not StaffRole.READER

    @property
    def reads_results(self) -> bool:
        """Whether the account may open a personal result that a teacher has shared."""
        return self.can_write

    def limits(self, entity: Any) -> ColumnElement[bool]:
        """Returns a condition on a table's class or its alias, for `.where(scope.limits(Person))`."""
        if self.municipality_ids is None:
            return true()
        if self.organisation_id is not None:
            return self._of_organisation(entity)
        condition: ColumnElement[bool] = getattr(entity, entity.unit).in_(self.municipality_ids)
        return condition

    def _of_organisation(self, entity: Any) -> ColumnElement[bool]:
        """Rows of the one organisation: what neither names it nor one of its people is nobody's there."""
        if entity.organisation_by is not None:
            own: ColumnElement[bool] = getattr(entity, entity.organisation_by) == self.organisation_id
            return own
        if entity.person_by is not None:
            people = select(_PERSON.c.id).where(_PERSON.c.organisation_id == self.organisation_id)
            theirs: ColumnElement[bool] = getattr(entity, entity.person_by).in_(people)
            return theirs
        if entity.unit != "id":
            return false()
        there: ColumnElement[bool] = entity.id.in_(self.municipality_ids or ())  # where it stands, by name
        return there

    def sees(self, what: Base | int | None) -> bool:
        """Whether a row, or a municipality by its id, is within reach; what belongs to none is the whole region's."""
        if self.municipality_ids is None:
            return True
        if self.organisation_id is not None and isinstance(what, Base):
            return self._finds(what)
        return (getattr(what, what.unit) if isinstance(what, Base) else what) in self.municipality_ids

    def _finds(self, row: Base) -> bool:
        """Whether a stored row is the organisation's."""
        session, state = object_session(row), inspect(row)
        if session is None or state.identity is None:
            return False
        keys = zip(inspect(type(row)).primary_key, state.identity, strict=True)
        own = select(literal(True)).where(self._of_organisation(type(row)), *(name == key for name, key in keys))
        return bool(session.scalar(own))

    def check(self, what: Base | int | None) -> None:
        """Raises NotFoundError for what is out of reach: that it exists is nobody's business."""
        if not self.sees(what):
            raise NotFoundError

    def check_write(self, what: Base | int | None) -> None:
        """As `check`, and raises ForbiddenError for an account that changes nothing."""
        self.check(what)
        if not self.can_write:
            raise ForbiddenError

    def check_region(self) -> None:
        """Raises ForbiddenError unless the account changes what is the whole region's."""
        if not (self.is_regional and self.can_write):
            raise ForbiddenError

    def sees_direction(self, direction_id: int | None) -> bool:
        """Whether what is of a direction is within reach; what is of none is everybody's to read."""
        return self.direction_ids is None or direction_id is None or direction_id in self.direction_ids

    def check_direction(self, direction_id: int | None) -> None:
        """Lets a coordinator change what is of an own direction, others what is the whole region's.

        Raises NotFoundError for another's direction and for what is of none, ForbiddenError as `check_region` does.
        """
        if self.direction_ids is None:
            self.check_region()
        elif direction_id not in self.direction_ids:
            raise NotFoundError

    def check_admin(self) -> None:
        """Raises ForbiddenError for whoever is no administrator."""
        if not self.is_admin:
            raise ForbiddenError
