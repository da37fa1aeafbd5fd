"""Scans of signed papers: a row for every file, whosever paper it is."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.documents.models import Scan
from db.errors import NotFoundError
from db.storage import StoredFile


def keep(session: Session, caller: Caller, *, stored: StoredFile) -> int:
    """Adds a checked file's row and returns its id; the scan that it takes the place of goes by `drop`."""
    row = Scan(
        file_name=stored.file_name,
        stored_name=stored.stored_name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=caller.now,
    )
    session.add(row)
    session.flush()
    return row.id


def drop(session: Session, *, scan_id: int | None) -> None:
    """Deletes a scan's row once nobody names it; the file goes with the hourly sweep of what no row knows."""
    row = session.get(Scan, scan_id) if scan_id is not None else None
    if row is not None:
        session.flush()
        session.delete(row)
        session.flush()


def scan(session: Session, *, scan_id: int | None) -> Scan:
    """Returns one scan. Raises NotFoundError."""
    row = session.get(Scan, scan_id) if scan_id is not None else None
    if row is None:
        raise NotFoundError
    return row


def stored_names(session: Session) -> set[str]:
    """Names of the files of all scans; any other file is an orphan."""
    return set(session.scalars(select(Scan.stored_name)))
