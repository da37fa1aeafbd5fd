"""Reading what was set aside on its way in."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.inbox.models import IncomingUpdate, UpdateStatus

SHOWN = 100


@dataclass(frozen=True, slots=True)
class SetAside:
    """A quarantined update: what sort of thing it was and when; its content is nobody's business."""

    platform: str
    update_id: int
    kind: str
    error: str | None
    received_at: datetime


def quarantined(session: Session) -> list[SetAside]:
    """The newest hundred of them."""
    rows = session.scalars(
        select(IncomingUpdate)
        .where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
        .order_by(IncomingUpdate.received_at.desc(), IncomingUpdate.update_id.desc())
        .limit(SHOWN)
    )
    return [SetAside(row.platform, row.update_id, _kind(row.payload), row.error, row.received_at) for row in rows]


def _kind(payload: str | None) -> str:
    """`callback_query`, `message` or `other`: never what is in it."""
    try:
        update = json.loads(payload or "{}")
    except ValueError:
        return "other"
    return next((name for name in ("callback_query", "message") if name in update), "other")
