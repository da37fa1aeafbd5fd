"""Reads what active members did for the panel: the lines of a direction, and a row for each member with the sums."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.active.models import Membership
from db.active.queries import ACTIVE
from db.caller import StaffCaller
from db.diary import staff_queries as diary
from db.diary.queries import DiaryActivity
from db.diary.staff_queries import DiaryFilter, DiaryPage
from db.dictionaries.models import Municipality, Organisation, Term
from db.people.models import Person, Role
from db.people.roles import holds


@dataclass(frozen=True, slots=True)
class ActiveRow:
    """An active member: where, of which directions (`briefly` for a page), how many lines of each activity.

    The name is for who sees names.
    """

    person_id: int
    name: str | None
    municipality: str
    organisation: str
    directions: str
    briefly: str
    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many lines."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class ActiveResults:
    """The report: a row for each member; `others` are the lines of those who are no members now, in sum.

    `ours` says that no document of the region lists the activities.
    """

    activities: Sequence[DiaryActivity]
    rows: Sequence[ActiveRow]
    others: Mapping[int, int]
    totals: Mapping[int, int]
    ours: bool

    @property
    def total(self) -> int:
        """All lines within reach that are wanted."""
        return sum(self.totals.values())


def lines(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: DiaryFilter,
    direction_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> DiaryPage:
    """Finds the lines that are wanted; of a direction, those of its members."""
    return diary.lines(session, caller, wanted=_narrowed(wanted, direction_id), limit=limit, offset=offset)


def members(session: Session, caller: StaffCaller) -> int:
    """Counts the active members within reach."""
    found = select(func.count(Person.id)).where(
        Person.erased_at.is_(None), holds(Role.ACTIVE_MEMBER), caller.scope.limits(Person)
    )
    return session.scalar(found) or 0


def results(
    session: Session, caller: StaffCaller, *, wanted: DiaryFilter, direction_id: int | None = None
) -> ActiveResults:
    """Counts what every active member within reach did, by activity; who did nothing has a row too."""
    wanted = _narrowed(wanted, direction_id)
    scope = caller.scope
    conditions = [*wanted.people, scope.limits(Person)]
    if wanted.municipality_id is not None:
        conditions.append(Person.municipality_id == wanted.municipality_id)
    if wanted.centre_id is not None:
        conditions.append(Municipality.centre_id == wanted.centre_id)
    people = session.execute(
        select(Person.id, Person.full_name, Municipality.name, Organisation.name)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Person.erased_at.is_(None), holds(Role.ACTIVE_MEMBER), *conditions)
        .order_by(Municipality.name, Person.full_name, Person.id)
    ).all()
    directions = _directions(session)
    own: dict[int, dict[int, int]] = defaultdict(dict)
    for (person_id, activity_id), number in diary.counts(session, caller, wanted=wanted).items():
        own[person_id][activity_id] = number
    rows = [
        ActiveRow(
            person_id,
            name if scope.sees_names else None,
            municipality or "",
            (organisation or "") if scope.sees_names else "",
            *directions.get(person_id, ("", "")),
            own.get(person_id, {}),
        )
        for person_id, name, municipality, organisation in people
    ]
    members = {row.person_id for row in rows}
    others = _sum([one for person_id, one in own.items() if person_id not in members])
    return ActiveResults(
        diary.activities(session, caller), rows, others, _sum(list(own.values())), diary.ours(session, caller)
    )


def _narrowed(wanted: DiaryFilter, direction_id: int | None) -> DiaryFilter:
    if direction_id is None:
        return wanted
    theirs: ColumnElement[bool] = Person.id.in_(
        select(Membership.person_id).where(ACTIVE, Membership.direction_id == direction_id)
    )
    return replace(wanted, people=[theirs])


def _directions(session: Session) -> dict[int, tuple[str, str]]:
    """The numbers of the directions that somebody works on now, with their names and with their short names."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for person_id, code, name, short in session.execute(
        select(Membership.person_id, Term.code, Term.name, Term.short)
        .join(Term, Term.id == Membership.direction_id)
        .where(ACTIVE)
        .order_by(Membership.person_id, Term.position)
    ):
        found[person_id][f"{code}. {name}"] = f"{code}. {short or name}"
    return {person_id: ("; ".join(names), "; ".join(names.values())) for person_id, names in found.items()}


def _sum(counted: Sequence[Mapping[int, int]]) -> dict[int, int]:
    total: dict[int, int] = defaultdict(int)
    for one in counted:
        for activity_id, number in one.items():
            total[activity_id] += number
    return dict(total)
