"""What of lists is one person's: a row that waits, and what a list has changed of theirs."""

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.imports.models import ImportKind, ImportStatus, Upload, UploadChange
from db.people.models import Person
from db.texts import comparable
from db.transitions import move

PLACE = 75


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns nothing: what a list said stands in the profile."""
    return {}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Returns nothing: what a list said stands in the profile."""
    return {}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Returns nothing: no list does anything by itself."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Drops what a list changed of theirs, and every list that waits and names them."""
    mine = delete(UploadChange).where(UploadChange.table_name == "person", UploadChange.row_id == person_id)
    session.execute(mine)
    of_theirs = UploadChange.table_name == "training_record", UploadChange.after["person_id"].as_integer() == person_id
    session.execute(delete(UploadChange).where(*of_theirs))
    name = comparable(session.scalar(select(Person.full_name).where(Person.id == person_id)) or "")
    of_people = Upload.kind.in_((ImportKind.PEOPLE, ImportKind.TRAINING, ImportKind.RESULTS))
    waiting = select(Upload).where(of_people, Upload.status == ImportStatus.WAITING)
    named = [one for one in session.scalars(waiting) if name and _names(one, name)]
    for upload in named:
        move(upload, ImportStatus.DROPPED)
        upload.content = {}
    return {"lists": len(named)} if named else {}


def _names(upload: Upload, name: str) -> bool:
    rows = upload.content.get("rows", [])
    return any(name in comparable(str(cell)) for row in rows for cell in row)


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Forgets what a list changed of either: it can't be taken back for one of two who are one."""
    both = UploadChange.table_name == "person", UploadChange.row_id.in_((kept_id, gone_id))
    session.execute(delete(UploadChange).where(*both))
