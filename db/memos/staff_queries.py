"""Reads a region's own forms of a memo."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from db.documents.models import Scan
from db.errors import NotFoundError
from db.memos.models import MemoForm, MemoFormVersion
from db.memos.rules import MemoKind


@dataclass(frozen=True, slots=True)
class MemoFormCard:
    """A form with all its versions, the newest first."""

    form: MemoForm
    versions: Sequence[MemoFormVersion]


def memo_forms(session: Session) -> Sequence[tuple[MemoForm, MemoFormVersion]]:
    """Lists all forms, those in use first, each with its newest version."""
    newest = and_(MemoFormVersion.form_id == MemoForm.id, MemoFormVersion.number == MemoForm.version)
    found = session.execute(
        select(MemoForm, MemoFormVersion)
        .join(MemoFormVersion, newest)
        .options(joinedload(MemoFormVersion.staff))
        .order_by(MemoForm.active.desc(), MemoForm.title, MemoForm.id)
    )
    return [(row[0], row[1]) for row in found]


def of_kind(session: Session, *, kind: MemoKind) -> Sequence[tuple[int, str]]:
    """Lists the forms in use for one kind of memo: (id, title)."""
    found = session.execute(
        select(MemoForm.id, MemoForm.title)
        .where(MemoForm.kind == kind, MemoForm.active)
        .order_by(MemoForm.title, MemoForm.id)
    )
    return [(row[0], row[1]) for row in found]


def memo_form(session: Session, *, form_id: int) -> MemoFormCard:
    """Returns a form with its versions. Raises NotFoundError."""
    row = session.get(MemoForm, form_id)
    if row is None:
        raise NotFoundError
    versions = session.scalars(
        select(MemoFormVersion)
        .where(MemoFormVersion.form_id == form_id)
        .options(joinedload(MemoFormVersion.staff), joinedload(MemoFormVersion.scan))
        .order_by(MemoFormVersion.number.desc())
    )
    return MemoFormCard(row, versions.all())


def form_file(session: Session, *, form_id: int, version_id: int | None = None) -> Scan:
    """Returns the file of a version, of the newest failing that. Raises NotFoundError."""
    wanted = MemoFormVersion.number == MemoForm.version if version_id is None else MemoFormVersion.id == version_id
    found = session.scalar(
        select(Scan)
        .join(MemoFormVersion, MemoFormVersion.scan_id == Scan.id)
        .join(MemoForm, MemoForm.id == MemoFormVersion.form_id)
        .where(MemoForm.id == form_id, wanted)
    )
    if found is None:
        raise NotFoundError
    return found
