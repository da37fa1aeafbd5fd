"""Reads proposals for the panel: the list, and one with all that it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, joinedload

from db.accounts.staff_queries import names
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.events.models import Event, EventStatus
from db.groups.models import MethodicalGroup
from db.groups.staff_queries import reached
from db.motions import reach
from db.motions.models import Motion, MotionStatus
from db.motions.notices import target
from db.motions.rules import ReportFigure
from db.plans import queries as plans
from db.programmes.models import Programme
from db.search import matches

MOST_TARGETS, MOST_EVENTS = 200, 50
MINE, TO_ANSWER = "mine", "to_answer"
"""Whose proposals are wanted: one's own, those that wait for one's answer."""


@dataclass(frozen=True, slots=True)
class MotionFilter:
    """Which proposals are wanted: with a status, of whom, on one meeting's agenda, with these words."""

    status: MotionStatus | None = None
    whose: str = ""
    meeting_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MotionRow:
    """A proposal, whom it is addressed to, and who made it: an account by its name, a head by the group's."""

    motion: Motion
    target: str
    author: str

    @property
    def figure(self) -> ReportFigure:
        """The figure as it was."""
        return figure_of(self.motion)


@dataclass(frozen=True, slots=True)
class MotionsPage:
    """A page of proposals, how many are found, and all within reach by status."""

    rows: Sequence[MotionRow]
    total: int
    statuses: Mapping[MotionStatus, int]


@dataclass(frozen=True, slots=True)
class MotionCard:
    """A proposal, who answered it, and what the account may do with it: answer it, take it back."""

    row: MotionRow
    decided_by: str
    answers: bool
    own: bool


def figure_of(row: Motion) -> ReportFigure:
    """Returns the figure that a proposal was made by, as it was."""
    return ReportFigure(
        source=row.source,
        measure=row.measure,
        name=row.figure_name,
        about=row.figure_about,
        unit_name=row.unit_name,
        centre_id=row.centre_id,
        municipality_id=row.municipality_id,
        organisation_id=row.organisation_id,
        value=row.value,
        word=row.word,
        people=row.people,
        least=row.least,
        version=row.version,
        form=row.form,
        asked=row.asked,
    )


def motions(
    session: Session, caller: StaffCaller, *, wanted: MotionFilter, limit: int | None = None, offset: int = 0
) -> MotionsPage:
    """Finds the proposals within reach that are wanted, the newest first."""
    seen = reach.visible(caller.scope)
    by_status = select(Motion.status, func.count()).where(seen).group_by(Motion.status)
    statuses = {row[0]: row[1] for row in session.execute(by_status)}
    found = and_(
        *([Motion.status == wanted.status] if wanted.status else []),
        *([Motion.meeting_id == wanted.meeting_id] if wanted.meeting_id else []),
        _whose(caller, wanted.whose),
        matches(wanted.text, Motion.change, Motion.figure_name, Motion.unit_name),
    )
    total = session.scalar(select(func.count()).select_from(Motion).where(seen, found)) or 0
    return MotionsPage(_rows(session, seen & found, limit, offset), total, statuses)


def card(session: Session, caller: StaffCaller, *, motion_id: int) -> MotionCard:
    """Returns one proposal with what the account may do. Raises NotFoundError for one out of reach."""
    rows = _rows(session, and_(reach.visible(caller.scope), Motion.id == motion_id), 1, 0)
    if not rows:
        raise NotFoundError
    one = rows[0].motion
    decider = names(session, staff_ids=[one.decided_by]) if one.decided_by is not None else {}
    return MotionCard(
        rows[0],
        decider.get(one.decided_by or 0, ""),
        reach.answers(session, caller.scope, one),
        one.author_id == caller.scope.staff_id and one.status is MotionStatus.SUBMITTED and caller.scope.can_write,
    )


def waiting(session: Session, caller: StaffCaller) -> int:
    """Counts the proposals that wait for this account's answer."""
    query = select(func.count()).select_from(Motion).where(_whose(caller, TO_ANSWER))
    return session.scalar(query) or 0


def groups(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the groups that something may be proposed to."""
    found = select(MethodicalGroup.id, MethodicalGroup.name).where(reach.addressed(caller.scope))
    return list(session.execute(found.order_by(MethodicalGroup.name, MethodicalGroup.id).limit(MOST_TARGETS)))


def programmes(session: Session) -> list[tuple[int, str]]:
    """Lists the programmes whose change may be proposed."""
    found = select(Programme.id, Programme.title).where(Programme.active)
    return list(session.execute(found.order_by(Programme.position, Programme.id).limit(MOST_TARGETS)))


def sections(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the sections that a line may be made in, each after its plan's title."""
    return [
        (section.id, f"{one.title}: {section.title}" if section.title else one.title)
        for one in plans.plans(session)
        for section in plans.sections(session, caller, plan_id=one.id)
    ]


def events(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the events ahead within reach, the next first."""
    found = select(Event.id, Event.title).where(
        Event.status != EventStatus.CANCELLED, Event.starts_at > caller.now, caller.scope.limits(Event)
    )
    return list(session.execute(found.order_by(Event.starts_at, Event.id).limit(MOST_EVENTS)))


def _whose(caller: StaffCaller, whose: str) -> ColumnElement[bool]:
    if whose == MINE:
        return Motion.author_id == caller.scope.staff_id
    if whose != TO_ANSWER:
        return true()
    waits = Motion.status.in_([MotionStatus.SUBMITTED, MotionStatus.CONSIDERED])
    if caller.scope.is_regional:
        return waits
    return waits & Motion.group_id.in_(select(MethodicalGroup.id).where(reached(caller.scope)))


def _rows(session: Session, found: ColumnElement[bool], limit: int | None, offset: int) -> list[MotionRow]:
    rows = session.scalars(
        select(Motion)
        .where(found)
        .options(
            joinedload(Motion.author),
            joinedload(Motion.programme),
            joinedload(Motion.group),
            joinedload(Motion.meeting),
            joinedload(Motion.decision),
            joinedload(Motion.line),
            joinedload(Motion.event),
        )
        .order_by(Motion.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return [MotionRow(one, target(one), one.author.name if one.author else one.unit_name) for one in rows]
