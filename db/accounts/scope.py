"""What a staff account may see and change. It goes as `scope=` into every query and use case of the panel."""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, true

from db.accounts.models import Staff, StaffRole
from db.errors import ForbiddenError, NotFoundError


@dataclass(frozen=True, slots=True)
class Scope:
    """One account's reach, made anew at every request. `municipality_ids` empty of value (None) means the region."""

    staff_id: int
    role: StaffRole
    municipality_ids: frozenset[int] | None

    @classmethod
    def of(cls, staff: Staff) -> Self:
        """The account's reach as it stands now."""
        limited = staff.role is StaffRole.MUNICIPAL_METHODIST
        ids = frozenset(row.municipality_id for row in staff.municipalities) if limited else None
        return cls(staff_id=staff.id, role=staff.role, municipality_ids=ids)

    @property
    def can_write(self) -> bool:
        """Whether the account changes anything at all."""
        return self.role is not StaffRole.READER

    @property
    def is_admin(self) -> bool:
        """Whether the account manages accounts, rules and the journal."""
        return self.role is StaffRole.ADMINISTRATOR

    @property
    def reads_results(self) -> bool:
        """Whether the account may open a personal result that a teacher has shared."""
        return self.role is not StaffRole.READER

    def limits(self, column: Any) -> ColumnElement[bool]:
        """A condition on a municipality column, for `.where(scope.limits(Person.municipality_id))`."""
        if self.municipality_ids is None:
            return true()
        condition: ColumnElement[bool] = column.in_(self.municipality_ids)
        return condition

    def sees(self, municipality_id: int | None) -> bool:
        """Whether the municipality is within reach; what belongs to none is within the whole region's reach only."""
        return self.municipality_ids is None or municipality_id in self.municipality_ids

    def check(self, municipality_id: int | None) -> None:
        """Raises NotFoundError for a foreign municipality: that it exists is nobody's business."""
        if not self.sees(municipality_id):
            raise NotFoundError

    def check_write(self, municipality_id: int | None) -> None:
        """As `check`, and the account must be one that changes things."""
        self.check(municipality_id)
        if not self.can_write:
            raise ForbiddenError
