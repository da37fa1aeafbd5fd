"""Routes with a plan of the year, and routes that are open to somebody."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.database import Database
from db.groups import staff_services as group_staff
from db.groups.models import MethodicalGroup
from db.routes import planning, sharing
from db.routes.models import (
    EvidenceKind,
    GroupRoute,
    GroupRouteLine,
    ItemKind,
    ItemStatus,
    Route,
    RouteComment,
    RouteItem,
    RouteLook,
    RouteReader,
    RouteShare,
)
from tests.events.support import REGION
from tests.support import callers
from tests.support.town import MONDAY, add_teacher


def opened_route(session: Session, group: MethodicalGroup, person: int, now: datetime, word: str) -> int:
    """A route that is open to the head of the group and to methodists, who have looked and said something."""
    route = Route(person_id=person, started_at=now)
    session.add(route)
    session.flush()
    own = {"kind": ItemKind.OWN, "evidence": EvidenceKind.WORD, "term": now.date().replace(day=1)}
    session.add(RouteItem(route_id=route.id, text=word, taken_at=now, **own))
    to = {"route_id": route.id, "opened_at": now}
    head = RouteShare(reader=RouteReader.HEAD, reader_id=group.head_id, group_id=group.id, **to)
    session.add_all([head, RouteShare(reader=RouteReader.METHODIST, **to)])
    session.flush()
    actor = f"person:{group.head_id}"
    session.add(RouteLook(share_id=head.id, looked_by=actor, looked_at=now))
    session.add(RouteComment(share_id=head.id, written_by=actor, text=word, written_at=now))
    return route.id


def a_group_route(session: Session, group: MethodicalGroup, now: datetime, word: str) -> dict[str, int]:
    """A draft for the group with a line; the numbers of both."""
    row = GroupRoute(title=word, group_id=group.id, municipality_id=group.municipality_id, created_at=now)
    session.add(row)
    session.flush()
    line = GroupRouteLine(group_route_id=row.id, text=word, due_on=now.date() + timedelta(days=60))
    session.add(line)
    session.flush()
    return {"group_route": row.id, "group_line": line.id}


def plan_of(database: Database, own: PersonCaller, other: PersonCaller, group_id: int) -> dict[str, int]:
    """A plan of the year that is proposed and open to methodists, and another's that is open to the first."""
    lines = {one.kind: one.id for one in database.write(planning.draft, own).lines}
    mine = database.write(sharing.share, own, reader=RouteReader.METHODIST, of=0).shares[0]
    database.write(planning.add_own, other, text="Прочитать книгу")
    theirs = database.write(sharing.share, other, reader=RouteReader.HEAD, of=group_id).shares[0]
    found = {"share": mine.share_id, "to_me": theirs.share_id, "practice": lines[ItemKind.PRACTICE]}
    return found | {"talk": lines.get(ItemKind.TALK) or lines[ItemKind.VISIT]}


def undrafted(session: Session) -> None:
    """The plan of the first was never drafted."""
    session.execute(delete(RouteItem).where(RouteItem.status == ItemStatus.PROPOSED))


def unshared(session: Session) -> None:
    """Nobody may look into a route."""
    session.execute(update(RouteShare).values(revoked_at=MONDAY))


def open_to_head(database: Database, group_id: int, now: datetime) -> tuple[int, int]:
    """A new member of a group who has opened a route to its head; returns the member and the share."""
    member = database.write(add_teacher, external_id=2002, name="Юная Вера", now=now)
    own = callers.person(member, now)
    database.write(group_staff.add_member, callers.staff(REGION, now), group_id=group_id, person_id=member, since=None)
    database.write(planning.add_own, own, text="Прочитать книгу")
    return member, database.write(sharing.share, own, reader=RouteReader.HEAD, of=group_id).shares[0].share_id


def every(session: Session, what: Any) -> list[Any]:
    """All values of a column, the oldest row's first."""
    return list(session.scalars(select(what).order_by(what.class_.id)))
