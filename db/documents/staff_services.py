"""Changing documents by hand, as the panel does."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents.models import DocumentLevel, OfficialDocument
from db.documents.queries import document
from db.errors import DomainError


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDraft:
    """What a methodist says about a document."""

    level: DocumentLevel
    heading: str
    number: str
    signed_on: date | None
    title: str
    founded: str
    link: str


def save_document(session: Session, caller: StaffCaller, *, document_id: int | None, draft: DocumentDraft) -> int:
    """Adds or changes a document and returns its id.

    Raises DomainError `document_title`, `document_link`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.title) < 3:
        raise DomainError("document_title")
    if draft.link and not draft.link.lower().startswith(("https://", "http://")):
        raise DomainError("document_link")
    if document_id is None:
        last = session.scalar(select(func.max(OfficialDocument.position))) or 0
        row = OfficialDocument(code=f"own-{last + 1}", position=last + 1)
        session.add(row)
    else:
        row = document(session, document_id=document_id)
    row.level, row.signed_on, row.number = draft.level, draft.signed_on, draft.number
    row.heading = texts.one_alphabet(draft.heading, field="heading")
    row.title = texts.one_alphabet(draft.title, field="title")
    row.founded, row.link = draft.founded, draft.link
    session.flush()
    audit.record(session, caller, action="documents.save", object_type="official_document", object_id=row.id)
    return row.id
