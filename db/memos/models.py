"""A region's own forms of a memo: Word files with fields, version by version."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.accounts.models import Staff
from db.base import Base, Name
from db.documents.models import Scan
from db.memos.rules import MemoKind


class MemoForm(Base):
    """A form of one kind of memo. `version` is the number of the newest version, which is the one that is filled in."""

    __tablename__ = "memo_form"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Name]
    kind: Mapped[MemoKind]
    version: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


class MemoFormVersion(Base):
    """One upload of a form's file, and which account brought it. A version is never changed."""

    __tablename__ = "memo_form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("memo_form.id"))
    number: Mapped[int]
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), index=True)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    uploaded_at: Mapped[datetime]

    form: Mapped[MemoForm] = relationship()
    scan: Mapped[Scan] = relationship()
    staff: Mapped[Staff] = relationship()
