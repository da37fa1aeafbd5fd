"""Makes a memo out of what reports and pages count, and says what it may be asked about."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.applications import campaigns
from db.caller import StaffCaller
from db.dictionaries import units
from db.dictionaries.models import Centre, Municipality
from db.dictionaries.units import Unit, UnitLevel
from db.errors import ForbiddenError, NotFoundError
from db.groups.models import GroupStatus, MethodicalGroup
from db.groups.staff_queries import group, reached
from db.memos.rules import PARTS, WHOLE_SERVICE, Memo, MemoKind, MemoOrder, MemoPart
from db.memos.wording import MemoAsked
from db.overviews import chain, memo_service, memo_teachers
from db.overviews.chain import ChainStep
from locales import Texts

MOST_GROUPS = 200
SECTIONS: Mapping[MemoKind, Callable[[Session, MemoAsked], MemoPart]] = {
    MemoKind.DIAGNOSTICS: memo_teachers.diagnostics,
    MemoKind.SELECTION: memo_teachers.selected,
    MemoKind.EVENTS: memo_teachers.events,
    MemoKind.MENTORING: memo_service.pairs,
    MemoKind.ACTIVE: memo_service.active,
    MemoKind.UNIONS: memo_service.unions,
    MemoKind.PLAN: memo_service.plan,
    MemoKind.NETWORK: memo_service.partners,
    MemoKind.CHAIN: chain.part,
}


@dataclass(frozen=True, slots=True)
class MemoChoices:
    """Units that an account may ask about: an account that learns no names has its own reach only."""

    centres: list[tuple[int, str]]
    municipalities: list[tuple[int, str]]
    groups: list[tuple[int, str]]


def choices(session: Session, caller: StaffCaller) -> MemoChoices:
    """Lists the units to choose from."""
    scope = caller.scope
    if not scope.sees_names or scope.organisation_id is not None:
        return MemoChoices([], [], [])
    centres = session.execute(select(Centre.id, Centre.name).order_by(Centre.independent, Centre.name))
    towns = session.execute(
        select(Municipality.id, Municipality.name)
        .where(scope.limits(Municipality), ~Municipality.outside)
        .order_by(Municipality.name)
    )
    unions = session.execute(
        select(MethodicalGroup.id, MethodicalGroup.name)
        .where(MethodicalGroup.status == GroupStatus.ACTIVE, reached(scope))
        .order_by(MethodicalGroup.name, MethodicalGroup.id)
        .limit(MOST_GROUPS)
    )
    return MemoChoices(
        [(row.id, row.name) for row in centres] if scope.is_regional else [],
        [(row.id, row.name) for row in towns],
        [(row.id, row.name) for row in unions],
    )


def memo(session: Session, caller: StaffCaller, *, t: Texts, order: MemoOrder, service: str) -> Memo:
    """Makes a memo of what the account reaches, or of one unit there. Raises NotFoundError, ForbiddenError.

    Whoever learns no names gets no unit below the own reach: beside a month or a direction it would tell of one person.
    """
    unit, name = None, ""
    if order.group_id is not None:
        name = group(session, caller, group_id=order.group_id).name
    elif order.centre_id is not None or order.municipality_id is not None:
        if not caller.scope.sees_names:
            raise ForbiddenError
        unit = units.found(session, caller, centre_id=order.centre_id, municipality_id=order.municipality_id)
        name = unit.name
    parts = _kinds(order, unit, kinds(session, caller))
    made = local_day(caller)
    asked = MemoAsked(
        t=t,
        caller=narrowed(session, caller, unit),
        since=order.since,
        made=made,
        centre_id=order.centre_id,
        municipality_id=order.municipality_id,
        group_id=order.group_id,
        campaign_id=order.campaign_id,
    )
    whole = replace(asked, caller=caller)  # a unit of the reports of deficits is opened from what the account reaches
    found = [SECTIONS[one](session, whole if one is MemoKind.DIAGNOSTICS else asked) for one in parts]
    reach = "region" if caller.scope.is_regional else "own"
    return Memo(
        kind=order.kind,
        title=t.plain(f"memos.title.{order.kind}"),
        service=service,
        unit=name or t.plain(f"memos.reach.{reach}"),
        since=order.since,
        made=made,
        parts=found,
    )


def management(session: Session, caller: StaffCaller, *, t: Texts, since: date) -> list[ChainStep]:
    """Returns the management chain of what the account reaches. Raises NotFoundError where that is one organisation."""
    if MemoKind.CHAIN not in kinds(session, caller):
        raise NotFoundError
    return chain.chain(session, MemoAsked(t=t, caller=caller, since=since, made=local_day(caller)))


def local_day(caller: StaffCaller) -> date:
    """The day that a memo is made on."""
    return caller.now.astimezone(caller.zone).date()


def narrowed(session: Session, caller: StaffCaller, unit: Unit | None) -> StaffCaller:
    """Returns the caller as an account of one unit alone, whose pages have the same figures."""
    if unit is None:
        return caller
    towns = select(Municipality.id).where(caller.scope.limits(Municipality))
    if unit.level is UnitLevel.CENTRE:
        towns = towns.where(Municipality.centre_id == unit.id)
    else:
        towns = towns.where(Municipality.id == unit.id)
    return replace(caller, scope=replace(caller.scope, municipality_ids=frozenset(session.scalars(towns))))


def kinds(session: Session, caller: StaffCaller) -> tuple[MemoKind, ...]:
    """The memos that an account may ask for: an organisation's learns of its own people, not of the service's work.

    Where nobody was ever selected there is none of a selection, nor of an active that comes of one.
    """
    out = set[MemoKind]() if caller.scope.organisation_id is None else {MemoKind.CHAIN}
    if not campaigns.any_held(session):
        out |= {MemoKind.SELECTION, MemoKind.ACTIVE}
    return tuple(one for one in MemoKind if one not in out)


def _kinds(order: MemoOrder, unit: Unit | None, known: Collection[MemoKind]) -> tuple[MemoKind, ...]:
    """The parts that there are of what is asked about: a group has one, a unit has none of what is the service's."""
    if order.group_id is not None:
        if order.kind is not MemoKind.UNIONS:
            raise NotFoundError
        return (MemoKind.UNIONS,)
    wanted = PARTS if order.kind is MemoKind.YEAR else (order.kind,)
    found = tuple(one for one in wanted if one in known and (unit is None or one not in WHOLE_SERVICE))
    if not found:
        raise NotFoundError
    return found
