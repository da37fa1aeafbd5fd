"""What a methodist does with routes: reads and comments an opened one, drafts one for a group and offers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Organisation
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.events.models import Event
from db.groups.models import MethodicalGroup
from db.groups.staff_queries import check_reach
from db.limits import whole
from db.people.models import Person
from db.programmes.models import ProgrammeRun
from db.routes import notices, sharing
from db.routes.group_routes import people_of, within
from db.routes.models import (
    EvidenceKind,
    GroupRoute,
    GroupRouteLine,
    ItemKind,
    ItemStatus,
    Route,
    RouteItem,
    RouteReader,
    RouteShare,
    RouteStatus,
)
from db.routes.queries import LIVE
from db.routes.rules import GROUP_LINES
from db.routes.sharing import COMMENT_LENGTH, OpenedRoute
from db.upsert import insert

LINE_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRouteDraft:
    """A route as a methodist begins it: for one group, one programme's group or one school by its name."""

    title: str
    group_id: int | None = None
    event_id: int | None = None
    organisation: str = ""


def draft_group_route(session: Session, caller: StaffCaller, *, draft: GroupRouteDraft) -> int:
    """Begins a route for a group and returns its id; nobody is told of it yet.

    Raises DomainError `group_route_title`, `group_route_whom` unless it is for exactly one, `staff_organisation` and
    `staff_organisations` where no confirmed school, or several, have the name; NotFoundError for what is out of reach.
    """
    title = texts.quoted(draft.title)
    if len(title) < 3:
        raise DomainError("group_route_title")
    row = GroupRoute(title=texts.one_alphabet(title, field="title"), created_at=caller.now)
    if sum(map(bool, (draft.group_id, draft.event_id, draft.organisation))) != 1:
        raise DomainError("group_route_whom")
    if draft.group_id:
        group = session.get(MethodicalGroup, draft.group_id)
        if group is None:
            raise NotFoundError
        check_reach(session, caller.scope, group, write=True)
        row.group_id, row.municipality_id = group.id, group.municipality_id
    elif draft.event_id:
        event = session.get(Event, draft.event_id)
        if event is None or session.get(ProgrammeRun, event.id) is None:
            raise NotFoundError
        caller.scope.check_write(event)
        row.event_id, row.municipality_id = event.id, event.municipality_id
    else:
        school = _school(session, caller, draft.organisation)
        row.organisation_id, row.municipality_id = school.id, school.municipality_id
    session.add(row)
    session.flush()
    _note(session, caller, row, "routes.draft_group")
    return row.id


def add_group_line(session: Session, caller: StaffCaller, *, group_route_id: int, text: str, due_on: date) -> int:
    """Adds a line to a draft and returns its id.

    Raises DomainError `group_route_text`, `group_route_past` for a day that is over, `group_route_full`, ConflictError
    `group_route_offered`, NotFoundError, ForbiddenError.
    """
    row = _draft(session, caller, group_route_id)
    line = texts.quoted(text)
    if not 3 <= len(line) <= LINE_LENGTH:
        raise DomainError("group_route_text", most=LINE_LENGTH)
    if due_on < caller.now.astimezone(caller.zone).date():
        raise DomainError("group_route_past")
    mine = GroupRouteLine.group_route_id == row.id
    if (session.scalar(select(func.count()).select_from(GroupRouteLine).where(mine)) or 0) >= GROUP_LINES:
        raise DomainError("group_route_full", most=GROUP_LINES)
    made = GroupRouteLine(group_route_id=row.id, text=line, due_on=due_on)
    session.add(made)
    session.flush()
    _note(session, caller, row, "routes.group_line")
    return made.id


def drop_group_line(session: Session, caller: StaffCaller, *, group_route_id: int, line_id: int) -> None:
    """Takes a line out of a draft. Raises ConflictError `group_route_offered`, NotFoundError, ForbiddenError."""
    row = _draft(session, caller, group_route_id)
    line = session.get(GroupRouteLine, line_id)
    if line is None or line.group_route_id != row.id:
        raise NotFoundError
    session.delete(line)
    session.flush()
    _note(session, caller, row, "routes.drop_group_line")


def offer_group_route(session: Session, caller: StaffCaller, *, group_route_id: int) -> int:
    """Offers a route to all whom it is for and has not been offered to; each takes or declines it line by line.

    Returns how many are told: whoever came to the group later is told by doing it again. Raises DomainError
    `group_route_empty` without lines, `group_route_nobody` without people, NotFoundError, ForbiddenError.
    """
    row = _locked(session, caller, group_route_id)
    lines = session.scalars(
        select(GroupRouteLine).where(GroupRouteLine.group_route_id == row.id).order_by(GroupRouteLine.id)
    ).all()
    if not lines:
        raise DomainError("group_route_empty")
    people = people_of(session, row)
    if not people:
        raise DomainError("group_route_nobody")
    known = select(Route.person_id).join(RouteItem, RouteItem.route_id == Route.id)
    told = set(session.scalars(known.where(RouteItem.line_id.in_([one.id for one in lines]))))
    fresh = [one for one in people if one not in told]
    routes = _routes_of(session, caller, fresh)
    items = [
        {
            "route_id": routes[person_id],
            "kind": ItemKind.OWN,
            "status": ItemStatus.PROPOSED,
            "text": line.text,
            "line_id": line.id,
            "due_on": line.due_on,
            "term": line.due_on.replace(day=1),
            "evidence": EvidenceKind.WORD,
            "turn": 0,
            "taken_at": caller.now,
        }
        for person_id in fresh
        for line in lines
    ]
    if items:
        session.execute(insert(session, RouteItem).on_conflict_do_nothing(), items)
    for person_id in fresh:
        notices.tell_group(session, caller, row, person_id=person_id, lines=len(lines))
    row.offered_at = row.offered_at or caller.now
    session.flush()
    _note(session, caller, row, "routes.offer_group", told=len(fresh))
    return len(fresh)


def _routes_of(session: Session, caller: StaffCaller, people: Sequence[int]) -> dict[int, int]:
    """The route of each that goes on; a draft where there is none: nothing of it is one's own before one takes it."""
    # A tap of the person at the same moment would begin another one: see `services.live_or`.
    session.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update())
    live = select(Route.person_id, Route.id).where(Route.person_id.in_(people), LIVE)
    known = {row.person_id: row.id for row in session.execute(live)}
    for person_id in people:
        if person_id not in known:
            place = session.get_one(Person, person_id).municipality_id
            row = Route(person_id=person_id, municipality_id=place, status=RouteStatus.DRAFT)
            session.add(row)
    session.flush()
    return {row.person_id: row.id for row in session.execute(live)}


def _locked(session: Session, caller: StaffCaller, group_route_id: int) -> GroupRoute:
    row = session.scalar(
        select(GroupRoute).where(GroupRoute.id == group_route_id, within(caller.scope)).with_for_update(of=GroupRoute)
    )
    if row is None:
        raise NotFoundError
    if not caller.scope.can_write:
        raise ForbiddenError
    return row


def _draft(session: Session, caller: StaffCaller, group_route_id: int) -> GroupRoute:
    row = _locked(session, caller, group_route_id)
    if row.offered_at is not None:
        raise ConflictError("group_route_offered")
    return row


def _school(session: Session, caller: StaffCaller, name: str) -> Organisation:
    asked = texts.quoted(name)
    called = Organisation.id == whole(asked) if asked.isdecimal() else Organisation.name == asked
    known = select(Organisation).where(Organisation.confirmed, caller.scope.limits(Organisation), called)
    found = session.scalars(known.limit(2)).all()
    if len(found) != 1:
        raise DomainError("staff_organisations" if found else "staff_organisation", name=asked[:80])
    caller.scope.check_write(found[0])
    return found[0]


def _note(session: Session, caller: StaffCaller, row: GroupRoute, action: str, **details: Any) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="group_route",
        object_id=row.id,
        municipality_id=row.municipality_id,
        **details,
    )


def read_opened(session: Session, caller: StaffCaller, *, route_id: int) -> OpenedRoute:
    """Returns an opened route; its person sees that a methodist looked. Raises NotFoundError for a closed one."""
    share, person = _share(session, caller, route_id)
    sharing.note_look(session, caller, share)
    found = sharing.as_read(session, share)
    audit.record(
        session,
        caller,
        action="routes.read",
        object_type="route",
        object_id=route_id,
        subject_person_id=person.id,
        municipality_id=person.municipality_id,
        people={one.person_id for one in found.comments if one.person_id is not None},
    )
    return found


def comment(session: Session, caller: StaffCaller, *, route_id: int, text: str) -> None:
    """Says something of an opened route; its person hears it in the bot, without the account's name.

    Raises NotFoundError for a closed one, DomainError `route_comment`, `route_comments_many`.
    """
    share, person = _share(session, caller, route_id)
    if not 3 <= len(text) <= COMMENT_LENGTH:
        raise DomainError("route_comment", most=COMMENT_LENGTH)
    sharing.say(session, caller, share, text)
    audit.record(
        session,
        caller,
        action="routes.comment",
        object_type="route",
        object_id=route_id,
        subject_person_id=person.id,
        municipality_id=person.municipality_id,
    )


def _share(session: Session, caller: StaffCaller, route_id: int) -> tuple[RouteShare, Person]:
    if not caller.scope.reads_results:
        raise NotFoundError
    row = session.execute(
        select(RouteShare, Person)
        .join(Route, Route.id == RouteShare.route_id)
        .join(Person, Person.id == Route.person_id)
        .where(
            RouteShare.route_id == route_id,
            RouteShare.reader == RouteReader.METHODIST,
            RouteShare.revoked_at.is_(None),
            Person.erased_at.is_(None),
            caller.scope.limits(Person),
            LIVE,
        )
        .options(joinedload(RouteShare.route))
        .with_for_update(of=RouteShare)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    return row[0], row[1]
