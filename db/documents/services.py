"""Has a document's file sent to whoever asks for it in the bot."""

from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.documents.models import Scan
from db.documents.queries import document
from db.errors import NotFoundError
from db.notices import services as notices

FILE = "documents.file"


def ask_for_file(session: Session, caller: PersonCaller, *, document_id: int, request: str) -> None:
    """Owes the person the file of a shared document; each `request` is answered once. Raises NotFoundError."""
    file(session, document_id=document_id)
    notices.owe(
        session,
        caller,
        key=f"documents:{document_id}:{caller.person_id}:{request}",
        person_id=caller.person_id,
        kind=FILE,
        params={"document": document_id},
    )


def file(session: Session, *, document_id: int) -> tuple[str, Scan]:
    """Returns the title and the scan of a shared document. Raises NotFoundError, also where it is shared no more."""
    row = document(session, document_id=document_id)
    if not row.shared or row.scan is None:
        raise NotFoundError
    return row.title, row.scan
