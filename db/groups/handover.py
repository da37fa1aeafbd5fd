"""Groups whose head leaves: another of its members takes them over."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from db.affairs import Affair, Taker
from db.caller import StaffCaller
from db.dictionaries.models import Organisation
from db.groups import staff_services
from db.groups.models import GroupMember, GroupStatus, MemberStatus, MethodicalGroup
from db.groups.staff_queries import reached
from db.people.models import Person

MOST = 100
"""Members to choose from: of a larger group the head is named on its own page."""


def holders(caller: StaffCaller) -> Select[int]:
    """Returns the heads of working groups within reach; a group whose head is gone has none and is told elsewhere."""
    # Through people: a group may have no head.
    heads = MethodicalGroup.head_id == Person.id, MethodicalGroup.status == GroupStatus.ACTIVE
    return select(Person.id).join(MethodicalGroup, heads[0]).where(heads[1], reached(caller.scope))


def held(session: Session, caller: StaffCaller, *, person_id: int) -> list[Affair]:
    """Lists the working groups that somebody heads, with their members: who heads the fewest groups first."""
    groups = session.scalars(
        select(MethodicalGroup)
        .where(
            MethodicalGroup.head_id == person_id, MethodicalGroup.status == GroupStatus.ACTIVE, reached(caller.scope)
        )
        .order_by(MethodicalGroup.id)
    ).all()
    return [Affair(group.id, group.name, _takers(session, caller, group)) for group in groups]


def hand_over(session: Session, caller: StaffCaller, *, held_id: int, to_person_id: int) -> None:
    """Names another head. Raises NotFoundError, ForbiddenError, ConflictError `groups_heads_already`."""
    staff_services.name_head(session, caller, group_id=held_id, person_id=to_person_id)


def _takers(session: Session, caller: StaffCaller, group: MethodicalGroup) -> list[Taker]:
    other = aliased(MethodicalGroup)
    heads = other.head_id == Person.id, other.status == GroupStatus.ACTIVE
    load = select(func.count()).where(*heads).correlate(Person).scalar_subquery()
    alike = select(other.id).where(*heads, other.kind_id == group.kind_id).correlate(Person).exists()
    found = session.execute(
        select(Person.id, Person.full_name, Organisation.name, load.label("load"))
        .join(GroupMember, GroupMember.person_id == Person.id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(
            GroupMember.group_id == group.id,
            GroupMember.status == MemberStatus.ACTIVE,
            Person.id != group.head_id,
            Person.erased_at.is_(None),
            Person.profile_saved_at.is_not(None),
            caller.scope.limits(Person),
            ~alike,
        )
        .order_by(load, Person.full_name, Person.id)
        .limit(MOST)
    )
    return [Taker(number, name or "", place or "", count) for number, name, place, count in found]
