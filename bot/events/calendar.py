"""The calendar's state: a month, a page and filters, small enough to travel in a button."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from db.events.models import EventMode
from db.events.queries import Filters
from db.events.rules import YEARS

MODES = {"f": EventMode.OFFLINE, "n": EventMode.ONLINE, "h": EventMode.HYBRID}
LETTERS = {mode: letter for letter, mode in MODES.items()}
CODE = 20
DIGITS = 9  # any more would be no number of the database's
NEAR = Filters()


@dataclass(frozen=True, slots=True)
class View:
    """What the calendar shows. `month` is its first day; none means the month of the next event."""

    month: date | None = None
    page: int = 0
    filters: Filters = NEAR

    def pack(self) -> str:
        """As text for a button, such as `202612.0.17.digital.n.1`; ≤ 45 characters."""
        chosen = self.filters
        return ".".join(
            (
                f"{self.month:%Y%m}" if self.month else "",
                str(self.page),
                str(chosen.format_id or ""),
                chosen.component or "",
                LETTERS[chosen.mode] if chosen.mode else "",
                "1" if chosen.near else "",
            )
        )

    @classmethod
    def parse(cls, packed: str) -> Self:
        """Reads a button; what makes no sense (a forged or an old one) means the beginning."""
        parts = packed.split(".")
        if len(parts) != 6 or any(len(part) > DIGITS for part in parts[:3]):
            return cls()
        month, page, format_id, component, mode, near = parts
        try:
            if month and int(month[:4]) not in YEARS:
                return cls()
            return cls(
                month=date(int(month[:4]), int(month[4:]), 1) if month else None,
                page=max(0, int(page)),
                filters=Filters(int(format_id) if format_id else None, component or None, MODES.get(mode), bool(near)),
            )
        except ValueError:
            return cls()

    def at(self, month: date) -> Self:
        """The first page of another month."""
        return replace(self, month=month, page=0)

    def turned(self, page: int) -> Self:
        """Another page of the month."""
        return replace(self, page=page)

    def filtered(self, **filters: Any) -> Self:
        """The same under other filters, from the first event they find."""
        return replace(self, month=None, page=0, filters=replace(self.filters, **filters))

    @property
    def plain(self) -> bool:
        """Whether nothing is left out but what is far away."""
        return self.filters == NEAR
