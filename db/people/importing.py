"""Bringing in people from a list that a methodical service already keeps, with their consent on paper."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.people.models import Consent, Person
from db.people.queries import current_consent_texts

COLUMNS = ("full_name", "municipality", "organisation", "position", "subject", "qualification", "experience_years")
CONSENT = "consent_date"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in which line of the file (the header is line 1)."""

    line: int
    reason: str


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file in UTF-8, comma or semicolon. Raises ValueError with a plain reason."""
    text = path.read_text(encoding="utf-8-sig")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    rows = list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    missing = {*COLUMNS[:2], CONSENT} - set(rows[0] if rows else header.strip().split(delimiter))
    if missing:
        raise ValueError(f"the first line must name the columns; missing: {', '.join(sorted(missing))}")
    return rows


def import_people(session: Session, *, rows: Iterable[dict[str, str]], now: datetime) -> tuple[int, list[RowError]]:
    """Adds everybody or nobody: with any wrong row nothing is added and all errors are answered.

    `consent_date` is the date of the consent on paper (152-ФЗ, art. 9): without it a person can't be imported.
    A person of the same name in the same organisation is taken for the same one and left alone.
    """
    book = _Book(session)
    errors: list[RowError] = []
    people: list[dict[str, object]] = []
    consents: list[datetime] = []
    for line, row in enumerate(rows, 2):
        try:
            values, given = book.person(row, now)
        except ValueError as error:
            errors.append(RowError(line, str(error)))
            continue
        if book.is_new(values):
            people.append(values)
            consents.append(given)
    if errors:
        return 0, errors
    if people:
        ids = session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people).all()
        texts = current_consent_texts(session)
        rows_of_consent = [
            {"person_id": person_id, "consent_text_id": text.id, "given_at": given}
            for person_id, given in zip(ids, consents, strict=True)
            for text in texts
        ]
        if rows_of_consent:
            session.execute(insert(Consent), rows_of_consent)
    return len(people), []


class _Book:
    """The dictionaries at hand, so that twenty thousand rows take a handful of queries."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._municipalities = {_key(row.name): row.id for row in session.scalars(select(Municipality))}
        self._organisations = {
            (row.municipality_id, _key(row.name)): row.id for row in session.scalars(select(Organisation))
        }
        self._terms = {(term.kind, _key(term.name)): term.id for term in session.scalars(select(Term))}
        self._known = {
            (_key(name), organisation)
            for name, organisation in session.execute(select(Person.full_name, Person.organisation_id))
            if name
        }

    def is_new(self, values: dict[str, object]) -> bool:
        """Whether nobody of this name is in this organisation yet; remembers the answer."""
        mark = (_key(str(values["full_name"])), values["organisation_id"])
        if mark in self._known:
            return False
        self._known.add(mark)  # type: ignore[arg-type]
        return True

    def person(self, row: dict[str, str], now: datetime) -> tuple[dict[str, object], datetime]:
        """The columns of a person. Raises ValueError with a plain reason."""
        name = re.sub(r"\s+", " ", row.get("full_name") or "").strip()
        if len(name.split()) < 2:
            raise ValueError(f"full_name: surname and name are needed, found «{name}»")
        municipality = self._municipalities.get(_key(row.get("municipality")))
        if municipality is None:
            raise ValueError(f"municipality: «{row.get('municipality')}» is not in the dictionary")
        values: dict[str, object] = {
            "platform": "telegram",
            "external_id": None,
            "full_name": name[:300],
            "municipality_id": municipality,
            "organisation_id": self._organisation(municipality, row.get("organisation")),
            "position_id": self._term(TermKind.POSITION, "position", row),
            "subject_id": self._term(TermKind.SUBJECT, "subject", row),
            "qualification_id": self._term(TermKind.QUALIFICATION, "qualification", row),
            "experience_years": _years(row.get("experience_years")),
            "profile_saved_at": now,
            "created_at": now,
        }
        return values, _consent(row.get(CONSENT), now)

    def _organisation(self, municipality: int, name: str | None) -> int | None:
        cleaned = re.sub(r"\s+", " ", name or "").strip()
        if not cleaned:
            return None
        found = self._organisations.get((municipality, _key(cleaned)))
        if found is None:
            organisation = Organisation(municipality_id=municipality, name=cleaned[:300], confirmed=False)
            self._session.add(organisation)
            self._session.flush()
            found = self._organisations[municipality, _key(cleaned)] = organisation.id
        return found

    def _term(self, kind: TermKind, column: str, row: dict[str, str]) -> int | None:
        value = row.get(column)
        if not value or not value.strip():
            return None
        found = self._terms.get((kind, _key(value)))
        if found is None:
            raise ValueError(f"{column}: «{value}» is not in the dictionary")
        return found


def _key(text: str | None) -> str:
    yo, ye = "\u0451", "\u0435"
    return re.sub(r"\s+", " ", text or "").strip().lower().replace(yo, ye)


def _years(text: str | None) -> int | None:
    if not text or not text.strip():
        return None
    if not text.strip().isdigit() or int(text) > 70:
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
