"""What must be true of the scans of signed papers."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.errors import DomainError
from db.storage import Storage

RULES: dict[str, str] = {}


def scans(session: Session, *, storage: Storage) -> list[str]:
    """Looks for scans whose files are missing or have another size."""
    found = []
    for number, name, size in session.execute(text("SELECT id, stored_name, size FROM scan ORDER BY id")):
        try:
            path = storage.path(name)
        except DomainError:
            found.append(f"scan {number}: its file is missing")
            continue
        if path.stat().st_size != size:
            found.append(f"scan {number}: its file has another size")
    return found


LOOKS = (scans,)
