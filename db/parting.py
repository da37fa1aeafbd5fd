"""Notes what stood in every row before a work changes it, and puts it back: how two who were made one are parted.

Statements are watched as the database gets them, so that a table of tomorrow is noted too and no noun knows of it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Self, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Delete,
    Insert,
    Row,
    Table,
    Time,
    UniqueConstraint,
    Update,
    and_,
    delete,
    event,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Base, UtcDateTime
from db.errors import ConflictError

Cells = dict[str, Any]
JOURNAL = ("audit_entry", "audit_subject")
SAID = "notice"
"""What was said meanwhile stays said: only what still waits is taken back."""
LAST_OF_SEVERAL = ("component_score",)
"""A newer one of somebody changes what an older one means."""


class Watch:
    """Watches a session while something is done; `changes` tells which rows it changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: dict[tuple[str, tuple[Any, ...]], Cells | None] = {}
        self._put_in: list[tuple[Table, ColumnElement[bool]]] = []

    def __enter__(self) -> Self:
        self._session.flush()
        self._connection = self._session.connection()
        event.listen(self._connection, "before_execute", self._statement)
        event.listen(self._session, "after_flush", self._flushed)
        return self

    def __exit__(self, *_failure: object) -> None:
        event.remove(self._connection, "before_execute", self._statement)
        event.remove(self._session, "after_flush", self._flushed)

    def _statement(self, connection: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if not isinstance(statement, Insert | Update | Delete):
            return
        name = cast(Table, statement.table).name
        if name in JOURNAL:
            return
        target = Base.metadata.tables[name]
        self._settle()
        for values in many or [one]:
            if isinstance(statement, Insert):
                where = _alike(target, _told(connection, statement, values))
                if where is not None:
                    self._put_in.append((target, where))
                    self._note(target, where, {})
                continue
            for row in self._note(target, statement.whereclause, values):
                if isinstance(statement, Update):
                    self._note_renamed(target, row, _told(connection, statement, values))

    def _note(self, target: Table, where: Any, values: Any) -> Sequence[Row[Any]]:
        rows = self._connection.execute(select(target).where(where), values).all()
        for row in rows:
            key = target.name, _key(target, row)
            if key not in self._before:
                self._before[key] = _plain(row)
                self._note_falling(target, row)
        return rows

    def _note_renamed(self, target: Table, row: Row[Any], values: Mapping[str, Any]) -> None:
        """A row whose very key changes is another row then."""
        key = {column: values.get(column.name, row._mapping[column]) for column in target.primary_key}
        if any(row._mapping[column] != value for column, value in key.items()):
            self._put_in.append((target, and_(*(column == value for column, value in key.items()))))

    def _note_falling(self, target: Table, row: Row[Any]) -> None:
        """Notes what the database itself drops or empties together with a row."""
        for other in Base.metadata.tables.values():
            for key in other.foreign_keys:
                if key.column.table is target and key.ondelete:
                    self._note(other, key.parent == row._mapping[key.column], {})

    def _flushed(self, session: Session, _context: object) -> None:
        for one in session.new:
            target: Table = one.__table__
            if target.name not in JOURNAL:
                key = tuple(getattr(one, column.key) for column in target.primary_key)
                self._before.setdefault((target.name, key), None)

    def _settle(self) -> None:
        """Knows what the statements before have put in: nothing stood there, whatever becomes of it next."""
        for target, where in self._put_in:
            for row in self._connection.execute(select(target).where(where)).all():
                self._before.setdefault((target.name, _key(target, row)), None)
        self._put_in.clear()

    def changes(self) -> list[Cells]:
        """Lists the rows that are otherwise now, with what stood and what stands: nothing where there was no row."""
        self._session.flush()
        self._settle()
        return list(self._changed())

    def _changed(self) -> Iterator[Cells]:
        for (name, key), before in self._before.items():
            after = _now(self._connection, name, key)
            if before == after:
                continue
            if before is not None and after is not None:
                before, after = (
                    {column: side[column] for column in side if before[column] != after[column]}
                    for side in (before, after)
                )
            yield {"table": name, "key": list(key), "before": before, "after": after}


def standing(session: Session, changes: Sequence[Mapping[str, Any]], people: Sequence[int]) -> dict[str, list[Any]]:
    """Returns which rows are of these people wherever more was done than to move a row from one to the other."""
    chosen = {one["table"] for one in changes if not _moved(one)} - {"person", SAID} | set(LAST_OF_SEVERAL)
    found = {}
    for name in sorted(chosen):
        target = Base.metadata.tables[name]
        if own := _of_people(target):
            theirs = select(*target.primary_key).where(or_(*(column.in_(people) for column in own)))
            found[name] = sorted(list(row) for row in session.execute(theirs))
    return found


def restore(session: Session, changes: Sequence[Mapping[str, Any]], *, kept_id: int, gone_id: int, third: int) -> None:
    """Puts back what stood before. `third` is a number of nobody: not for a moment may two rows be one person's.

    Raises ConflictError `merge_parted_late` where a row is otherwise by now than the work left it.
    """
    session.flush()
    connection = session.connection()
    left = [one for one in changes if _is_as_left(connection, one)]
    try:
        with session.begin_nested():
            for target in reversed(Base.metadata.sorted_tables):
                for one in left:
                    if one["table"] == target.name and one["before"] is None:
                        connection.execute(delete(target).where(_is(target, one["key"])))
            for target in Base.metadata.sorted_tables:
                own = [one for one in left if one["table"] == target.name]
                turned = [one for one in own if one["before"] is not None and one["after"] is not None]
                for now, then, by in ((gone_id, kept_id, third), (kept_id, gone_id, gone_id)):
                    for one in turned:
                        _turn(connection, target, one, now=now, then=then, by=by)
                for one in turned:
                    _set(connection, target, one, _read(target, one["before"]))
                for one in own:
                    if one["after"] is None:
                        connection.execute(insert(target).values(_read(target, one["before"])))
    except IntegrityError:  # somebody has taken the place since, or built on it
        raise ConflictError("merge_parted_late") from None
    session.expire_all()


def _turn(connection: Connection, target: Table, one: Mapping[str, Any], *, now: int, then: int, by: int) -> None:
    columns = [column.name for column in _of_people(target)]
    turning = {name: by for name in columns if one["after"].get(name) == now and one["before"].get(name) == then}
    if turning:
        _set(connection, target, one, turning)


def _set(connection: Connection, target: Table, one: Mapping[str, Any], values: Cells) -> None:
    connection.execute(update(target).where(_is(target, one["key"])).values(values))


def _is_as_left(connection: Connection, one: Mapping[str, Any]) -> bool:
    now, after = _now(connection, one["table"], one["key"]), one["after"]
    same = (
        now is None if after is None else now is not None and all(now[name] == value for name, value in after.items())
    )
    if not same and one["table"] != SAID:
        raise ConflictError("merge_parted_late")
    return same


def _moved(one: Mapping[str, Any]) -> bool:
    own = {column.name for column in _of_people(Base.metadata.tables[one["table"]])}
    return one["before"] is not None and one["after"] is not None and one["before"].keys() <= own


def _of_people(target: Table) -> list[Any]:
    return [key.parent for key in target.foreign_keys if key.column.table.name == "person"]


def _now(connection: Connection, name: str, key: Sequence[Any]) -> Cells | None:
    target = Base.metadata.tables[name]
    row = connection.execute(select(target).where(_is(target, key))).one_or_none()
    return None if row is None else _plain(row)


def _is(target: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    values = _read(target, {column.name: value for column, value in zip(target.primary_key, key, strict=True)})
    return and_(*(target.c[name] == value for name, value in values.items()))


def _key(target: Table, row: Row[Any]) -> tuple[Any, ...]:
    plain = _plain(row)
    return tuple(plain[column.name] for column in target.primary_key)


def _told(connection: Connection, statement: Any, values: Mapping[str, Any]) -> Cells:
    """The values of an INSERT or an UPDATE by column."""
    return {**statement.compile(dialect=connection.dialect, column_keys=list(values) or None).params, **values}


def _alike(target: Table, values: Mapping[str, Any]) -> ColumnElement[bool] | None:
    """Which rows may stand where this one is put in: by every set of columns that is unique."""
    unique = [list(target.primary_key)]
    unique += [list(one.columns) for one in target.constraints if isinstance(one, UniqueConstraint)]
    unique += [list(one.columns) for one in target.indexes if one.unique]
    told = [columns for columns in unique if all(values.get(column.key) is not None for column in columns)]
    return or_(*(and_(*(one == values[one.key] for one in columns)) for columns in told)) if told else None


def _plain(row: Row[Any]) -> Cells:
    """A row as JSON holds it."""
    told: Cells = json.loads(json.dumps(dict(row._mapping), default=lambda value: value.isoformat()))
    return told


def _read(target: Table, cells: Mapping[str, Any]) -> Cells:
    return {name: _value(target.c[name].type, value) for name, value in cells.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return null()
    for sort, read in ((UtcDateTime, datetime), (Date, date), (Time, time)):
        if isinstance(kind, sort):
            return read.fromisoformat(value)
    return value
