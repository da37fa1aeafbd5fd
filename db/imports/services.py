"""Brings lists in: kept, matched, brought in piece by piece, undone. Each piece is a short transaction of its own."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from db.audit import services as audit
from db.base import Base
from db.caller import Caller, StaffCaller
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.imports.models import ImportKind, ImportStatus, Upload, UploadChange
from db.imports.plan import Planned, written
from db.imports.rules import FIELDS, NEEDED, guess
from db.people.models import Consent
from db.people.queries import current_consent_texts
from db.spreadsheet import Grid
from db.transitions import move

PIECE = 500
"""Rows in one transaction: others write between."""
UNDO_LASTS = timedelta(days=7)
LEFT = timedelta(minutes=10)
"""A list of which nothing was brought in for so long is nobody's work any more: another one need not wait for it."""
MOST_ROWS = 30_000
APPLY, UNDO = "imports.apply", "imports.undo"
"""Actions of the journal; whose rows it was is added piece by piece."""


def keep(session: Session, caller: Caller, *, kind: ImportKind, title: str, grid: Grid) -> int:
    """Keeps a list that was read until it is looked at; returns its number.

    Raises ForbiddenError, DomainError `imports_empty`, `imports_long`.
    """
    if isinstance(caller, StaffCaller) and not caller.scope.can_write:
        raise ForbiddenError
    if not grid.rows:
        raise DomainError("imports_empty")
    if len(grid.rows) > MOST_ROWS:
        raise DomainError("imports_long", most=MOST_ROWS)
    upload = Upload(
        kind=kind,
        title=title[:300],
        created_by=caller.scope.staff_id if isinstance(caller, StaffCaller) else None,
        created_at=caller.now,
        content={"header": grid.header, "rows": [[line, *cells] for line, cells in grid.rows]},
        columns=guess(kind, grid.header),
    )
    session.add(upload)
    session.flush()
    _record(session, caller, upload, "imports.keep")
    return upload.id


def own(session: Session, caller: Caller, upload_id: int, *, locked: bool = False) -> Upload:
    """Returns a list of the own account's; an administrator's are all. Raises NotFoundError."""
    # Its words are read by who asks for them: for every piece of twenty thousand rows they took a third of a second.
    aside = (defer(Upload.content),)
    upload = session.get(Upload, upload_id, with_for_update=locked or None, populate_existing=locked, options=aside)
    if upload is None:
        raise NotFoundError
    scope = caller.scope if isinstance(caller, StaffCaller) else None
    if scope is not None and not (scope.can_write and (scope.is_admin or upload.created_by == scope.staff_id)):
        raise NotFoundError
    return upload


def match(session: Session, caller: Caller, *, upload_id: int, columns: Mapping[str, int]) -> None:
    """Says in which column each field stands. Raises DomainError `imports_column` where two are in one."""
    upload = own(session, caller, upload_id, locked=True)
    if upload.status is not ImportStatus.WAITING:
        raise ConflictError("imports_moved_on")
    width = len(upload.content["header"])
    chosen = {field: place for field, place in columns.items() if field in FIELDS[upload.kind] and 0 <= place < width}
    if len(set(chosen.values())) < len(chosen):
        raise DomainError("imports_column")
    upload.columns = chosen
    _record(session, caller, upload, "imports.match")


def missing(upload: Upload, *, only: bool) -> frozenset[str]:
    """Returns the fields without which a list can't be brought in; where there is one municipality it goes unsaid."""
    return NEEDED[upload.kind] - upload.columns.keys() - ({"municipality"} if only else set())


def begin(session: Session, caller: Caller, *, upload_id: int) -> int:
    """Begins to bring a list in, or goes on where it was cut short; returns the turn of whoever does it now.

    Another list that was left in the middle is ended where it is; what it brought in can be taken back. Raises
    ConflictError `imports_moved_on`, and `imports_busy` while another list is on its way.
    """
    upload = own(session, caller, upload_id, locked=True)
    begun = upload.status is not ImportStatus.GOING
    if begun:
        _end_left(session, caller)
        move(upload, ImportStatus.GOING)
    upload.turn += 1
    upload.worked_at = caller.now
    try:
        session.flush()
    except IntegrityError:
        raise ConflictError("imports_busy", minutes=int(LEFT.total_seconds() // 60)) from None
    _record(session, caller, upload, APPLY)
    return upload.turn


def _end_left(session: Session, caller: Caller) -> None:
    going = select(Upload).where(Upload.status == ImportStatus.GOING).with_for_update()
    for other in session.scalars(going).all():
        if other.worked_at is None or other.worked_at <= caller.now - LEFT:
            _end(session, caller, other)
    session.flush()


def stop(session: Session, caller: Caller, *, upload_id: int) -> None:
    """Ends a list that was cut short where it is: the rest does not come in, what did can be taken back."""
    upload = own(session, caller, upload_id, locked=True)
    if upload.status is not ImportStatus.GOING:
        raise ConflictError("imports_moved_on")
    _end(session, caller, upload)


def _end(session: Session, caller: Caller, upload: Upload) -> None:
    move(upload, ImportStatus.DONE)
    upload.turn += 1  # whoever may still be at it brings nothing in any more
    upload.applied_at, upload.content = caller.now, {}
    _record(session, caller, upload, "imports.stop")


def put(session: Session, caller: Caller, *, upload_id: int, turn: int, changes: Sequence[Planned]) -> None:
    """Brings a piece of a list in.

    Raises ConflictError where somebody else goes on with it, `imports_row_moved` where a row is not as it was planned.
    """
    upload = _at_work(session, caller, upload_id, turn, ImportStatus.GOING)
    touched = [(one.table, one.row_id) for one in changes if one.row_id is not None]
    # Where somebody works comes before them, wherever in the piece it is first named.
    for table in sorted({one.table for one in changes}, key=lambda table: (table != "organisation", table)):
        new = [one for one in changes if one.table == table and one.row_id is None]
        if new:
            touched += [(table, number) for number in _add(session, upload, table, new)]
    for one in changes:
        if one.row_id is not None:
            _change(session, upload, one)
            _note(session, upload, [(one.table, one.row_id, False, written(one.before), written(one.values))])
    upload.worked_at = caller.now
    upload.added += sum(one.row_id is None for one in changes)
    upload.changed += sum(one.row_id is not None for one in changes)
    _touch(session, upload, APPLY, touched)


def _touch(session: Session, upload: Upload, action: str, rows: Sequence[tuple[str, int]]) -> None:
    """Says in the journal whose rows a piece of a list brought in, changed or took back."""
    people = {number for table, number in rows if table == "person"}
    for name in {table for table, _ in rows}:
        target = _table(name)
        if "person_id" in target.c:
            of = target.c.id.in_([number for table, number in rows if table == name])
            people |= set(session.scalars(select(target.c.person_id).where(of, target.c.person_id.is_not(None))))
    audit.touch(session, action=action, object_type="upload", object_id=upload.id, people=people)


def _change(session: Session, upload: Upload, one: Planned) -> None:
    """Changes a row that stands as it was planned, or as this list left it: nobody's word is written over unseen."""
    target = _table(one.table)
    mine = update(target).where(target.c.id == one.row_id).values(one.values).returning(target.c.id)
    as_seen = [target.c[name].is_not_distinct_from(value) for name, value in one.before.items()]
    if session.scalar(mine.where(*as_seen)) is not None:
        return
    own = UploadChange.upload_id == upload.id, UploadChange.table_name == one.table, UploadChange.row_id == one.row_id
    if session.scalar(select(UploadChange.id).where(*own).limit(1)) is None or session.scalar(mine) is None:
        raise ConflictError("imports_row_moved", line=one.line)


def _add(session: Session, upload: Upload, table: str, new: Sequence[Planned]) -> Sequence[int]:
    rows = [{**_defaults(table), **one.values} for one in new]
    if table == "person":
        named = {one.organisation for one in new if one.organisation}
        found = session.execute(
            select(Organisation.municipality_id, Organisation.name, Organisation.id).where(Organisation.name.in_(named))
        )
        places = {(town, name): number for town, name, number in found}
        for row, one in zip(rows, new, strict=True):
            row["organisation_id"] = row["organisation_id"] or places.get((row["municipality_id"], one.organisation))
    target = _table(table)
    try:
        ids = session.scalars(insert(target).returning(target.c.id, sort_by_parameter_order=True), rows).all()
    except IntegrityError:
        raise ConflictError("imports_moved_on") from None
    if table == "person":
        texts = current_consent_texts(session)
        consents = [
            {"person_id": number, "consent_text_id": text.id, "given_at": one.consented_at}
            for number, one in zip(ids, new, strict=True)
            for text in texts
        ]
        session.connection().execute(_table("consent").insert(), consents)
    _note(session, upload, [(table, number, True, {}, written(row)) for number, row in zip(ids, rows, strict=True)])
    return cast(Sequence[int], ids)


def _defaults(table: str) -> dict[str, Any]:
    if table == "person":
        return {"reminders": True}
    return {"kind_id": None, "low_results": False, "hard_conditions": False} if table == "organisation" else {}


def _note(
    session: Session, upload: Upload, rows: Sequence[tuple[str, int, bool, dict[str, Any], dict[str, Any]]]
) -> None:
    names = ("table_name", "row_id", "added", "before", "after")
    values = [{"upload_id": upload.id, **dict(zip(names, row, strict=True))} for row in rows]
    session.connection().execute(cast(Table, UploadChange.__table__).insert(), values)


def finish(session: Session, caller: Caller, *, upload_id: int, turn: int) -> tuple[int, int]:
    """Ends bringing a list in and forgets its words; returns how many rows were added and changed."""
    upload = _at_work(session, caller, upload_id, turn, ImportStatus.GOING)
    move(upload, ImportStatus.DONE)
    upload.applied_at, upload.content = caller.now, {}
    session.flush()
    return upload.added, upload.changed


def begin_undo(session: Session, caller: Caller, *, upload_id: int) -> int:
    """Begins to take a list back, or goes on; returns the turn.

    Raises DomainError `imports_late` after a week, `imports_beyond` where the account reaches not all of it any more.
    """
    upload = own(session, caller, upload_id, locked=True)
    _check_reach(session, caller, upload_id)
    if upload.status is not ImportStatus.UNDOING:
        if upload.applied_at is not None and upload.applied_at < caller.now - UNDO_LASTS:
            raise DomainError("imports_late")
        move(upload, ImportStatus.UNDOING)
    _record(session, caller, upload, UNDO)
    upload.turn += 1
    session.flush()
    return upload.turn


def undo(session: Session, caller: Caller, *, upload_id: int, turn: int) -> tuple[int, int]:
    """Takes a piece back, the last first; returns how many rows went and how many stay.

    A row stays that somebody has changed or used since: nothing of others is lost. (0, 0) when nothing is left.
    """
    upload = _at_work(session, caller, upload_id, turn, ImportStatus.UNDOING)
    mine = select(UploadChange).where(UploadChange.upload_id == upload_id).order_by(UploadChange.id.desc()).limit(PIECE)
    changes = session.scalars(mine).all()
    _touch(session, upload, UNDO, [(one.table_name, one.row_id) for one in changes])
    gone = sum(_take_back(session, change) for change in changes)
    session.execute(delete(UploadChange).where(UploadChange.id.in_([one.id for one in changes])))
    if not changes:
        move(upload, ImportStatus.UNDONE)
        upload.undone_at = caller.now
    return gone, len(changes) - gone


def _take_back(session: Session, change: UploadChange) -> bool:
    target = _table(change.table_name)
    row = session.execute(select(target).where(target.c.id == change.row_id).with_for_update()).mappings().one_or_none()
    if row is None or any(written({name: row[name]}).get(name) != value for name, value in change.after.items()):
        return False
    if not change.added:
        before = {name: _read(name, value) for name, value in change.before.items()}
        session.execute(update(target).where(target.c.id == change.row_id).values(before))
        return True
    try:
        with session.begin_nested():
            if change.table_name == "person":
                session.execute(delete(Consent).where(Consent.person_id == change.row_id))
            session.execute(delete(target).where(target.c.id == change.row_id))
    except IntegrityError:  # somebody works there, or has done something since
        return False
    return True


def _check_reach(session: Session, caller: Caller, upload_id: int) -> None:
    """Looks whether an account still reaches all that a list changed; of an event or a person it is where these are."""
    if not isinstance(caller, StaffCaller):
        return
    mine = UploadChange.upload_id == upload_id
    for name in session.scalars(select(UploadChange.table_name).where(mine).distinct()).all():
        target = _table(name)
        of = next((one for one in ("event", "person") if f"{one}_id" in target.c), name)
        whose = target.c.id if of == name else target.c[f"{of}_id"]
        changed = select(UploadChange.row_id).where(mine, UploadChange.table_name == name)
        places = select(_table(of).c.municipality_id).where(
            _table(of).c.id.in_(select(whose).where(target.c.id.in_(changed)))
        )
        if not all(caller.scope.sees(place) for place in session.scalars(places.distinct())):
            raise DomainError("imports_beyond")


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in ("birth_date", "issued_on") and value else value


def forget_changes(session: Session, *, table: str, rows: Select[int]) -> None:
    """Forgets what lists changed of these rows of another noun: it can't be taken back any more."""
    session.execute(delete(UploadChange).where(UploadChange.table_name == table, UploadChange.row_id.in_(rows)))


def drop(session: Session, caller: Caller, *, upload_id: int) -> None:
    """Drops a list that waits, and forgets its words."""
    upload = own(session, caller, upload_id, locked=True)
    move(upload, ImportStatus.DROPPED)
    upload.content = {}
    _record(session, caller, upload, "imports.drop")


def _at_work(session: Session, caller: Caller, upload_id: int, turn: int, status: ImportStatus) -> Upload:
    upload = own(session, caller, upload_id, locked=True)
    if upload.status is not status or upload.turn != turn:
        raise ConflictError("imports_moved_on")
    return upload


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _record(session: Session, caller: Caller, upload: Upload, action: str) -> None:
    rows = session.scalar(select(func.count()).where(UploadChange.upload_id == upload.id)) or 0
    audit.record(
        session, caller, action=action, object_type="upload", object_id=upload.id, kind=upload.kind.value, rows=rows
    )
