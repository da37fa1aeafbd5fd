"""What people see of groups in the bot: their own, those near by, a meeting, what they answer for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.caller import PersonCaller
from db.diagnostics.queries import published_version, questionnaire
from db.diagnostics.rules import HUNDREDTHS
from db.dictionaries.queries import rules as region_rules
from db.errors import NotFoundError
from db.groups import meetings, membership
from db.groups.membership import today
from db.groups.models import (
    GroupDecision,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupScore,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.rules import EARLY, DecisionState, decision_state
from db.groups.services import near
from db.people.models import Person

FEW, POINTS, MARGIN = 10, 100, 5
MOST_NEAR, MOST_DECISIONS = 64, 60
ORDER = (DecisionState.OVERDUE, DecisionState.OPEN, DecisionState.NO_TERM, DecisionState.DONE)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in one's list, and how one stands to it."""

    group_id: int
    name: str
    kind: str
    heads: bool
    status: MemberStatus | None


@dataclass(frozen=True, slots=True)
class GroupsHome:
    """One's groups, how many others are near by, what one answers for and has not done."""

    mine: Sequence[GroupLine]
    others: int
    decisions: int


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as somebody of it, or somebody near by, sees it."""

    group_id: int
    name: str
    kind: str
    unit: str
    subject: str
    head: str | None
    heads: bool
    status: MemberStatus | None
    members: int
    asking: int
    meeting: meetings.GroupMeetingLine | None
    last: meetings.GroupMeetingLine | None
    decisions: int
    overdue: int


@dataclass(frozen=True, slots=True)
class AskingLine:
    """Somebody who asked to join."""

    member_id: int
    name: str


@dataclass(frozen=True, slots=True)
class GroupDecisionLine:
    """A decision; `own` is that one answers for it oneself, `noted` that one has noted it as done."""

    decision_id: int
    group_id: int
    group: str
    text: str
    due_on: date | None
    state: DecisionState
    responsible: str | None
    own: bool
    noted: bool
    word: str


@dataclass(frozen=True, slots=True)
class LevelLine:
    """The mean level of a group's members in one component, 0–100; `form` is what was asked of it."""

    component: str
    level: int
    people: int
    code: str
    form: str


@dataclass(frozen=True, slots=True)
class GroupLevels:
    """What a head sees of the members' self-diagnoses; without lines it is too few, `least` is how many are enough."""

    group_id: int
    name: str
    lines: Sequence[LevelLine]
    least: int


def home(session: Session, caller: PersonCaller) -> GroupsHome:
    """Returns one's groups, those that one heads first."""
    found = session.execute(
        select(MethodicalGroup, GroupMember.status)
        .join(
            GroupMember,
            and_(
                GroupMember.group_id == MethodicalGroup.id,
                GroupMember.person_id == caller.person_id,
                GroupMember.status.in_((MemberStatus.ASKED, MemberStatus.ACTIVE)),
            ),
        )
        .where(MethodicalGroup.closed_at.is_(None))
        .options(joinedload(MethodicalGroup.kind))
        .order_by(MethodicalGroup.name, MethodicalGroup.id)
    )
    mine = [
        GroupLine(row.id, row.name, row.kind.name, row.head_id == caller.person_id, status) for row, status in found
    ]
    others = session.scalar(_near(session, caller).with_only_columns(func.count(), maintain_column_froms=True)) or 0
    open_ones = select(func.count()).where(
        GroupDecision.responsible_id == caller.person_id, GroupDecision.done_on.is_(None)
    )
    return GroupsHome(sorted(mine, key=lambda one: not one.heads), others, session.scalar(open_ones) or 0)


def headed(session: Session, caller: PersonCaller) -> int:
    """Counts the working groups that the person heads."""
    own = MethodicalGroup.head_id == caller.person_id, MethodicalGroup.status == GroupStatus.ACTIVE
    return session.scalar(select(func.count()).select_from(MethodicalGroup).where(*own)) or 0


def groups_near(session: Session, caller: PersonCaller) -> list[GroupLine]:
    """Lists the groups that one may ask to join: of the own school first, then wider ones."""
    query = _near(session, caller).options(joinedload(MethodicalGroup.kind))
    order = (MethodicalGroup.organisation_id.is_(None), MethodicalGroup.municipality_id.is_(None), MethodicalGroup.name)
    found = session.scalars(query.order_by(*order, MethodicalGroup.id).limit(MOST_NEAR))
    return [GroupLine(row.id, row.name, row.kind.name, False, None) for row in found]


def _near(session: Session, caller: PersonCaller) -> Select[MethodicalGroup]:
    person = session.get_one(Person, caller.person_id)
    mine = exists().where(
        GroupMember.group_id == MethodicalGroup.id,
        GroupMember.person_id == caller.person_id,
        GroupMember.status.in_((MemberStatus.ASKED, MemberStatus.ACTIVE)),
    )
    return select(MethodicalGroup).where(near(person), ~mine)


def view(session: Session, caller: PersonCaller, *, group_id: int) -> GroupView:
    """Returns a group of one's own or near by. Raises NotFoundError."""
    row = session.scalar(
        select(MethodicalGroup)
        .where(MethodicalGroup.id == group_id)
        .options(
            joinedload(MethodicalGroup.kind),
            joinedload(MethodicalGroup.head),
            joinedload(MethodicalGroup.organisation),
            joinedload(MethodicalGroup.municipality),
            joinedload(MethodicalGroup.centre),
            joinedload(MethodicalGroup.subject),
        )
    )
    status = membership.status_of(session, caller, group_id)
    if row is None or row.closed_at is not None:
        raise NotFoundError
    if status is None and session.scalar(_near(session, caller).where(MethodicalGroup.id == group_id)) is None:
        raise NotFoundError
    inside, heads = status is MemberStatus.ACTIVE, row.head_id == caller.person_id
    counts = dict(
        session.execute(
            select(GroupMember.status, func.count())
            .where(GroupMember.group_id == group_id)
            .group_by(GroupMember.status)
        ).all()
    )
    open_ones = _decisions(group_id).where(GroupDecision.done_on.is_(None)) if heads else None
    unit = row.organisation or row.municipality or row.centre
    return GroupView(
        row.id,
        row.name,
        row.kind.name,
        unit.name if unit else "",
        row.subject.name if row.subject else "",
        row.head.full_name if row.head else None,
        heads,
        status,
        counts.get(MemberStatus.ACTIVE, 0),
        counts.get(MemberStatus.ASKED, 0) if heads else 0,
        _next(session, caller, row) if inside else None,
        _last(session, caller, row) if heads else None,
        _counted(session, open_ones),
        _counted(session, open_ones.where(GroupDecision.due_on < today(caller)) if open_ones is not None else None),
    )


def _decisions(group_id: int) -> Select[int]:
    joined = select(GroupDecision.id).join(GroupMeeting, GroupMeeting.id == GroupDecision.meeting_id)
    return joined.where(GroupMeeting.group_id == group_id)


def _counted(session: Session, query: Select[int] | None) -> int:
    return 0 if query is None else session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _next(session: Session, caller: PersonCaller, row: MethodicalGroup) -> meetings.GroupMeetingLine | None:
    ahead = select(GroupMeeting).where(
        GroupMeeting.group_id == row.id,
        GroupMeeting.status == GroupMeetingStatus.PLANNED,
        GroupMeeting.planned_at > caller.now,
    )
    found = session.scalar(ahead.order_by(GroupMeeting.planned_at).limit(1))
    return None if found is None else meetings.line(session, caller, found, row)


def _last(session: Session, caller: PersonCaller, row: MethodicalGroup) -> meetings.GroupMeetingLine | None:
    """The newest meeting that has begun: there is somebody to be marked."""
    begun = select(GroupMeeting).where(
        GroupMeeting.group_id == row.id,
        GroupMeeting.status != GroupMeetingStatus.CANCELLED,
        GroupMeeting.planned_at <= caller.now + EARLY,
    )
    found = session.scalar(begun.order_by(GroupMeeting.planned_at.desc()).limit(1))
    return None if found is None else meetings.line(session, caller, found, row)


def asking(session: Session, caller: PersonCaller, *, group_id: int) -> tuple[str, list[AskingLine]]:
    """Returns a group's name and who asked to join it, for its head. Raises NotFoundError."""
    row = _headed(session, caller, group_id)
    found = session.execute(
        select(GroupMember.id, Person.full_name)
        .join(Person, Person.id == GroupMember.person_id)
        .where(GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ASKED)
        .order_by(GroupMember.asked_at, GroupMember.id)
    )
    return row.name, [AskingLine(number, name or "") for number, name in found]


def asked(session: Session, caller: PersonCaller, *, member_id: int) -> int:
    """Returns the group that somebody asked to join, for its head. Raises NotFoundError."""
    row = session.get(GroupMember, member_id)
    if row is None:
        raise NotFoundError
    return _headed(session, caller, row.group_id).id


def decisions(
    session: Session, caller: PersonCaller, *, group_id: int | None = None
) -> tuple[str, list[GroupDecisionLine]]:
    """Lists what one answers for, or what a group that one heads has decided: late ones first, done ones last.

    Raises NotFoundError.
    """
    if group_id is None:
        which, title = GroupDecision.responsible_id == caller.person_id, ""
    else:
        which, title = GroupMeeting.group_id == group_id, _headed(session, caller, group_id).name
    lines = [_decision_line(caller, *row) for row in session.execute(_DECISIONS.where(which))]
    return title, sorted(lines, key=lambda one: (ORDER.index(one.state), one.due_on or date.max))[:MOST_DECISIONS]


def decision(session: Session, caller: PersonCaller, *, decision_id: int) -> GroupDecisionLine:
    """Returns a decision that one answers for, or of a group that one heads. Raises NotFoundError."""
    own = or_(GroupDecision.responsible_id == caller.person_id, MethodicalGroup.head_id == caller.person_id)
    row = session.execute(_DECISIONS.where(GroupDecision.id == decision_id, own)).one_or_none()
    if row is None:
        raise NotFoundError
    return _decision_line(caller, *row)


_RESPONSIBLE = aliased(Person)
_DECISIONS = (
    select(GroupDecision, MethodicalGroup, _RESPONSIBLE.full_name)
    .join(GroupMeeting, GroupMeeting.id == GroupDecision.meeting_id)
    .join(MethodicalGroup, MethodicalGroup.id == GroupMeeting.group_id)
    .outerjoin(_RESPONSIBLE, _RESPONSIBLE.id == GroupDecision.responsible_id)
)


def _decision_line(
    caller: PersonCaller, row: GroupDecision, of: MethodicalGroup, name: str | None
) -> GroupDecisionLine:
    return GroupDecisionLine(
        row.id,
        of.id,
        of.name,
        row.text,
        row.due_on,
        decision_state(row.due_on, row.done_on, today=today(caller)),
        name,
        row.responsible_id == caller.person_id,
        row.done_by == caller.actor,
        row.word,
    )


def _headed(session: Session, caller: PersonCaller, group_id: int) -> MethodicalGroup:
    row = session.get(MethodicalGroup, group_id)
    if row is None or row.head_id != caller.person_id or row.closed_at is not None:
        raise NotFoundError
    return row


def levels(session: Session, caller: PersonCaller, *, group_id: int) -> GroupLevels:
    """Returns the levels of a group that one heads, as they were last published. Raises NotFoundError."""
    row = _headed(session, caller, group_id)
    return GroupLevels(group_id, row.name, levels_of(session, group_id=group_id), region_rules(session).mask_under)


def levels_of(session: Session, *, group_id: int) -> list[LevelLine]:
    """Lists the levels of a group as they were last published: whole blocks, the same whoever asks."""
    version_id = published_version(session)
    found = {one.component: one for one in session.scalars(select(GroupScore).where(GroupScore.group_id == group_id))}
    components = questionnaire(session, version_id=version_id).components if version_id is not None else ()
    return [
        LevelLine(
            one.name,
            POINTS - mean_deficit(found[one.code].deficit, found[one.code].people),
            found[one.code].people,
            one.code,
            one.form,
        )
        for one in components
        if one.code in found
    ]


def mean_deficit(total: int, people: int) -> int:
    """Returns the mean deficit of a group, whole; of a small one never at an end of the scale.

    A mean at the very end would be everybody's own value.
    """
    found = total / HUNDREDTHS / people
    return round(found if people >= FEW else min(max(found, MARGIN), POINTS - MARGIN))
