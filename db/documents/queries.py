"""Reads the documents, for people and for the panel alike: there is nothing personal in them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.documents.models import OfficialDocument
from db.errors import NotFoundError


def documents(session: Session) -> Sequence[OfficialDocument]:
    """Lists the documents in the source's order, those that staff added last."""
    return session.scalars(
        select(OfficialDocument)
        .options(joinedload(OfficialDocument.scan))
        .order_by(OfficialDocument.position, OfficialDocument.id)
    ).all()


def document(session: Session, *, document_id: int) -> OfficialDocument:
    """Returns one document. Raises NotFoundError."""
    row = session.get(OfficialDocument, document_id, options=[joinedload(OfficialDocument.scan)])
    if row is None:
        raise NotFoundError
    return row
