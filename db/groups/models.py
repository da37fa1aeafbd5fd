"""Groups of teachers: unions, councils, working groups; who is in them, when they meet, what they decide."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.base import Base, Code, Name, Prose
from db.dictionaries.models import Centre, Municipality, Organisation, Term
from db.people.models import Person
from db.plans.models import PlanFulfilment


class GroupLevel(enum.StrEnum):
    """What a group works for."""

    REGION = "region"
    CENTRE = "centre"
    MUNICIPALITY = "municipality"
    ORGANISATION = "organisation"


class GroupStatus(enum.StrEnum):
    """A group works or has been closed."""

    ACTIVE = "active"
    CLOSED = "closed"


class MemberStatus(enum.StrEnum):
    """Somebody asked to join, is in the group, has left it or was not taken."""

    ASKED = "asked"
    ACTIVE = "active"
    LEFT = "left"
    DECLINED = "declined"


class GroupMeetingStatus(enum.StrEnum):
    """What became of a group's meeting."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class GroupAnswer(enum.StrEnum):
    """What somebody answered to a call."""

    COMING = "coming"
    UNABLE = "unable"


class GroupKind(Base):
    """A kind of group as a document has it: `functions` verbatim; `supports` is the code of the kind that it supports.

    `quorum` is the share of members, in per cent, without whom nothing is decided; none where no document says it.
    """

    __tablename__ = "group_kind"
    __table_args__ = (CheckConstraint("quorum IS NULL OR quorum BETWEEN 1 AND 100", name="quorum"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[Name]
    level: Mapped[GroupLevel]
    temporary: Mapped[bool] = mapped_column(default=False)
    supports: Mapped[Code] = mapped_column(default="")
    functions: Mapped[list[str]] = mapped_column(default=list)
    quorum: Mapped[int | None]
    note: Mapped[Prose] = mapped_column(default="")
    source: Mapped[Name] = mapped_column(default="")


class MethodicalGroup(Base):
    """A group. Its unit is an organisation, a municipality or a centre; none of them for one of the whole region.

    `parent_id` is the group that supports it. `quorum` is the group's own number of people. `training` marks an example
    of ours. `levels_at` is when the levels that its head sees were last worked out, none where they are to be anew.
    """

    organisation_by = "organisation_id"

    __tablename__ = "methodical_group"
    __table_args__ = (
        Index(
            "uq_methodical_group_head",
            "head_id",
            "kind_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index(None, "status", "kind_id"),
        Index(None, "municipality_id", "status"),
        CheckConstraint("quorum IS NULL OR quorum >= 1", name="quorum"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent"),
        CheckConstraint(
            "(level = 'centre') = (centre_id IS NOT NULL) AND (level = 'organisation') = (organisation_id IS NOT NULL)"
            " AND (level IN ('municipality', 'organisation')) = (municipality_id IS NOT NULL)",
            name="unit",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("group_kind.id"))
    name: Mapped[Name]
    level: Mapped[GroupLevel]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"), index=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    parent_id: Mapped[int | None] = mapped_column(
        # Whoever copies all rows need not know which group of two is the older.
        ForeignKey("methodical_group.id", deferrable=True, initially="DEFERRED"),
        index=True,
    )
    head_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    status: Mapped[GroupStatus] = mapped_column(default=GroupStatus.ACTIVE)
    quorum: Mapped[int | None]
    about: Mapped[Prose] = mapped_column(default="")
    training: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    levels_at: Mapped[datetime | None] = mapped_column(index=True)

    kind: Mapped[GroupKind] = relationship()
    centre: Mapped[Centre | None] = relationship()
    municipality: Mapped[Municipality | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    subject: Mapped[Term | None] = relationship()
    head: Mapped[Person | None] = relationship()


_LIVE = text("status IN ('asked', 'active')")


class GroupMember(Base):
    """Says that somebody is in a group from a day until a day, or asked to be."""

    __tablename__ = "group_member"
    __table_args__ = (
        Index("uq_group_member_live", "group_id", "person_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index(None, "group_id", "status"),
        Index(None, "person_id", "status"),
        CheckConstraint("until IS NULL OR since IS NULL OR until >= since", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("methodical_group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[MemberStatus] = mapped_column(default=MemberStatus.ACTIVE)
    since: Mapped[date | None]
    until: Mapped[date | None]
    asked_at: Mapped[datetime]


class GroupMeeting(Base):
    """A meeting of a group: called, then held with minutes. `needed` is the quorum as it was when it was held."""

    __tablename__ = "group_meeting"
    __table_args__ = (Index(None, "group_id", "planned_at"), Index(None, "status", "planned_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("methodical_group.id"))
    planned_at: Mapped[datetime]
    place: Mapped[Name] = mapped_column(default="")
    link: Mapped[Name] = mapped_column(default="")
    agenda: Mapped[Prose] = mapped_column(default="")
    number: Mapped[Code] = mapped_column(default="")
    minutes: Mapped[Prose] = mapped_column(default="")
    status: Mapped[GroupMeetingStatus] = mapped_column(default=GroupMeetingStatus.PLANNED)
    members: Mapped[int] = mapped_column(default=0)
    needed: Mapped[int] = mapped_column(default=0)
    called_by: Mapped[Code]
    """The actor, as the journal names whoever did it."""

    group: Mapped[MethodicalGroup] = relationship()


class GroupAttendance(Base):
    """One member's answer to a call, and whether they came."""

    __tablename__ = "group_attendance"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("group_meeting.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    answer: Mapped[GroupAnswer | None]
    came: Mapped[bool] = mapped_column(default=False)


class GroupDecision(Base):
    """What a meeting decided: who answers for it until which day. `remind_on` is the day when the bot reminds.

    `created_id` is the group that it created, `fulfilment_id` the mark in a plan that was made by it.
    """

    __tablename__ = "group_decision"
    __table_args__ = (
        CheckConstraint("remind_on IS NULL OR due_on IS NOT NULL", name="remind"),
        Index(None, "meeting_id", "position"),
        Index(None, "due_on", "done_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("group_meeting.id"))
    position: Mapped[int]
    text: Mapped[Prose]
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    word: Mapped[Prose] = mapped_column(default="")
    done_by: Mapped[Code] = mapped_column(default="", index=True)
    """The actor, as the journal names whoever did it."""
    remind_on: Mapped[date | None] = mapped_column(index=True)
    created_id: Mapped[int | None] = mapped_column(ForeignKey("methodical_group.id"), unique=True)
    fulfilment_id: Mapped[int | None] = mapped_column(
        ForeignKey("plan_fulfilment.id", ondelete="SET NULL"), unique=True
    )

    meeting: Mapped[GroupMeeting] = relationship()
    responsible: Mapped[Person | None] = relationship()
    fulfilment: Mapped[PlanFulfilment | None] = relationship()


class GroupResult(Base):
    """A short line of what a group came to in a year."""

    __tablename__ = "group_result"
    __table_args__ = (Index(None, "group_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("methodical_group.id"))
    year: Mapped[int]
    text: Mapped[Prose]


class GroupScore(Base):
    """The sum of whole blocks of results of a group's members, for one component: what its head sees.

    `deficit` is a sum in hundredths of a point, as in a block.
    """

    __tablename__ = "group_score"
    __table_args__ = (UniqueConstraint("group_id", "component"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("methodical_group.id"))
    component: Mapped[Code]
    people: Mapped[int]
    deficit: Mapped[int]
    counted_at: Mapped[datetime]
