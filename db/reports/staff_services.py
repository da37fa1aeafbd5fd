"""What reports write: that one was taken away as a file."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.audit import services as audit
from db.audit.rules import staff_actor
from db.scope import Scope


def note_export(
    session: Session, *, scope: Scope, report: str, kind: str, now: datetime, asked: dict[str, str]
) -> None:
    """Writes into the journal which report left as which kind of file, and what it was asked for (codes and ids)."""
    audit.record_as(
        session,
        actor=staff_actor(scope.staff_id),
        action="reports.export",
        object_type="report",
        object_id=None,
        now=now,
        report=report,
        kind=kind,
        asked=asked,
    )
