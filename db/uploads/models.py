"""One-time links by which a paper comes through the panel instead of a messenger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class UploadLink(Base):
    """A link for half an hour that takes files to one place; only its hash is kept.

    The place is a criterion of an application, or the document of a record of training (`record_id`).
    `received` counts the files that came by it. `closed_at` is when its holder was done, or asked for a newer link.
    """

    __tablename__ = "upload_link"
    __table_args__ = (
        Index(None, "person_id", "created_at"),
        CheckConstraint("received >= 0", name="received"),
        CheckConstraint(
            "(application_id IS NULL) = (criterion IS NULL) AND (application_id IS NULL) <> (record_id IS NULL)",
            name="place",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), index=True)
    criterion: Mapped[int | None]
    record_id: Mapped[int | None] = mapped_column(ForeignKey("training_record.id", ondelete="CASCADE"), index=True)
    received: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]
