"""A person's individual route: one small step at a time out of a result, the year's plan behind it, who may look."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Municipality, Organisation
from db.events.models import Event
from db.groups.models import MethodicalGroup


class RouteStatus(enum.StrEnum):
    """Where a route is. A person has one that is not over.

    A step begins it at once; a plan of the year is a draft first, then agreed, and begins with its first deed.
    """

    DRAFT = "draft"
    AGREED = "agreed"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class ItemStatus(enum.StrEnum):
    """Where an item of a route is. `awaiting`: one was at its event, a word of one's own is still awaited.

    A `proposed` line of the plan is not one's own yet.
    """

    PROPOSED = "proposed"
    OPEN = "open"
    AWAITING = "awaiting"
    DONE = "done"
    DROPPED = "dropped"


class ItemKind(enum.StrEnum):
    """What an item is: a step in one's own lesson, an event to learn at, or another line of the year's plan.

    A `practice` is a step for later: it becomes a step when its time comes. `talk` is with a mentor, `visit` to a
    colleague's lesson, `own` in one's own words.
    """

    STEP = "step"
    EVENT = "event"
    COURSE = "course"
    PRACTICE = "practice"
    TALK = "talk"
    VISIT = "visit"
    OWN = "own"


class EvidenceKind(enum.StrEnum):
    """What shows that a line of the plan is done: being there, a word of how it went, something to look at."""

    ATTENDANCE = "attendance"
    WORD = "word"
    LINK = "link"


class StepSetting(enum.StrEnum):
    """With whom a step is tried."""

    PRIMARY = "primary"
    MIDDLE = "middle"
    UPPER = "upper"
    SENIOR = "senior"
    KINDERGARTEN = "kindergarten"
    OTHER = "other"


class StepOutcome(enum.StrEnum):
    """How a step went."""

    WORKED = "worked"
    NOT_YET = "not_yet"


class RouteReader(enum.StrEnum):
    """Whom a person lets look into the route: the mentor, the head of an own group, methodists."""

    MENTOR = "mentor"
    HEAD = "head"
    METHODIST = "methodist"


_LIVE = text("status IN ('draft', 'agreed', 'active', 'paused')")
_OPENED = text("revoked_at IS NULL")
_OPENED_TO_STAFF = text("revoked_at IS NULL AND reader = 'methodist'")


class Route(Base):
    """A person's individual route (ИОМ) from its first item on; `municipality_id` is where the person worked then.

    `started_at` is when it became the person's own. A draft has none, nor has one that was thrown away.
    """

    __tablename__ = "route"
    __table_args__ = (
        Index(
            "uq_route_live",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(None, "person_id", "status"),
        Index(None, "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    status: Mapped[RouteStatus] = mapped_column(default=RouteStatus.ACTIVE)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class GroupRoute(Base):
    """What a methodist drafts for a group, a school or a programme's group: its people are offered it line by line.

    Until it is offered it is a draft. The municipality is that of whom it is for.
    """

    __tablename__ = "group_route"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN organisation_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN event_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="whom",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[Name]
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("methodical_group.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    created_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]

    municipality: Mapped[Municipality | None] = relationship()
    group: Mapped[MethodicalGroup | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    event: Mapped[Event | None] = relationship()


class GroupRouteLine(Base):
    """A line of it in the methodist's words, with the group's day."""

    __tablename__ = "group_route_line"
    __table_args__ = (Index(None, "group_route_id", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_route_id: Mapped[int] = mapped_column(ForeignKey("group_route.id"))
    text: Mapped[Prose]
    due_on: Mapped[date]


class RouteItem(Base):
    """One item of a route, with the result that it comes from; a step from elsewhere has none.

    A step keeps the words that were read when it was taken. `turn` counts how often a day was chosen, `ask_at` is when
    to ask how it went; nothing where there is no day, or it was asked. A line of the year's plan has a month in `term`
    (its first day) and the kind of evidence that is meant; `link` is what shows it. What is done has evidence.
    A line that was offered to a whole group has that group's day in `due_on`: one's own month may be another;
    `answered_at` is when it was first taken or declined, `done_at` when it was first done. `reflected_at` is when one
    first had said of a done item how it went: whatever is opened again later, it was said then.
    """

    __tablename__ = "route_item"
    __table_args__ = (
        Index(
            "uq_route_item_step",
            "route_id",
            "item",
            unique=True,
            sqlite_where=text("status = 'open' AND kind = 'step'"),
            postgresql_where=text("status = 'open' AND kind = 'step'"),
        ),
        Index(
            "uq_route_item_event",
            "route_id",
            "event_id",
            unique=True,
            sqlite_where=text("event_id IS NOT NULL"),
            postgresql_where=text("event_id IS NOT NULL"),
        ),
        Index("uq_route_item_line", "route_id", "line_id", unique=True),
        CheckConstraint("(line_id IS NULL) = (due_on IS NULL)", name="due"),
        CheckConstraint("line_id IS NOT NULL OR (answered_at IS NULL AND done_at IS NULL)", name="answered"),
        CheckConstraint("reflected_at IS NULL OR word IS NOT NULL", name="reflected"),
        CheckConstraint("(kind = 'event') = (event_id IS NOT NULL)", name="event"),
        CheckConstraint(
            "kind NOT IN ('step', 'practice') OR (item IS NOT NULL AND attempt_id IS NOT NULL)"
            " OR (kind = 'step' AND item IS NULL AND attempt_id IS NULL)",
            name="step",
        ),
        CheckConstraint("(term IS NULL) = (evidence IS NULL)", name="term"),
        CheckConstraint("kind IN ('step', 'event') OR term IS NOT NULL", name="line"),
        CheckConstraint("status <> 'proposed' OR term IS NOT NULL", name="proposed"),
        CheckConstraint(
            "status <> 'done' OR outcome IS NOT NULL OR word IS NOT NULL OR link IS NOT NULL", name="evidence"
        ),
        CheckConstraint("(planned_on IS NULL) = (setting IS NULL)", name="planned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), index=True)
    kind: Mapped[ItemKind]
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.OPEN)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    component: Mapped[Code | None]
    item: Mapped[Code | None]
    text: Mapped[Prose]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("group_route_line.id"), index=True)
    due_on: Mapped[date | None]
    term: Mapped[date | None]
    evidence: Mapped[EvidenceKind | None]
    planned_on: Mapped[date | None]
    setting: Mapped[StepSetting | None]
    turn: Mapped[int] = mapped_column(default=0)
    ask_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[StepOutcome | None]
    word: Mapped[Prose | None]
    link: Mapped[Name | None]
    taken_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reflected_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    route: Mapped[Route] = relationship()


class RouteShare(Base):
    """Says whom a person lets look into one route and comment it, until it is revoked.

    A mentor or a head is one person, as it was when it was opened; `group_id` is the group that one heads. Methodists
    are those whose reach the person is in.
    """

    __tablename__ = "route_share"
    __table_args__ = (
        Index(
            "uq_route_share_person",
            "route_id",
            "reader_id",
            unique=True,
            sqlite_where=_OPENED,
            postgresql_where=_OPENED,
        ),
        Index(
            "uq_route_share_methodist",
            "route_id",
            unique=True,
            sqlite_where=_OPENED_TO_STAFF,
            postgresql_where=_OPENED_TO_STAFF,
        ),
        CheckConstraint("(reader = 'methodist') = (reader_id IS NULL)", name="reader"),
        CheckConstraint("(reader = 'head') = (group_id IS NOT NULL)", name="group"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), index=True)
    reader: Mapped[RouteReader]
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("methodical_group.id"), index=True)
    opened_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    route: Mapped[Route] = relationship()


class RouteLook(Base):
    """Says that somebody whom a route was open to looked into it. `looked_by` is the actor, as in the journal."""

    __tablename__ = "route_look"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("route_share.id"), index=True)
    looked_by: Mapped[Code]
    looked_at: Mapped[datetime]

    share: Mapped[RouteShare] = relationship()


class RouteComment(Base):
    """What somebody whom a route is open to says of it. `written_by` is the actor, as the journal has it."""

    __tablename__ = "route_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("route_share.id"), index=True)
    written_by: Mapped[Code] = mapped_column(index=True)
    text: Mapped[Prose]
    written_at: Mapped[datetime]

    share: Mapped[RouteShare] = relationship()
