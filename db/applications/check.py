"""What must be true of applications and the files of their documents."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.errors import DomainError
from db.storage import Storage

RULES = {
    "was sent without its number, municipality or direction": """
        SELECT 'application ' || id FROM application WHERE status IN ('submitted', 'returned', 'approved', 'rejected')
        AND (number IS NULL OR municipality_id IS NULL OR direction_id IS NULL OR submitted_at IS NULL)""",
    "is decided, but nobody decided it": """
        SELECT 'application ' || a.id FROM application a WHERE a.status IN ('returned', 'approved', 'rejected')
        AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id AND d.undone_at IS NULL)""",
}


def files(session: Session, *, storage: Storage) -> list[str]:
    """Looks for documents whose files are missing or have another size."""
    found = []
    for number, name, size in session.execute(text("SELECT id, stored_name, size FROM document ORDER BY id")):
        try:
            path = storage.path(name)
        except DomainError:
            found.append(f"document {number}: its file is missing")
            continue
        if path.stat().st_size != size:
            found.append(f"document {number}: its file has another size")
    return found


LOOKS = (files,)
