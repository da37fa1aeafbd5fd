"""Says what a staff account may see and change: its role, and how far it reaches."""

import enum
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true

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


READ_ONLY = (StaffRole.READER, StaffRole.AUDITOR, StaffRole.COORDINATOR)
"""Roles that change nothing."""


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
    """The directions whose applications a coordinator reads, of all selections; nothing else is open to one."""

    @property
    def applications_only(self) -> bool:
        """Whether the account reads some applications and nothing else."""
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
        condition: ColumnElement[bool] = getattr(entity, entity.unit).in_(self.municipality_ids)
        return condition

    def sees(self, what: Base | int | None) -> bool:
        """Whether a row, or a municipality by its id, is within reach; what belongs to none is the whole region's."""
        if self.municipality_ids is None:
            return True
        return (getattr(what, what.unit) if isinstance(what, Base) else what) in self.municipality_ids

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

    def check_admin(self) -> None:
        """Raises ForbiddenError for whoever is no administrator."""
        if not self.is_admin:
            raise ForbiddenError
