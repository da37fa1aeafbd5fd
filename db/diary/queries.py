"""Reads a person's own diary, and who keeps one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import PersonCaller
from db.diary.models import DiaryKeeper, DiaryKeeping, DiaryLine
from db.diary.rules import month_of, next_month
from db.dictionaries.models import Audience, Term, TermKind
from db.errors import NotFoundError
from db.people.models import Person, Role
from db.people.roles import holds

KINDS = (TermKind.ACTIVITY, TermKind.WORK_LINE)


@dataclass(frozen=True, slots=True)
class DiaryActivity:
    """A kind of line, in the document's words; `written` lines of one's own are of it."""

    id: int
    kind: TermKind
    name: str
    short: str | None
    written: int = 0


@dataclass(frozen=True, slots=True)
class DiaryMonth:
    """A month of somebody's diary: its lines by day, how many of each activity. `keeps` is whether one is kept now."""

    month: date
    keeps: bool
    lines: Sequence[DiaryLine]
    sums: Sequence[DiaryActivity]
    earlier: bool
    later: bool

    @property
    def by_itself(self) -> int:
        """How many of the lines the system wrote."""
        return sum(one.source is not None for one in self.lines)


@dataclass(frozen=True, slots=True)
class DiaryPaper:
    """A month of a diary for a paper: whose, its lines, how many of every activity that there is."""

    month: date
    full_name: str | None
    position: str | None
    organisation: str | None
    municipality: str | None
    lines: Sequence[DiaryLine]
    sums: Sequence[DiaryActivity]


def keeping() -> ColumnElement[bool]:
    """A condition on Person: keeps a diary, as the region has it."""
    methodist = exists().where(Term.id == Person.position_id, Term.audience == Audience.METHODIST)
    who = {
        DiaryKeeper.ACTIVE_MEMBER: holds(Role.ACTIVE_MEMBER),
        DiaryKeeper.MENTOR: holds(Role.MENTOR),
        DiaryKeeper.METHODIST: methodist,
    }
    kept = [and_(exists().where(DiaryKeeping.keeper == keeper), theirs) for keeper, theirs in who.items()]
    return and_(Person.erased_at.is_(None), or_(*kept))


def keeps(session: Session, *, person_id: int) -> bool:
    """Whether the person keeps a diary."""
    return session.scalar(select(Person.id).where(Person.id == person_id, keeping())) is not None


def activities(session: Session, caller: PersonCaller) -> Sequence[DiaryActivity]:
    """Lists what a line may be of: what one writes by hand most, then as in the document, lines of work last."""
    by_hand = and_(
        DiaryLine.activity_id == Term.id, DiaryLine.person_id == caller.person_id, DiaryLine.source.is_(None)
    )
    written = func.count(DiaryLine.id)
    rows = session.execute(
        select(Term, written)
        .outerjoin(DiaryLine, by_hand)
        .where(Term.kind.in_(KINDS), Term.active)
        .group_by(Term.id)
        .order_by(written.desc(), Term.kind, Term.position)
    )
    return [DiaryActivity(one.id, one.kind, one.name, one.short, count) for one, count in rows]


def activity(session: Session, caller: PersonCaller, *, activity_id: int) -> DiaryActivity:
    """Returns what a line may be of. Raises NotFoundError."""
    row = session.get(Term, activity_id)
    if row is None or row.kind not in KINDS or not row.active:
        raise NotFoundError
    return DiaryActivity(row.id, row.kind, row.name, row.short)


def month(session: Session, caller: PersonCaller, *, of: date | None = None) -> DiaryMonth:
    """Returns a month of one's own diary, this one where none is said."""
    begins = month_of(of or caller.now.astimezone(caller.zone).date())
    ends = next_month(begins)
    own = (DiaryLine.person_id == caller.person_id, DiaryLine.dropped_at.is_(None))
    lines = session.scalars(
        select(DiaryLine)
        .where(*own, DiaryLine.day >= begins, DiaryLine.day < ends)
        .options(joinedload(DiaryLine.activity))
        .order_by(DiaryLine.day, DiaryLine.id)
    ).all()
    outer = session.execute(select(func.min(DiaryLine.day), func.max(DiaryLine.day)).where(*own)).one()
    first: date | None = outer[0]
    last: date | None = outer[1]
    counted: dict[int, list[DiaryLine]] = {}
    for line in lines:
        counted.setdefault(line.activity_id, []).append(line)
    of_kind = sorted((found[0].activity for found in counted.values()), key=lambda one: (one.kind, one.position))
    sums = [DiaryActivity(one.id, one.kind, one.name, one.short, len(counted[one.id])) for one in of_kind]
    return DiaryMonth(
        begins,
        keeps(session, person_id=caller.person_id),
        lines,
        sums,
        earlier=first is not None and first < begins,
        later=last is not None and last >= ends,
    )


def paper(session: Session, caller: PersonCaller, *, of: date) -> DiaryPaper:
    """Returns a month of one's own diary with what a paper says besides. Raises NotFoundError for nobody."""
    person = session.scalar(
        select(Person)
        .where(Person.id == caller.person_id, Person.erased_at.is_(None))
        .options(joinedload(Person.position), joinedload(Person.organisation), joinedload(Person.municipality))
    )
    if person is None:
        raise NotFoundError
    found = month(session, caller, of=of)
    written = {one.id: one for one in found.sums}
    every = session.scalars(select(Term).where(Term.kind.in_(KINDS), Term.active).order_by(Term.kind, Term.position))
    known = [DiaryActivity(one.id, one.kind, one.name, one.short) for one in every]
    return DiaryPaper(
        found.month,
        person.full_name,
        person.position.name if person.position else None,
        person.organisation.name if person.organisation else None,
        person.municipality.name if person.municipality else None,
        found.lines,
        [written.pop(one.id, one) for one in known] + list(written.values()),
    )


def line(session: Session, caller: PersonCaller, *, diary_id: int) -> DiaryLine:
    """Returns a line of one's own. Raises NotFoundError."""
    row = session.scalar(
        select(DiaryLine)
        .where(DiaryLine.id == diary_id, DiaryLine.person_id == caller.person_id, DiaryLine.dropped_at.is_(None))
        .options(joinedload(DiaryLine.activity))
    )
    if row is None:
        raise NotFoundError
    return row
