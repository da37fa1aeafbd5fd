"""Bringing in people from a list that a methodical service already keeps, with their consent on paper."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import SettingsError
from db.people.models import Consent, Person
from db.people.queries import current_consent_texts
from db.search import folded

COLUMNS = ("full_name", "municipality", "organisation", "position", "subject", "qualification", "experience_years")
CONSENT = "consent_date"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of the file and what stands in its columns."""

    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in which line of the file (the header is line 1)."""

    line: int
    reason: str


def read_rows(path: Path) -> list[ImportRow]:
    """Rows of a CSV file, comma or semicolon, in UTF-8 or in what a Russian Excel writes; empty lines are left out.

    Raises OSError, or ValueError with a plain reason.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = {*COLUMNS[:2], CONSENT} - set(reader.fieldnames)
    if missing:
        raise ValueError(f"the first line must name the columns; missing: {', '.join(sorted(missing))}")
    try:
        return [ImportRow(reader.line_num, row) for row in reader if any(row.values())]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def import_people(session: Session, *, rows: Sequence[ImportRow], now: datetime) -> tuple[int, list[RowError]]:
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
            newcomer = book.newcomer(row.values, now)
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
    return newcomer.values["municipality_id"], _key(newcomer.organisation)


class _Book:
    """The dictionaries at hand, so that twenty thousand rows take a handful of queries."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.texts = current_consent_texts(session)
        if not self.texts:
            raise SettingsError("no region pack is loaded: run `python -m db load-pack NAME` first")
        self._municipalities = {_key(row.name): row.id for row in session.scalars(select(Municipality))}
        self._organisations = {
            (row.municipality_id, _key(row.name)): row.id for row in session.scalars(select(Organisation))
        }
        self._terms = {(term.kind, _key(term.name)): term.id for term in session.scalars(select(Term))}
        known = select(Person.full_name, Person.municipality_id, Organisation.name).join(
            Organisation, Organisation.id == Person.organisation_id, isouter=True
        )
        self._known = {
            (_key(name), place, _key(organisation))
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
        if None in row:
            raise ValueError("there are more values than columns")
        name = _plain(row.get("full_name"))
        if len(name.split()) < 2:
            raise ValueError(f"full_name: surname and name are needed, found «{name}»")
        municipality = self._municipalities.get(_key(row.get("municipality")))
        if municipality is None:
            raise ValueError(f"municipality: «{_plain(row.get('municipality'))}» is not in the dictionary")
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
        return _Newcomer(values, _plain(row.get("organisation"))[:300], _consent(row.get(CONSENT), now))

    def _term(self, kind: TermKind, column: str, row: dict[str, str]) -> int | None:
        value = row.get(column)
        if not value or not value.strip():
            return None
        found = self._terms.get((kind, _key(value)))
        if found is None:
            raise ValueError(f"{column}: «{value}» is not in the dictionary")
        return found


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip()


def _key(text: str | None) -> str:
    return folded(_plain(text))


def _years(text: str | None) -> int | None:
    if not text or not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) > 70:
        raise ValueError(f"experience_years: a number from 0 to 70 is needed, found «{text}»")
    return int(text)


def _consent(text: str | None, now: datetime) -> datetime:
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        raise ValueError("consent_date: the date of the consent on paper is needed, such as 2026-09-01") from None
    if day > now.date():
        raise ValueError("consent_date: a day in the future")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
