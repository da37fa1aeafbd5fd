"""Selection campaigns, applications to the methodical active, their evidence and decisions."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality, Term
from db.people.models import Person


class AnswerKind(enum.StrEnum):
    """How a criterion is answered."""

    TEXT = "text"
    CATEGORY = "category"
    YES_NO = "yes_no"


class FilesRule(enum.StrEnum):
    """Whether a criterion needs documents."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class ApplicationStatus(enum.StrEnum):
    """Where an application is; the transitions are in `rules`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Verdict(enum.StrEnum):
    """What a methodist decides."""

    APPROVE = "approve"
    REJECT = "reject"
    RETURN = "return"


class LeadsTo(enum.StrEnum):
    """Where a refused teacher's next step is walked: a place of the bot."""

    EVENTS = "events"
    TRAINING = "training"
    PRACTICES = "practices"
    MENTOR = "mentor"
    QUESTION = "question"
    SELF_DIAGNOSIS = "self_diagnosis"


class Campaign(Base):
    """A selection (отбор кандидатов) under an order with its number and date, opening and closing moments.

    `serves_until` is the last day for whom it makes an active member; nothing where the order does not say.
    A refused teacher may appeal within `appeal_days`, nobody where there are none; it is answered within `answer_days`.
    `document_id` is that order where it stands among the documents.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_at"),
        CheckConstraint("(appeal_days IS NULL) = (answer_days IS NULL)", name="appeals"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[Name]
    order_number: Mapped[Code]
    order_date: Mapped[date]
    order_title: Mapped[Prose] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("official_document.id"), index=True)
    issued_by: Mapped[Name]
    about: Mapped[Prose] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    serves_until: Mapped[date | None]
    appeal_days: Mapped[int | None]
    answer_days: Mapped[int | None]
    last_number: Mapped[int] = mapped_column(default=0)

    criteria: Mapped[list["Criterion"]] = relationship(lazy="selectin", order_by="Criterion.number")
    reasons: Mapped[list["Reason"]] = relationship(lazy="selectin", order_by="Reason.number")


class Criterion(Base):
    """One of the campaign's criteria, its title verbatim from the order. `weight` is how often its score counts.

    Once somebody has applied, a trigger keeps number, answer, files and weight, and the row itself.
    """

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        CheckConstraint("weight BETWEEN 1 AND 10", name="weight"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    title: Mapped[Prose]
    short: Mapped[Name]
    question: Mapped[Prose] = mapped_column(default="")
    hint: Mapped[Prose]
    answer: Mapped[AnswerKind]
    files: Mapped[FilesRule]
    weight: Mapped[int] = mapped_column(default=1)


class Reason(Base):
    """A typical reason of refusal or return: verbatim for the record, gentle for the teacher.

    A return opens the parts in `criteria` (and the direction where `direction` is set). A refusal's `warning` is shown
    before sending: when the criteria it looks at are incomplete, when an answer has one of the `alarming` stems, or
    none of the `expected` ones; `direction` makes it look at how the direction fits the answers. A trigger keeps
    number and words of one that a decision names. `next_step` is the shortest way back, `leads_to` where it is walked.
    """

    __tablename__ = "reason"
    __table_args__ = (UniqueConstraint("campaign_id", "verdict", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    verdict: Mapped[Verdict]
    number: Mapped[int]
    text: Mapped[Prose]
    short: Mapped[Name]
    gentle: Mapped[Prose]
    warning: Mapped[Prose | None]
    criteria: Mapped[list[int]] = mapped_column(default=list)
    direction: Mapped[bool] = mapped_column(default=False)
    alarming: Mapped[list[str]] = mapped_column(default=list)
    expected: Mapped[list[str]] = mapped_column(default=list)
    next_step: Mapped[Prose | None]
    leads_to: Mapped[LeadsTo | None]


class Application(Base):
    """Keeps a teacher's application: exactly one direction and one category of support.

    `revision` grows with every change and lets two people notice each other; `sent_revision` is the one that was last
    sent, which reviews are of. `number` (within the campaign), `municipality_id` and `organisation_id` are set when it
    is sent; `direction_remark` reopens direction and category for revision.
    """

    person_by = "person_id"
    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        UniqueConstraint("campaign_id", "number"),
        Index(None, "status", "submitted_at", "id"),
        Index(None, "submitted_at"),
        Index(None, "campaign_id", "municipality_id", "status"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.DRAFT)
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    number: Mapped[int | None]
    direction_remark: Mapped[Prose | None]
    revision: Mapped[int] = mapped_column(default=0)
    sent_revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship()
    person: Mapped[Person] = relationship()
    direction: Mapped[Term | None] = relationship(foreign_keys=direction_id)
    category: Mapped[Term | None] = relationship(foreign_keys=category_id)
    municipality: Mapped[Municipality | None] = relationship()
    answers: Mapped[list["CriterionAnswer"]] = relationship(order_by="CriterionAnswer.number")
    documents: Mapped[list["Document"]] = relationship(order_by="Document.id")
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.id")


class CriterionAnswer(Base):
    """Keeps what the teacher says to one criterion.

    `remark` is the methodist's note that reopens it for revision. `previous_text` is what the newest text replaced, so
    that nothing typed is lost. `asked_before` is what the last selection missed here.
    """

    __tablename__ = "criterion_answer"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[Prose | None]
    previous_text: Mapped[Prose | None]
    choice: Mapped[Code | None]
    remark: Mapped[Prose | None]
    asked_before: Mapped[Prose | None]
    updated_at: Mapped[datetime]


class Document(Base):
    """A file of evidence, kept outside the web root under a generated name. Size in bytes.

    One that was carried over from the last selection is the same file under another row.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("application_id", "criterion", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    criterion: Mapped[int]
    file_name: Mapped[Name]
    stored_name: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(128))  # Word's own has 71 letters
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime]


class Decision(Base):
    """Keeps what a methodist decided and why; an undone decision keeps its row.

    `remarks` by criterion number ("0" is the direction); `granted` tells that this approval made an active member,
    so that undoing takes it back. Undone within seconds by whoever decided, or taken up again later by an
    administrator, then with a reason.
    """

    __tablename__ = "decision"
    __table_args__ = (Index(None, "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    verdict: Mapped[Verdict]
    reasons: Mapped[list[int]]
    comment: Mapped[Prose | None]
    remarks: Mapped[dict[str, Any]] = mapped_column(default=dict)
    granted: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    undone_reason: Mapped[Prose | None]
