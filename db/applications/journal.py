"""What happens to an application, written into the journal."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.applications.models import Application
from db.audit import services as audit


def record(session: Session, application: Application, actor: str, action: str, now: datetime, **details: Any) -> None:
    """One entry about the application, its author and its municipality."""
    audit.record_as(
        session,
        actor=actor,
        action=action,
        object_type="application",
        object_id=application.id,
        now=now,
        subject_person_id=application.person_id,
        municipality_id=application.municipality_id,
        **details,
    )
