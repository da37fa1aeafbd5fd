"""Publishes the pack's instruments."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.diagnostics.staff_services import publish


def load(session: Session, *, instruments: list[dict[str, Any]], now: datetime) -> None:
    """Publishes a pack's instruments; versions that are there already stay as they are."""
    for content in instruments:
        publish(session, content=content, now=now)
