"""Reads lists that were brought in, and what one would do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from db.caller import Caller, StaffCaller
from db.imports import plan
from db.imports.models import ImportKind, ImportStatus, Upload
from db.imports.services import missing, own
from db.people.queries import only_municipality


@dataclass(frozen=True, slots=True)
class Preview:
    """A list with what it would do; nothing of that where it does not wait or a column is missing."""

    id: int
    kind: ImportKind
    title: str
    status: ImportStatus
    header: list[str]
    columns: dict[str, int]
    missing: frozenset[str]
    total: int
    added: int
    changed: int
    applied_at: datetime | None
    plan: plan.Preparation | None


def preview(session: Session, caller: Caller, *, upload_id: int) -> Preview:
    """Returns a list of the own account's. Raises NotFoundError."""
    upload = own(session, caller, upload_id)
    lacks, rows = missing(upload, only=only_municipality(session) is not None), upload.content.get("rows", [])
    planned = None
    if rows and not lacks:
        values = _values(rows, upload.columns, len(upload.content["header"]))
        planned = plan.make(session, caller, kind=upload.kind, rows=values, title=upload.title, upload_id=upload.id)
    return Preview(
        id=upload.id,
        kind=upload.kind,
        title=upload.title,
        status=upload.status,
        header=upload.content.get("header", []),
        columns=upload.columns,
        missing=lacks,
        total=len(rows),
        added=upload.added,
        changed=upload.changed,
        applied_at=upload.applied_at,
        plan=planned,
    )


def _values(rows: Sequence[list[str]], columns: dict[str, int], width: int) -> Iterator[tuple[int, dict[str, str]]]:
    for line, *cells in rows:
        found = {field: cells[place] if place < len(cells) else "" for field, place in columns.items()}
        if any(cells[width:]):
            found[plan.EXTRA] = cells[-1]
        yield int(line), found


def listing(session: Session, caller: StaffCaller) -> Sequence[Upload]:
    """Lists the own account's lists, an administrator all; the newest first."""
    query = select(Upload).options(defer(Upload.content)).order_by(Upload.id.desc()).limit(50)
    if not caller.scope.is_admin:
        query = query.where(Upload.created_by == caller.scope.staff_id)
    return session.scalars(query).all()
