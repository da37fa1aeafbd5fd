"""What a list would add and change: looked at before it is brought in, and brought in as it was looked at."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller, StaffCaller
from db.dictionaries.models import Municipality, Organisation, StaffNumber, Term, TermKind
from db.imports.models import ImportKind
from db.imports.rules import yes
from db.limits import whole
from db.nouns import LISTS, parts
from db.people.importing import Book, RowError, RowRefusedError, key_of, name_in, named_in, place_of, school_of
from db.people.models import Person
from db.people.queries import in_messenger, only_municipality
from db.scope import Scope

MOST = 2**31 - 1
EXTRA = ""
"""In the place of a field: what stands right of the last column."""
PEOPLES = ("position_id", "subject_id", "qualification_id", "experience_years", "birth_date")
"""What a list may correct of somebody who is not in the bot: whoever is says it themselves."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of a table to add (without `row_id`) or to change, with what stands there now.

    `organisation` is the name of a person's place of work, `consented_at` the moment of their consent, `person_id`
    whose a changed row is.
    """

    line: int
    table: str
    label: str
    values: dict[str, Any]
    row_id: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
    organisation: str = ""
    consented_at: Any = None
    person_id: int | None = None

    @property
    def whose(self) -> int | None:
        """Whose data it shows: somebody's who is here already."""
        return self.row_id if self.table == "person" else self.person_id or self.values.get("person_id")

    @property
    def shown(self) -> dict[str, Any]:
        """What of it is worth a look: moments are when it is brought in."""
        return {name: value for name, value in self.values.items() if not isinstance(value, datetime)}


@dataclass(frozen=True, slots=True)
class Preparation:
    """All that a list would do; `same` is how many rows are there already."""

    changes: list[Planned]
    same: int
    errors: list[RowError]

    @property
    def added(self) -> int:
        """How many rows are new."""
        return sum(one.row_id is None for one in self.changes)


Rows = Iterable[tuple[int, dict[str, str]]]


def make(session: Session, caller: Caller, *, kind: ImportKind, rows: Rows, title: str, upload_id: int) -> Preparation:
    """Plans a list of this kind within the reach of whoever brings it in."""
    planners: dict[ImportKind, Plans] = {
        ImportKind.PEOPLE: _People,
        ImportKind.ORGANISATIONS: _Organisations,
        ImportKind.STAFF_NUMBERS: _StaffNumbers,
    }
    for brought in parts(LISTS).values():
        planners |= brought.PLANNERS
    planner = planners[kind](session, caller, title, upload_id)
    told = list(rows)
    planner.know([values for _, values in told])
    plan = Preparation([], 0, [])
    same = 0
    for line, values in told:
        try:
            if EXTRA in values:
                raise RowRefusedError("", "row_extra")
            planned = list(planner.row(line, values))
        except RowRefusedError as refusal:
            plan.errors.append(RowError(line, refusal.column, refusal.code, refusal.params))
            continue
        plan.changes.extend(planned)
        same += not planned
    return Preparation(plan.changes, same, plan.errors)


class Planner(ABC):
    """Plans a list row by row; what every kind asks are the municipalities within reach."""

    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        self.session, self.caller, self.title, self.upload_id = session, caller, title, upload_id
        self.scope: Scope | None = caller.scope if isinstance(caller, StaffCaller) else None
        self.towns = {key_of(row.name): row.id for row in session.scalars(select(Municipality))}
        self.only = only_municipality(session)

    def sees(self, municipality_id: int | None) -> bool:
        """Whether whoever brings the list in may write there."""
        return self.scope is None or (self.scope.can_write and self.scope.sees(municipality_id))

    def town(self, values: dict[str, str]) -> int:
        """Returns the municipality of a row; where there is one it need not be told."""
        told = values.get("municipality") or ""
        found = self.towns.get(key_of(told)) if told else self.only
        if found is None or not self.sees(found):
            raise RowRefusedError("municipality", "row_unknown", value=told)
        return found

    @abstractmethod
    def know(self, rows: Sequence[dict[str, str]]) -> None:
        """Reads what is there already of what the rows name, and no more of it: a list is smaller than a register."""

    @abstractmethod
    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        """Plans what a row of the list adds or changes. Raises RowRefusedError."""


Plans = Callable[[Session, Caller, str, int], Planner]
"""Begins the plan of a list: who brings it in, its title and number."""


class _People(Planner):
    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        super().__init__(session, caller, title, upload_id)
        self.book = Book(session)
        self.paper: dict[int, dict[str, Any]] = {}
        self.schools: set[tuple[int, str]] = set()

    def know(self, rows: Sequence[dict[str, str]]) -> None:
        theirs = named_in(rows)
        self.book.know(theirs)
        columns = [getattr(Person, name) for name in PEOPLES]
        paper = select(Person.id, *columns).where(theirs, ~in_messenger(Person.id), Person.erased_at.is_(None))
        self.paper = {row.id: row._asdict() for row in self.session.execute(paper)}

    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        if not values.get("municipality") and self.only is not None:
            values = {**values, "municipality": next(name for name, one in self.towns.items() if one == self.only)}
        newcomer = self.book.newcomer(values, self.caller.now)
        if not self.sees(newcomer.values["municipality_id"]):
            raise RowRefusedError("municipality", "row_unknown", value=values.get("municipality") or "")
        label = newcomer.values["full_name"]
        if not self.book.is_new(newcomer):
            number = self.book.known(newcomer)
            had = self.paper.get(number or 0)
            if had is not None:
                told = {name: newcomer.values[name] for name in PEOPLES if newcomer.values[name] is not None}
                yield from _changed(line, "person", label, had, told)
            return
        place = place_of(newcomer)
        if newcomer.organisation and not self.book.has_organisation(newcomer) and place not in self.schools:
            self.schools.add(place)
            school = {"municipality_id": place[0], "name": newcomer.organisation, "confirmed": False}
            yield Planned(line, "organisation", newcomer.organisation, school)
        organisation_id = self.book.organisation_id(newcomer)
        person = {**newcomer.values, "organisation_id": organisation_id}
        name = "" if organisation_id else newcomer.organisation
        yield Planned(line, "person", label, person, organisation=name, consented_at=newcomer.consented_at)


class _Organisations(Planner):
    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        super().__init__(session, caller, title, upload_id)
        self.known: dict[tuple[int, str], dict[str, Any]] = {}
        kinds = select(Term).where(Term.kind == TermKind.ORGANISATION_KIND)
        self.kinds = {key_of(term.name): term.id for term in session.scalars(kinds)}

    def know(self, rows: Sequence[dict[str, str]]) -> None:
        named = {self.towns.get(key_of(row["municipality"])) if row.get("municipality") else self.only for row in rows}
        known = self.session.scalars(select(Organisation).where(Organisation.municipality_id.in_(named - {None})))
        self.known = {(row.municipality_id, school_of(row.name)): _values(row) for row in known}

    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        name, town = name_in("name", values)[:300], self.town(values)
        if len(name) < 3:
            raise RowRefusedError("name", "row_empty")
        told: dict[str, Any] = {}
        if kind := values.get("kind"):
            if key_of(kind) not in self.kinds:
                raise RowRefusedError("kind", "row_unknown", value=kind)
            told["kind_id"] = self.kinds[key_of(kind)]
        for mark in ("low_results", "hard_conditions"):
            if mark in values:
                said = yes(values[mark])
                if said is None:
                    raise RowRefusedError(mark, "row_yes", value=values[mark])
                told[mark] = said
        key = town, school_of(name)
        had = self.known.get(key)
        if had is not None:
            if not had.get("confirmed", True):
                told |= {"confirmed": True, "name": name}
            yield from _changed(line, "organisation", name, had, told)
            self.known[key] = {**had, **told}
            return
        new = {"municipality_id": town, "name": name, "confirmed": True, **told}
        self.known[key] = {**new, "id": None}
        yield Planned(line, "organisation", name, new)


class _StaffNumbers(Planner):
    def __init__(self, session: Session, caller: Caller, title: str, upload_id: int) -> None:
        super().__init__(session, caller, title, upload_id)
        self.known: dict[tuple[int | None, str], dict[str, Any]] = {}
        self.place = session.scalar(select(func.max(StaffNumber.position))) or 0

    def know(self, rows: Sequence[dict[str, str]]) -> None:
        # All of them, some dozens: what is told of the whole decides what a number without a place is of.
        known = self.session.scalars(select(StaffNumber))
        self.known = {(row.municipality_id, key_of(row.name)): _values(row) for row in known}

    def row(self, line: int, values: dict[str, str]) -> Iterable[Planned]:
        name = name_in("name", values)[:300]
        town = self.town(values) if values.get("municipality") else self._whole()
        count = whole(values.get("count") or "")
        if not name:
            raise RowRefusedError("name", "row_empty")
        if count is None or count > MOST:
            raise RowRefusedError("count", "row_count", value=values.get("count") or "")
        told: dict[str, Any] = {"count": count, "source": name_in("source", values)[:300] or self.title}
        had = self.known.get((town, key_of(name)))
        if had is not None:
            if had["count"] == told["count"] and not values.get("source"):
                return
            yield from _changed(line, "staff_number", name, had, told)
            return
        self.known[town, key_of(name)] = {**told, "id": None}
        self.place += 1
        code = f"import-{self.upload_id}-{line}"
        new = {"code": code, "municipality_id": town, "name": name, "position": self.place, "positions": [], **told}
        yield Planned(line, "staff_number", name, new)

    def _whole(self) -> int | None:
        """The sum of the whole: of the only municipality where numbers are told of it, else of the region."""
        told_of_it = self.only is not None and any(town == self.only for town, _ in self.known)
        if not self.sees(self.only):
            raise RowRefusedError("municipality", "row_unknown", value="")
        return self.only if told_of_it else None


def _values(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def _changed(line: int, table: str, label: str, had: dict[str, Any], told: dict[str, Any]) -> Sequence[Planned]:
    """Nothing where a row says what is there; a row of the same list that came before it is not changed by it."""
    new = {name: value for name, value in told.items() if had.get(name) != value}
    if not new or had["id"] is None:
        return ()
    return (Planned(line, table, label, new, had["id"], {name: had.get(name) for name in new}),)


def written(values: dict[str, Any]) -> dict[str, Any]:
    """Returns values as JSON holds them: days as texts, moments left out."""
    return {
        name: value.isoformat() if type(value) is date else value
        for name, value in values.items()
        if value is None or isinstance(value, str | int | list) or type(value) is date
    }
