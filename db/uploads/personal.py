"""A person's links for files: they end with the consent. What came by them is the application's."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.reassign import reassign
from db.uploads import services
from db.uploads.models import UploadLink

PLACE = 41


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many links are remembered."""
    return {"upload_links": select(func.count(UploadLink.id)).where(UploadLink.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """When links were asked for, and how many files came by each."""
    rows = session.scalars(select(UploadLink).where(UploadLink.person_id == person_id).order_by(UploadLink.id))
    return {
        "upload_links": [
            {
                "criterion": one.criterion,
                "received": one.received,
                "created_at": one.created_at,
                "expires_at": one.expires_at,
                "closed_at": one.closed_at,
            }
            for one in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Closes what is open."""
    return {"upload_links": services.close_all(session, caller, person_id=person_id)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes the links."""
    gone = session.scalars(delete(UploadLink).where(UploadLink.person_id == person_id).returning(UploadLink.id)).all()
    return {"upload_links": len(gone)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves the links, closed: the application that one led to may stay under the other number."""
    services.close_all(session, caller, person_id=gone_id)
    reassign(session, UploadLink.person_id, kept_id=kept_id, gone_id=gone_id)
