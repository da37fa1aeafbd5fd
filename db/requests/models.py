"""Requests for help: who asks about what, whose turn it is to answer, the words, and answers that help others."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Term
from db.documents.models import Scan
from db.people.models import Person


class RequestStatus(enum.StrEnum):
    """Where a request is; the transitions are in `rules`."""

    DRAFT = "draft"
    WAITING = "waiting"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"


class TurnEnd(enum.StrEnum):
    """Why somebody answers a request no more."""

    DECLINED = "declined"
    PASSED_ON = "passed_on"
    REASSIGNED = "reassigned"
    LEFT = "left"


class Speaker(enum.StrEnum):
    """Whose words they are: the asker's, an active member's, the service's."""

    ASKER = "asker"
    MEMBER = "member"
    SERVICE = "service"


class HelpTopic(Base):
    """A consultation group of the service, or which directions answer to a component (its code is the component's).

    Without `direction_codes` any active member may answer. `training` marks what no document says.
    """

    __tablename__ = "help_topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    consultation: Mapped[bool]
    direction_codes: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)
    training: Mapped[bool] = mapped_column(default=False)


class HelpRequest(Base):
    """A request for help (запрос на адресную методическую помощь): about a component, a direction or a group.

    `municipality_id` is the asker's when it was asked; `due_at` is the stated time of the answer that is awaited now,
    and at `late_at` it had not come. `assignee_id` is whose turn it is; nobody's is the service's own.
    """

    person_by = "person_id"
    __tablename__ = "help_request"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN component IS NULL THEN 0 ELSE 1 END) + (CASE WHEN direction_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_topic",
        ),
        CheckConstraint("assignee_id IS NULL OR assignee_id <> person_id", name="two_people"),
        Index(
            "uq_help_request_draft",
            "person_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(None, "person_id", "id"),
        Index(None, "assignee_id", "status"),
        Index(None, "status", "due_at"),
        Index(None, "municipality_id", "status", "due_at"),
        Index(None, "status", "asked_at"),
        Index(None, "asked_at", "municipality_id", "answered_at"),
        Index(None, "status", "closed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    component: Mapped[Code | None]
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("help_topic.id"))
    status: Mapped[RequestStatus] = mapped_column(default=RequestStatus.DRAFT)
    not_own_school: Mapped[bool] = mapped_column(default=False)
    question: Mapped[Prose | None]
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    helped: Mapped[bool | None]

    person: Mapped[Person] = relationship(foreign_keys=person_id)
    assignee: Mapped[Person | None] = relationship(foreign_keys=assignee_id)
    direction: Mapped[Term | None] = relationship(foreign_keys=direction_id)
    group: Mapped[HelpTopic | None] = relationship(foreign_keys=group_id)


class HelpTurn(Base):
    """Whose turn to answer a request it was, from when to when, and why no more. Nobody has a second one."""

    __tablename__ = "help_turn"
    __table_args__ = (Index(None, "request_id"), Index(None, "person_id", "given_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended: Mapped[TurnEnd | None]

    person: Mapped[Person] = relationship()


class HelpMessage(Base):
    """Words of one of the two, or of the service, after the question. `person_id` is empty for the service's."""

    __tablename__ = "help_message"
    __table_args__ = (Index(None, "request_id", "id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"))
    speaker: Mapped[Speaker]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[Prose | None]
    said_at: Mapped[datetime]


class HelpFile(Base):
    """A file of the question, or of a message."""

    __tablename__ = "help_file"
    __table_args__ = (Index(None, "request_id"), Index(None, "scan_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("help_request.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))

    scan: Mapped[Scan] = relationship()


class KnowledgeLine(Base):
    """A question with a good answer, in the service's words: the next asker of the same topic is offered it first.

    `helped` counts whom it was enough for.
    """

    __tablename__ = "knowledge_line"
    __table_args__ = (
        Index(None, "component"),
        Index(None, "direction_id"),
        Index(None, "group_id"),
        Index(None, "request_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("help_request.id"))
    component: Mapped[Code | None]
    direction_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("help_topic.id"))
    question: Mapped[Name]
    answer: Mapped[Prose]
    helped: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]

    direction: Mapped[Term | None] = relationship()
    group: Mapped[HelpTopic | None] = relationship()
