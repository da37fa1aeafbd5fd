"""Bringing in people from a list that a methodical service already keeps, with their consent on paper."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import DomainError, SettingsError
from db.people.models import Consent, Person
from db.people.queries import current_consent_texts
from db.people.rules import MOST_YEARS, school
from db.spreadsheet import SheetRow, read_table
from db.texts import comparable

COLUMNS = ("full_name", "municipality", "organisation", "position", "subject", "qualification", "experience_years")
CONSENT = "consent_date"
LAW = date(2006, 7, 27)
"""Of the law on personal data: no consent under it is older."""

_DAY = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d)(?:[ T][\d:.]+)?|(\d\d?)[./](\d\d?)[./](\d{4}))")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_FIRST_DAY = date(1899, 12, 30)  # the day 0 of spreadsheets
_FORMULA = ("=", "+", "@")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in which line of the file (the header is line 1)."""

    line: int
    reason: str


def read_rows(path: Path) -> list[SheetRow]:
    """Rows of a CSV file as spreadsheets save it. Raises OSError, or ValueError with a plain reason."""
    return read_table(path, needed=(*COLUMNS[:2], CONSENT))


def import_people(session: Session, caller: Caller, *, rows: Sequence[SheetRow]) -> tuple[int, list[RowError]]:
    """Adds everybody or nobody: with any wrong row nothing is added and all errors are answered.

    `consent_date` is the date of the consent on paper (152-ФЗ, art. 9): without it a person can't be imported.
    A person of the same name in the same organisation (or municipality, where no organisation is told) is taken for
    the same one and left alone.
    """
    book = _Book(session)
    errors: list[RowError] = []
    newcomers: list[_Newcomer] = []
    for row in rows:
        try:
            if row.extra:
                raise ValueError("there are more values than columns")
            newcomer = book.newcomer(row.values, caller.now)
        except ValueError as error:
            errors.append(RowError(row.line, str(error)))
            continue
        if book.is_new(newcomer):
            newcomers.append(newcomer)
    if errors or not newcomers:
        return 0, errors
    places = book.organisations(newcomers)
    people = [{**one.values, "organisation_id": places[_place(one)] if one.organisation else None} for one in newcomers]
    ids = session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people).all()
    # Past the objects' bookkeeping: a hundred thousand rows for twenty thousand people.
    session.connection().execute(
        cast(Table, Consent.__table__).insert(),
        [
            {"person_id": person_id, "consent_text_id": text.id, "given_at": one.consented_at}
            for person_id, one in zip(ids, newcomers, strict=True)
            for text in book.texts
        ],
    )
    return len(people), []


@dataclass(frozen=True, slots=True)
class _Newcomer:
    """A row that holds: the person's columns, the organisation's name as typed, the moment of the consent."""

    values: dict[str, Any]
    organisation: str
    consented_at: datetime


def _place(newcomer: _Newcomer) -> tuple[int, str]:
    return newcomer.values["municipality_id"], _school(newcomer.organisation)


class _Book:
    """The dictionaries at hand, so that twenty thousand rows take a handful of queries."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.texts = current_consent_texts(session)
        if not self.texts:
            raise SettingsError("no region pack is loaded: run `python -m db load-pack NAME` first")
        self._municipalities = {_key(row.name): row.id for row in session.scalars(select(Municipality))}
        self._organisations = {
            (row.municipality_id, _school(row.name)): row.id for row in session.scalars(select(Organisation))
        }
        self._terms = {(term.kind, _key(term.name)): term.id for term in session.scalars(select(Term))}
        known = select(Person.full_name, Person.municipality_id, Organisation.name).join(
            Organisation, Organisation.id == Person.organisation_id, isouter=True
        )
        self._known = {
            (_key(name), place, _school(organisation or ""))
            for name, place, organisation in session.execute(known)
            if name is not None
        }

    def is_new(self, newcomer: _Newcomer) -> bool:
        """Whether nobody of this name is there yet; remembers the answer."""
        mark = (_key(newcomer.values["full_name"]), *_place(newcomer))
        if mark in self._known:
            return False
        self._known.add(mark)
        return True

    def organisations(self, newcomers: Iterable[_Newcomer]) -> dict[tuple[int, str], int]:
        """Ids of all organisations by place and name; those not known yet are added, to be confirmed by a methodist."""
        new = {_place(one): one for one in newcomers if one.organisation and _place(one) not in self._organisations}
        if new:
            rows = [
                {"municipality_id": place, "name": one.organisation, "confirmed": False}
                for (place, _), one in new.items()
            ]
            ids = self._session.scalars(
                insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True), rows
            )
            self._organisations |= dict(zip(new, ids, strict=True))
        return self._organisations

    def newcomer(self, row: dict[str, str], now: datetime) -> _Newcomer:
        """A row's person. Raises ValueError with a plain reason."""
        name = _name("full_name", row)
        if sum(word[0].isalpha() for word in name.split()) < 2:
            raise ValueError(f"full_name: surname and name are needed, found «{name}»")
        municipality = self._municipalities.get(_key(row.get("municipality")))
        if municipality is None:
            raise ValueError(f"municipality: «{row.get('municipality') or ''}» is not in the dictionary")
        values: dict[str, Any] = {
            "full_name": name[:300],
            "municipality_id": municipality,
            "position_id": self._term(TermKind.POSITION, "position", row),
            "subject_id": self._term(TermKind.SUBJECT, "subject", row),
            "qualification_id": self._term(TermKind.QUALIFICATION, "qualification", row),
            "experience_years": _years(row.get("experience_years")),
            "profile_saved_at": now,
            "created_at": now,
        }
        return _Newcomer(values, _name("organisation", row)[:300], _consent(row.get(CONSENT), now))

    def _term(self, kind: TermKind, column: str, row: dict[str, str]) -> int | None:
        value = row.get(column)
        if not value or not value.strip():
            return None
        found = self._terms.get((kind, _key(value)))
        if found is None:
            raise ValueError(f"{column}: «{value}» is not in the dictionary")
        return found


@lru_cache(maxsize=10_000)  # of organisations
def _school(name: str) -> str:
    return school(name)


def _key(text: str | None) -> str:
    return comparable(text or "")


def _name(column: str, row: dict[str, str]) -> str:
    value = row.get(column) or ""
    if value.startswith(_FORMULA):
        raise ValueError(f"{column}: a formula instead of a name, found «{value}»")
    try:
        return texts.name(value)
    except DomainError as refusal:
        right = refusal.params["corrected"]
        raise ValueError(f"{column}: Latin letters in a Russian word, found «{value}»; is it «{right}»?") from None


def _years(text: str | None) -> int | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[.,]0+)?", text)
    if found is None or int(found[1]) > MOST_YEARS:
        raise ValueError(f"experience_years: a number from 0 to {MOST_YEARS} is needed, found «{text}»")
    return int(found[1])


def _consent(text: str | None, now: datetime) -> datetime:
    day = _day(text or "")
    if day > now.date():
        raise ValueError("consent_date: a day in the future")
    if day < LAW:
        raise ValueError(f"consent_date: {day.isoformat()} is before the law on personal data")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _day(text: str) -> date:
    """A day as a spreadsheet writes it: 2026-01-15, 15.01.2026, or the number of days it counts."""
    try:
        if serial := _SERIAL.fullmatch(text):
            return _FIRST_DAY + timedelta(days=int(serial[1]))
        if found := _DAY.fullmatch(text):
            year, month, day = found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)
            return date(int(year), int(month), int(day))
    except ValueError:
        pass
    raise ValueError(
        f"consent_date: the date of the consent on paper is needed, such as 2026-09-01 or 01.09.2026, found «{text}»"
    )
