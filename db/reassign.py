"""Has rows of one person be another's: what every noun's `personal.merge` is made of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Update, delete, exists, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.people.models import Person


def reassign(
    session: Session,
    column: Any,
    *,
    kept_id: int,
    gone_id: int,
    alike: Sequence[Any] = (),
    only: Sequence[ColumnElement[bool]] = (),
) -> None:
    """Moves the rows whose `column` is `gone_id`, but not one that is `alike` in these columns to another of `kept_id`.

    With `only`, a row is told by columns of the same table which of them stand in the way.
    """
    session.flush()
    table = column.class_.__table__
    own = table.c[column.key]
    moved: Update = update(table).where(own == gone_id)
    if alike:
        other = table.alias()
        same = [other.c[one.key] == table.c[one.key] for one in alike]
        moved = moved.where(~exists().where(other.c[column.key] == kept_id, *same))
    session.execute(moved.where(*only).values({own: kept_id}))
    session.expire_all()


def exchange(session: Session, caller: Caller, column: Any, *, kept_id: int, gone_id: int, where: Any) -> None:
    """Swaps whose these rows are, by way of a third number: not for a moment may two rows be one person's."""
    third = Person(created_at=caller.now)
    session.add(third)
    session.flush()
    table = column.class_.__table__
    own = table.c[column.key]
    for before, after in ((kept_id, third.id), (gone_id, kept_id), (third.id, gone_id)):
        session.execute(update(table).where(own == before, where).values({own: after}))
    session.execute(delete(Person).where(Person.id == third.id))
    session.expire_all()
