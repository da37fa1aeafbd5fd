"""Reads people of a list that a methodical service already keeps, with their consent on paper."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db import texts
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import DomainError, SettingsError
from db.people.models import Person
from db.people.queries import current_consent_texts
from db.people.rules import MOST_YEARS, school
from db.search import named
from db.texts import comparable

COLUMNS = ("full_name", "municipality", "organisation", "position", "subject", "qualification", "experience_years")
CONSENT, BIRTH = "consent_date", "birth_date"
LAW = date(2006, 7, 27)
"""Of the law on personal data: no consent under it is older."""

_DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)[./](\d\d?)[./](\d{4}))(?:[ T][\d:.]+)?", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_FIRST_DAY = date(1899, 12, 30)  # the day 0 of spreadsheets
_FORMULA = ("=", "+", "@")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in which line of the file (the header is line 1), by column and the code of `errors.<code>`."""

    line: int
    column: str
    code: str
    params: dict[str, Any]


class RowRefusedError(DomainError):
    """Raised for a value of a list that can't be taken; `column` is where it stands."""

    def __init__(self, column: str, code: str, **params: Any) -> None:
        super().__init__(code, **params)
        self.column = column


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A row that holds: the person's columns, the organisation's name as typed, the moment of the consent."""

    values: dict[str, Any]
    organisation: str
    consented_at: datetime


def place_of(newcomer: Newcomer) -> tuple[int, str]:
    """Returns where somebody works: the municipality and the organisation as it is compared."""
    return newcomer.values["municipality_id"], school_of(newcomer.organisation)


class Book:
    """The dictionaries at hand, so that twenty thousand rows take a handful of queries."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.texts = current_consent_texts(session)
        if not self.texts:
            raise SettingsError("no region pack is loaded: run `python -m db load-pack NAME` first")
        self._municipalities = {key_of(row.name): row.id for row in session.scalars(select(Municipality))}
        self._organisations = {
            (row.municipality_id, school_of(row.name)): row.id for row in session.scalars(select(Organisation))
        }
        self._terms = {(term.kind, key_of(term.name)): term.id for term in session.scalars(select(Term))}
        self._known: dict[tuple[str, int | None, str], int | None] = {}

    def know(self, theirs: ColumnElement[bool]) -> None:
        """Reads the people whom a list may be about: those who are so."""
        known = (
            select(Person.full_name, Person.municipality_id, Organisation.name, Person.id)
            .join(Organisation, Organisation.id == Person.organisation_id, isouter=True)
            .where(theirs)
        )
        self._known = {
            (key_of(name), place, school_of(organisation or "")): number
            for name, place, organisation, number in self._session.execute(known)
        }

    def is_new(self, newcomer: Newcomer) -> bool:
        """Whether nobody of this name is there yet; remembers the answer."""
        mark = (key_of(newcomer.values["full_name"]), *place_of(newcomer))
        if mark in self._known:
            return False
        self._known[mark] = None
        return True

    def known(self, newcomer: Newcomer) -> int | None:
        """Returns the number of whoever is there already; nothing for one who stands in the list twice."""
        return self._known[key_of(newcomer.values["full_name"]), *place_of(newcomer)]

    def organisation_id(self, newcomer: Newcomer) -> int | None:
        """Returns the number of the place of work, where it is known."""
        return self._organisations.get(place_of(newcomer)) if newcomer.organisation else None

    def has_organisation(self, newcomer: Newcomer) -> bool:
        """Whether the place of work is known."""
        return place_of(newcomer) in self._organisations

    def newcomer(self, row: dict[str, str], now: datetime) -> Newcomer:
        """A row's person. Raises RowRefusedError."""
        name = name_in("full_name", row)
        if sum(word[0].isalpha() for word in name.split()) < 2:
            raise RowRefusedError("full_name", "row_name", value=name)
        municipality = self._municipalities.get(key_of(row.get("municipality")))
        if municipality is None:
            raise RowRefusedError("municipality", "row_unknown", value=row.get("municipality") or "")
        values: dict[str, Any] = {
            "full_name": name[:300],
            "municipality_id": municipality,
            "position_id": self._term(TermKind.POSITION, "position", row),
            "subject_id": self._term(TermKind.SUBJECT, "subject", row),
            "qualification_id": self._term(TermKind.QUALIFICATION, "qualification", row),
            "experience_years": _years(row.get("experience_years")),
            "birth_date": day_in(row[BIRTH], BIRTH) if row.get(BIRTH) else None,
            "profile_saved_at": now,
            "created_at": now,
        }
        return Newcomer(values, name_in("organisation", row)[:300], _consent(row.get(CONSENT), now))

    def _term(self, kind: TermKind, column: str, row: dict[str, str]) -> int | None:
        value = row.get(column)
        if not value or not value.strip():
            return None
        found = self._terms.get((kind, key_of(value)))
        if found is None:
            raise RowRefusedError(column, "row_unknown", value=value)
        return found


@lru_cache(maxsize=10_000)  # of organisations
def school_of(name: str) -> str:
    """Returns an organisation's name as it is compared."""
    return school(name)


def key_of(text: str | None) -> str:
    """Returns a text as texts are compared; an empty one for none."""
    return comparable(text or "")


def name_in(column: str, row: dict[str, str]) -> str:
    """Returns the name in a column of a row, in the form in which it is kept. Raises RowRefusedError."""
    value = row.get(column) or ""
    if value.startswith(_FORMULA):
        raise RowRefusedError(column, "row_formula", value=value)
    try:
        return texts.name(value)
    except DomainError as refusal:
        right = refusal.params["corrected"]
        raise RowRefusedError(column, "row_letters", value=value, corrected=right) from None


def named_in(rows: Iterable[dict[str, str]]) -> ColumnElement[bool]:
    """Returns the condition on a person to have a name that stands in the rows of a list."""
    return named((texts.quoted(row.get("full_name") or "")[:300] for row in rows), Person.full_name)


def day_in(text: str, column: str) -> date:
    """Returns a day as a spreadsheet writes it: 2026-01-15, 15.01.2026, or the number of days it counts.

    A cell may show a time beside its day. Raises RowRefusedError.
    """
    try:
        if serial := _SERIAL.fullmatch(text):
            return _FIRST_DAY + timedelta(days=int(serial[1]))
        if found := _DAY.fullmatch(text):
            year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
            return date(int(year), int(month), int(day))
    except ValueError:
        pass
    raise RowRefusedError(column, "row_day", value=text)


def _years(text: str | None) -> int | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[.,]0+)?", text)
    if found is None or int(found[1]) > MOST_YEARS:
        raise RowRefusedError("experience_years", "row_years", most=MOST_YEARS, value=text)
    return int(found[1])


def _consent(text: str | None, now: datetime) -> datetime:
    day = day_in(text or "", CONSENT)
    if day > now.date():
        raise RowRefusedError(CONSENT, "row_future")
    if day < LAW:
        raise RowRefusedError(CONSENT, "row_before_law", value=day.isoformat())
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
