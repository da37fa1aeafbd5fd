"""`python -m db check`: what must be true of a sound database, asked of the database itself."""

from pathlib import Path

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from db.diagnostics import tally
from db.diagnostics.models import ScoreTally
from db.errors import DomainError
from db.migrate import is_current
from db.storage import Storage

SHOWN = 5

# Each query answers a label per row that breaks the rule.
RULES = {
    "the count of seats differs from the list": """
        SELECT 'event ' || e.code FROM event e WHERE e.seated <> (
            SELECT count(*) FROM registration r WHERE r.event_id = e.id AND r.status IN ('seated', 'offered'))""",
    "a number on the list is greater than the last one given": """
        SELECT 'event ' || e.code FROM event e WHERE e.sequence < (
            SELECT coalesce(max(r.sequence), 0) FROM registration r WHERE r.event_id = e.id)""",
    "was there without a seat": """
        SELECT 'registration ' || id FROM registration WHERE attended_at IS NOT NULL AND status <> 'seated'""",
    "a certificate for somebody who was not there": """
        SELECT 'certificate ' || c.number FROM certificate c JOIN registration r ON r.id = c.registration_id
        WHERE r.attended_at IS NULL""",
    "was sent without its number, municipality or direction": """
        SELECT 'application ' || id FROM application WHERE status IN ('submitted', 'returned', 'approved', 'rejected')
        AND (number IS NULL OR municipality_id IS NULL OR direction_id IS NULL OR submitted_at IS NULL)""",
    "is decided, but nobody decided it": """
        SELECT 'application ' || a.id FROM application a WHERE a.status IN ('returned', 'approved', 'rejected')
        AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id AND d.undone_at IS NULL)""",
    "is closed without scores": """
        SELECT 'attempt ' || t.id FROM attempt t WHERE t.status = 'completed'
        AND NOT EXISTS (SELECT 1 FROM component_score s WHERE s.attempt_id = t.id)""",
    "has two results marked as the last one": """
        SELECT 'person ' || s.person_id FROM component_score s JOIN attempt t ON t.id = s.attempt_id
        JOIN instrument_version v ON v.id = t.version_id WHERE s.latest
        GROUP BY s.person_id, v.instrument_id, s.component HAVING count(*) > 1""",
    "has a profile without any consent": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NULL AND p.full_name IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id)""",
    "is erased, but a name is still there": """
        SELECT 'person ' || id FROM person WHERE erased_at IS NOT NULL AND (full_name IS NOT NULL
        OR external_id IS NOT NULL)""",
}


def problems(engine: Engine, data_dir: Path) -> list[str]:
    """Every broken promise in one line; empty for a sound database. Changes nothing."""
    if not is_current(engine):
        return ["the schema is not this version's: run `python -m db upgrade`"]
    found: list[str] = []
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.execute(text("PRAGMA integrity_check"))
            found += [f"integrity: {row[0]}" for row in rows if row[0] != "ok"]
            rows = connection.execute(text("PRAGMA foreign_key_check"))
            found += [f"{row[0]} {row[1]}: points at nothing in {row[2]}" for row in rows]
        for rule, query in RULES.items():
            found += _some([f"{row[0]}: {rule}" for row in connection.execute(text(query))])
        found += _some(_sums(Session(connection)))
        found += _some(_files(connection, Storage(data_dir)))
    return found


def _some(lines: list[str]) -> list[str]:
    """The first of many of a kind: one fault must not bury the others."""
    rest = len(lines) - SHOWN
    return lines if rest <= 0 else [*lines[:SHOWN], f"… and {rest} more like the last one"]


def _sums(session: Session) -> list[str]:
    kept = {
        (row.municipality_id, row.component, row.by, row.key): [row.people, row.deficit, row.need, row.priority]
        for row in session.scalars(select(ScoreTally))
        if row.people
    }
    expected = tally.expected(session)
    differing = {place[:2] for place in kept.keys() | expected.keys() if kept.get(place) != expected.get(place)}
    return [f"municipality {place}, {component}: the sums of results differ" for place, component in sorted(differing)]


def _files(connection: Connection, storage: Storage) -> list[str]:
    found = []
    for number, name, size in connection.execute(text("SELECT id, stored_name, size FROM document ORDER BY id")):
        try:
            path = storage.path(name)
        except DomainError:
            found.append(f"document {number}: its file is missing")
            continue
        if path.stat().st_size != size:
            found.append(f"document {number}: its file has another size")
    return found
