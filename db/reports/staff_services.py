"""What reports write: that one was taken away as a file."""

from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller


def note_export(session: Session, caller: StaffCaller, *, report: str, kind: str, asked: dict[str, str]) -> None:
    """Writes into the journal which report left as which kind of file, and what it was asked for (codes and ids)."""
    audit.record(
        session,
        caller,
        action="reports.export",
        object_type="report",
        object_id=None,
        report=report,
        kind=kind,
        asked=asked,
    )
