"""Moves statuses along their tables: one table for each kind of status, one way to write a status."""

import enum
from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from sqlalchemy import Table, Update, update

from db.errors import ConflictError

S = TypeVar("S", bound=enum.StrEnum)

_TABLES: dict[type[enum.StrEnum], "Transitions[Any]"] = {}


class Transitions(Generic[S]):
    """Which status may follow which. `refusal` is the ConflictError's code where one may not."""

    def __init__(self, moves: Mapping[S, Collection[S]], *, refusal: str = "conflict") -> None:
        self.moves = {status: frozenset(then) for status, then in moves.items()}
        self._refusal = refusal
        kind = type(next(iter(self.moves)))
        if set(self.moves) != set(kind):
            raise ValueError(f"{kind.__name__}: every status needs its line")
        _TABLES[kind] = self

    def check(self, status: S, to: S) -> None:
        """Raises ConflictError where the table knows no such step."""
        if to not in self.moves[status]:
            raise ConflictError(self._refusal)

    def before(self, to: S) -> frozenset[S]:
        """Returns the statuses that may become this one."""
        return frozenset(status for status, then in self.moves.items() if to in then)


def move(row: Any, to: enum.StrEnum) -> None:
    """Gives a row its next status. Raises ConflictError where the table knows no such step; nothing is changed then."""
    _table(type(to)).check(row.status, to)
    row.status = to


def moving(table: Any, to: enum.StrEnum) -> Update:
    """Begins an UPDATE that gives this status to the rows that may have it; narrow it by `.where`, add `.values`."""
    status = table.c.status if isinstance(table, Table) else table.status
    before = _table(type(to)).before(to)
    # One as a plain comparison: such a statement can be prepared once and run with many rows.
    may = status == next(iter(before)) if len(before) == 1 else status.in_(before)
    return update(table).where(may).values(status=to)


def _table(kind: type[enum.StrEnum]) -> "Transitions[Any]":
    if kind not in _TABLES:  # the table stands in the noun's rules, which this process had no use for yet
        import_module(f"{kind.__module__.rpartition('.')[0]}.rules")
    return _TABLES[kind]
