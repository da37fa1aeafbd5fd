"""Brings a pack's entries into the tables by their codes, and keeps what staff changed since the last load."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Base
from db.caller import Caller
from db.packs import Pack
from db.packs.models import PackEntry
from db.packs.sections import Section

T = TypeVar("T", bound=Base)
S = TypeVar("S", bound=Section)


class Done(enum.StrEnum):
    """What a load did about an entry, as `load-pack --diff` shows it."""

    ADDED = "+"
    CHANGED = "~"
    KEPT = "="
    """Staff changed or removed it: it stays as they left it."""
    LEFT = "-"
    """The pack does not name it any more: it stays."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that a load touched, or did not touch though the pack differs."""

    done: Done
    table: str
    code: str
    what: str = ""

    def __str__(self) -> str:
        return f"{self.done} {self.table} {self.code}{f': {self.what}' if self.what else ''}"


@dataclass
class Loading:
    """One load of a pack: where to, as whom, and what came of it."""

    session: Session
    caller: Caller
    pack: Pack
    changes: list[Change] = field(default_factory=list)
    _named: set[tuple[str, str]] = field(default_factory=set)
    _rows: dict[tuple[type[Base], tuple[str, ...]], dict[tuple[Any, ...], Base]] = field(default_factory=dict)

    def section(self, kind: type[S]) -> S:
        """A file of the pack as its objects."""
        return kind.read(self.pack.section(kind.FILE), pack=self.pack.name)

    def put(
        self,
        table: type[T],
        code: str,
        key: Mapping[str, Any],
        values: Mapping[str, Any],
        once: Mapping[str, Any] | None = None,
    ) -> T | None:
        """Adds the entry, or brings its row to what the pack says now.

        `code` names it in the pack for good, `key` finds its row before the first load that noted it; `once` is said at
        the adding only.

        A column that staff changed since the last load stays theirs; a row that they removed stays away (None).
        """
        if (table.__tablename__, code) in self._named:
            raise ValueError(f"{table.__tablename__.replace('_', ' ')} «{code}» stands twice: a code is one entry's")
        self._named.add((table.__tablename__, code))
        given = {name: _plain(value) for name, value in values.items()}
        noted = self._given.get((table.__tablename__, code))
        row = self._find(table, key) if noted is None else self.session.get(table, noted.row_id)
        if noted is not None and row is None:
            self._note(Done.KEPT, table, code, "was removed in the panel")
            return None
        if row is None:
            row = table(**{**key, **values, **(once or {})})
            self.session.add(row)
            self.session.flush()
            self._found(table, tuple(key))[tuple(key.values())] = row
            self._note(Done.ADDED, table, code, str(values.get("name") or values.get("title") or ""))
        else:
            self._change(row, code, values, noted.given if noted else {})
        if noted is None:
            noted = PackEntry(table_name=table.__tablename__, code=code, row_id=_id(row), given=given)
            self.session.add(noted)
            self._given[noted.table_name, code] = noted
        elif noted.given != given:
            noted.given = given
        return row

    def leave(self, table: type[Base], code: str, *_: object) -> None:
        """Leaves the row of an entry as it is, whatever the pack says."""
        self._named.add((table.__tablename__, code))

    def left(self) -> Sequence[Change]:
        """Entries that earlier loads gave and this pack does not name, as far as they are still there."""
        left = []
        for table, code in sorted(self._given.keys() - self._named):
            noted, rows = self._given[table, code], Base.metadata.tables[table]
            if self.session.execute(select(rows.c.id).where(rows.c.id == noted.row_id)).first():
                left.append(Change(Done.LEFT, table, code, "is not in the pack any more, it stays"))
            else:
                self.session.delete(noted)
        return left

    def _change(self, row: Base, code: str, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
        for name, value in values.items():
            now, new = _plain(getattr(row, name)), _plain(value)
            if now == new:
                continue
            if name in before and before[name] != now:
                if before[name] != new:
                    self._note(Done.KEPT, type(row), code, f"{name} was changed in the panel")
                continue
            setattr(row, name, value)
            self._note(Done.CHANGED, type(row), code, f"{name}: {now} → {new}")

    def _note(self, done: Done, table: type[Base], code: str, what: str) -> None:
        self.changes.append(Change(done, table.__tablename__, code, what))

    def _find(self, table: type[T], key: Mapping[str, Any]) -> T | None:
        found = self._found(table, tuple(key)).get(tuple(key.values()))
        return found if isinstance(found, table) else None

    def _found(self, table: type[Base], names: tuple[str, ...]) -> dict[tuple[Any, ...], Base]:
        """Rows of a table by some of their columns: a pack's hundreds of entries are asked for one by one."""
        if (table, names) not in self._rows:
            rows = self.session.scalars(select(table)).all()
            self._rows[table, names] = {tuple(getattr(row, name) for name in names): row for row in rows}
        return self._rows[table, names]

    @cached_property
    def _given(self) -> dict[tuple[str, str], PackEntry]:
        return {(one.table_name, one.code): one for one in self.session.scalars(select(PackEntry))}


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _id(row: Any) -> int:
    return int(row.id)
