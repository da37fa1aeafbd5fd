"""Changing documents by hand, as the panel does."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import scans
from db.documents.models import DocumentKind, DocumentLevel, OfficialDocument
from db.documents.queries import document
from db.errors import DomainError, NotFoundError
from db.storage import StoredFile


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
    kind: DocumentKind = DocumentKind.OTHER
    shared: bool = False


def put_scan(session: Session, caller: StaffCaller, *, document_id: int, stored: StoredFile) -> None:
    """Puts a document's scan in, in place of the one before. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    row = session.get(OfficialDocument, document_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    before, row.scan_id = row.scan_id, scans.keep(session, caller, stored=stored)
    scans.drop(session, scan_id=before)
    audit.record(session, caller, action="documents.scan", object_type="official_document", object_id=row.id)


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
    row.level, row.kind, row.signed_on, row.number = draft.level, draft.kind, draft.signed_on, draft.number
    row.heading = texts.one_alphabet(draft.heading, field="heading")
    row.title = texts.one_alphabet(draft.title, field="title")
    row.founded, row.link, row.shared = draft.founded, draft.link, draft.shared
    session.flush()
    audit.record(session, caller, action="documents.save", object_type="official_document", object_id=row.id)
    return row.id
