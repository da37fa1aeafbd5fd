"""Brings a list in or takes it back as a whole, in short transactions through the door: panel and command line."""

from typing import Any, Protocol

from db.caller import Caller
from db.errors import DomainError
from db.imports import queries, services


class Door(Protocol):
    """What runs a use case in a transaction of its own, as `db.database.Database` does."""

    def write(self, use_case: Any, /, *args: Any, **arguments: Any) -> Any:
        """Runs a use case that changes something."""

    def read(self, query: Any, /, *args: Any, **arguments: Any) -> Any:
        """Runs a query."""


def apply(door: Door, caller: Caller, *, upload_id: int) -> tuple[int, int]:
    """Brings a list in and returns how many rows were added and changed.

    What it would do is planned after its turn has begun, so that one cut short goes on with what is left. Raises
    DomainError `imports_wrong` where a row is wrong, `imports_missing` where a column is.
    """
    before = door.read(queries.preview, caller, upload_id=upload_id)
    if before.missing:
        raise DomainError("imports_missing")
    if before.plan is not None and before.plan.errors:
        raise DomainError("imports_wrong", wrong=len(before.plan.errors))
    turn = door.write(services.begin, caller, upload_id=upload_id)
    planned = door.read(queries.preview, caller, upload_id=upload_id).plan
    for start in range(0, len(planned.changes), services.PIECE):
        changes = planned.changes[start : start + services.PIECE]
        door.write(services.put, caller, upload_id=upload_id, turn=turn, changes=changes)
    done: tuple[int, int] = door.write(services.finish, caller, upload_id=upload_id, turn=turn)
    return done


def undo(door: Door, caller: Caller, *, upload_id: int) -> tuple[int, int]:
    """Takes a list back and returns how many rows went and how many stay, because they are in use since."""
    turn = door.write(services.begin_undo, caller, upload_id=upload_id)
    gone = stay = 0
    while True:
        went, stayed = door.write(services.undo, caller, upload_id=upload_id, turn=turn)
        if not went + stayed:
            return gone, stay
        gone, stay = gone + went, stay + stayed
