"""What must be true of attempts, scores and their sums."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.diagnostics import tally
from db.diagnostics.models import ScoreTally
from db.storage import Storage

RULES = {
    "is closed without scores": """
        SELECT 'attempt ' || t.id FROM attempt t WHERE t.status = 'completed'
        AND NOT EXISTS (SELECT 1 FROM component_score s WHERE s.attempt_id = t.id)""",
    "has two results marked as the last one": """
        SELECT 'person ' || s.person_id FROM component_score s JOIN attempt t ON t.id = s.attempt_id
        JOIN instrument_version v ON v.id = t.version_id WHERE s.latest
        GROUP BY s.person_id, v.instrument_id, s.component HAVING count(*) > 1""",
}


def sums(session: Session, *, storage: Storage) -> list[str]:
    """Compares the kept sums of results with the results themselves."""
    kept = {
        (row.municipality_id, row.component, row.by, row.key): [row.people, row.deficit, row.need, row.priority]
        for row in session.scalars(select(ScoreTally))
        if row.people
    }
    expected = tally.expected(session)
    differing = {place[:2] for place in kept.keys() | expected.keys() if kept.get(place) != expected.get(place)}
    return [f"municipality {place}, {component}: the sums of results differ" for place, component in sorted(differing)]


LOOKS = (sums,)
