"""Says which files of the storage belong to somebody: what no row knows is swept away."""

from sqlalchemy.orm import Session

from db.applications import queries as applications
from db.documents import scans


def stored_names(session: Session) -> set[str]:
    """Names of all files that a row of any noun still has; any other file is an orphan."""
    return applications.stored_names(session) | scans.stored_names(session)
