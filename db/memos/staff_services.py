"""What memos write: that one was taken away as a file, and a region's own forms, version by version."""

from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import scans
from db.errors import ConflictError, DomainError, NotFoundError
from db.memos.models import MemoForm, MemoFormVersion
from db.memos.rules import MemoKind, MemoOrder
from db.storage import StoredFile

SHORTEST = 3


def note_taken(session: Session, caller: StaffCaller, *, order: MemoOrder, form_id: int | None = None) -> None:
    """Writes into the journal which memo left, about what, and by which form (codes and ids)."""
    audit.record(
        session,
        caller,
        action="memos.take",
        object_type="memo",
        object_id=None,
        municipality_id=order.municipality_id,
        kind=order.kind.value,
        since=order.since.isoformat(),
        centre=order.centre_id,
        group=order.group_id,
        campaign=order.campaign_id,
        form=form_id,
    )


def add_form(session: Session, caller: StaffCaller, *, title: str, kind: MemoKind, stored: StoredFile) -> int:
    """Adds a form whose file has been tried, and returns its id.

    Raises DomainError `memo_form_title`, ForbiddenError.
    """
    caller.scope.check_region()
    title = texts.one_alphabet(texts.name(title), field="title")
    if len(title) < SHORTEST:
        raise DomainError("memo_form_title", field="title")
    row = MemoForm(title=title, kind=kind, version=1, active=True)
    session.add(row)
    session.flush()
    _keep(session, caller, row, stored)
    audit.record(session, caller, action="memos.add_form", object_type="memo_form", object_id=row.id)
    return row.id


def put_version(session: Session, caller: StaffCaller, *, form_id: int, seen: int, stored: StoredFile) -> int:
    """Adds the next version of a form and returns its number; `seen` is the newest one that the account has seen.

    Raises ConflictError `memo_form_moved` where another was quicker, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = _locked(session, form_id)
    if row.version != seen:
        raise ConflictError("memo_form_moved")
    row.version += 1
    _keep(session, caller, row, stored)
    audit.record(
        session, caller, action="memos.put_version", object_type="memo_form", object_id=row.id, version=row.version
    )
    return row.version


def use_form(session: Session, caller: StaffCaller, *, form_id: int, used: bool) -> None:
    """Takes a form out of use, or back into it; its versions stay. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    row = _locked(session, form_id)
    row.active = used
    audit.record(session, caller, action="memos.use_form", object_type="memo_form", object_id=row.id, used=used)


def _keep(session: Session, caller: StaffCaller, form: MemoForm, stored: StoredFile) -> None:
    session.add(
        MemoFormVersion(
            form_id=form.id,
            number=form.version,
            scan_id=scans.keep(session, caller, stored=stored),
            uploaded_by=caller.scope.staff_id,
            uploaded_at=caller.now,
        )
    )
    session.flush()


def _locked(session: Session, form_id: int) -> MemoForm:
    row = session.get(MemoForm, form_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row
