"""Who may look into a route and comment it: opened by its person, revoked at any moment, each look written down.

What a person wrote about how it went is nobody else's: who is let in sees lines, months and what is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.errors import DomainError, NotFoundError
from db.groups.models import GroupMember, GroupStatus, MemberStatus, MethodicalGroup
from db.mentoring.models import Pair, PairStatus
from db.notices import services as notices
from db.people.models import Person
from db.routes import services
from db.routes.models import (
    ItemStatus,
    Route,
    RouteComment,
    RouteItem,
    RouteLook,
    RouteReader,
    RouteShare,
    RouteStatus,
)
from db.routes.notices import of_share, tell_comment, tell_opened
from db.routes.queries import LIVE, SHOWN, live_of, reached

COMMENT_LENGTH = 1000
ONE_LOOK = timedelta(minutes=10)
"""Looks of one reader nearer to each other than this are one."""
LOOKS = 3
DAY = timedelta(days=1)
MOST_OPENINGS = 3
MOST_COMMENTS = 10
"""Openings to one reader, and comments of one reader, within a DAY: each is a message that nobody can decline."""


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """Somebody whom the route may be opened to. `of` is the pair of a mentor or the group of a head."""

    reader: RouteReader
    of: int
    name: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """Somebody whom the route is or was open to, and when they looked, the last first."""

    share_id: int
    reader: RouteReader
    name: str
    revoked_at: datetime | None
    looks: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class RouteSharing:
    """Whom the own route is open to, whom else it may be, and how many comments there are."""

    shares: Sequence[ShareLine]
    choices: Sequence[ReaderChoice]
    comments: int


@dataclass(frozen=True, slots=True)
class CommentLine:
    """One comment and who it is of; a methodist's bears no name."""

    reader: RouteReader
    person_id: int | None
    name: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedRouteLine:
    """A route that somebody has opened to whoever asks."""

    share_id: int
    name: str


@dataclass(frozen=True, slots=True)
class OpenedRoute:
    """A route as its reader sees it: lines without the person's own words, and all comments."""

    share_id: int
    person_id: int
    name: str
    status: RouteStatus
    items: Sequence[RouteItem]
    comments: Sequence[CommentLine]


def sharing(session: Session, caller: PersonCaller) -> RouteSharing:
    """Reads whom the own route is open to. Raises NotFoundError where there is no route."""
    route = session.scalar(live_of(caller.person_id))
    if route is None:
        raise NotFoundError
    rows = session.execute(
        select(RouteShare, Person.full_name, MethodicalGroup.name)
        .outerjoin(Person, Person.id == RouteShare.reader_id)
        .outerjoin(MethodicalGroup, MethodicalGroup.id == RouteShare.group_id)
        .where(RouteShare.route_id == route.id)
        .order_by(RouteShare.revoked_at.is_not(None), RouteShare.id.desc())
        .limit(SHOWN)
    ).all()
    looks: dict[int, list[datetime]] = {}
    seen = select(RouteLook.share_id, RouteLook.looked_at).where(RouteLook.share_id.in_([row[0].id for row in rows]))
    for share_id, at in session.execute(seen.order_by(RouteLook.id.desc())):
        looks.setdefault(share_id, []).append(at)
    shares = [
        ShareLine(one.id, one.reader, _said(name, group), one.revoked_at, looks.get(one.id, [])[:LOOKS])
        for one, name, group in rows
    ]
    open_to = {one.reader_id for one, _, _ in rows if one.revoked_at is None}
    counted = select(func.count()).select_from(RouteComment).join(RouteShare).where(RouteShare.route_id == route.id)
    return RouteSharing(shares, _choices(session, caller, open_to), session.scalar(counted) or 0)


def share(session: Session, caller: PersonCaller, *, reader: RouteReader, of: int) -> RouteSharing:
    """Opens the own route to a mentor (`of` is the pair), a head (the group) or methodists, and tells who is named.

    Raises NotFoundError for somebody whom it may not be opened to, and where there is no route, DomainError
    `route_opened_often` where it was opened to the same person again and again.
    """
    route = services.live(session, caller)
    reader_id = _reader(session, caller, reader, of)
    same = RouteShare.reader_id == reader_id if reader_id is not None else RouteShare.reader_id.is_(None)
    known = select(RouteShare).where(RouteShare.route_id == route.id, RouteShare.revoked_at.is_(None), same)
    if session.scalar(known) is None:
        lately = RouteShare.route_id == route.id, RouteShare.opened_at > caller.now - DAY, same
        many = session.scalar(select(func.count()).select_from(RouteShare).where(*lately)) or 0
        if reader_id is not None and many >= MOST_OPENINGS:
            raise DomainError("route_opened_often", most=MOST_OPENINGS)
        made = RouteShare(
            route_id=route.id,
            reader=reader,
            reader_id=reader_id,
            group_id=of if reader is RouteReader.HEAD else None,
            opened_at=caller.now,
        )
        session.add(made)
        session.flush()
        tell_opened(session, caller, made)
    return sharing(session, caller)


def revoke(session: Session, caller: PersonCaller, *, share_id: int) -> RouteSharing:
    """Closes the own route to somebody at once; what they said stays. Raises NotFoundError."""
    found = session.scalar(
        select(RouteShare)
        .join(Route)
        .where(RouteShare.id == share_id, Route.person_id == caller.person_id, LIVE)
        .with_for_update(of=RouteShare)
    )
    if found is None:
        raise NotFoundError
    if found.revoked_at is None:
        found.revoked_at = caller.now
        notices.cancel(session, key=f"{of_share(found.id)}opened")
    session.flush()
    return sharing(session, caller)


def comments(session: Session, caller: PersonCaller) -> Sequence[CommentLine]:
    """Lists what was said of the own route, the newest first. Raises NotFoundError where there is no route."""
    route_id = session.scalar(live_of(caller.person_id).with_only_columns(Route.id))
    if route_id is None:
        raise NotFoundError
    return said_of(session, route_id)


def opened(session: Session, caller: PersonCaller) -> Sequence[OpenedRouteLine]:
    """Lists the routes that are open to whoever asks, by name."""
    rows = session.execute(
        _reached(caller)
        .with_only_columns(RouteShare.id, Person.full_name)
        .order_by(Person.full_name, RouteShare.id)
        .limit(SHOWN * 3)
    )
    return [OpenedRouteLine(number, name or "") for number, name in rows]


def look(session: Session, caller: PersonCaller, *, share_id: int) -> OpenedRoute:
    """Returns a route that is open to whoever asks, and writes down that they looked. Raises NotFoundError."""
    found = _share(session, caller, share_id)
    note_look(session, caller, found)
    return as_read(session, found)


def comment(session: Session, caller: PersonCaller, *, share_id: int, text: str) -> OpenedRoute:
    """Says something of a route that is open to whoever asks; its person hears it.

    Raises NotFoundError, DomainError `route_comments_many`.
    """
    found = _share(session, caller, share_id)
    say(session, caller, found, text)
    return as_read(session, found)


def note_look(session: Session, caller: Caller, share: RouteShare) -> None:
    """Writes down that whoever asks looked; a second time within minutes is the same look."""
    before = select(RouteLook.id).where(
        RouteLook.share_id == share.id,
        RouteLook.looked_by == caller.actor,
        RouteLook.looked_at > caller.now - ONE_LOOK,
    )
    if session.scalar(before.limit(1)) is None:
        session.add(RouteLook(share_id=share.id, looked_by=caller.actor, looked_at=caller.now))


def say(session: Session, caller: Caller, share: RouteShare, text: str) -> None:
    """Keeps a comment and tells it to the route's person; the same words twice are one comment.

    Raises DomainError `route_comments_many`.
    """
    own = RouteComment.share_id == share.id, RouteComment.written_by == caller.actor
    if session.scalar(select(RouteComment.id).where(*own, RouteComment.text == text).limit(1)) is not None:
        return
    lately = select(func.count()).where(*own, RouteComment.written_at > caller.now - DAY)
    if (session.scalar(lately) or 0) >= MOST_COMMENTS:
        raise DomainError("route_comments_many", most=MOST_COMMENTS)
    made = RouteComment(share_id=share.id, written_by=caller.actor, text=text, written_at=caller.now)
    session.add(made)
    session.flush()
    tell_comment(session, caller, made)


def as_read(session: Session, share: RouteShare) -> OpenedRoute:
    """Returns a route as its reader sees it."""
    session.flush()
    route = share.route
    name = session.scalar(select(Person.full_name).where(Person.id == route.person_id)) or ""
    items = session.scalars(
        select(RouteItem)
        .where(RouteItem.route_id == route.id, RouteItem.status != ItemStatus.DROPPED)
        .order_by(RouteItem.term.is_not(None), RouteItem.term, RouteItem.id)
    ).all()
    return OpenedRoute(share.id, route.person_id, name, route.status, items, said_of(session, route.id))


def said_of(session: Session, route_id: int) -> list[CommentLine]:
    """Lists the comments of a route, the newest first."""
    rows = session.execute(
        select(RouteComment, RouteShare, Person.full_name, MethodicalGroup.name)
        .join(RouteShare, RouteShare.id == RouteComment.share_id)
        .outerjoin(Person, Person.id == RouteShare.reader_id)
        .outerjoin(MethodicalGroup, MethodicalGroup.id == RouteShare.group_id)
        .where(RouteShare.route_id == route_id)
        .order_by(RouteComment.id.desc())
        .limit(SHOWN)
    )
    return [
        CommentLine(share.reader, share.reader_id, _said(name, group), one.text, one.written_at)
        for one, share, name, group in rows
    ]


def _said(name: str | None, group: str | None) -> str:
    return ", ".join(one for one in (name, group) if one)


def _mentors(caller: PersonCaller) -> Select[int, int, str | None]:
    query = select(Pair.id, Pair.mentor_id, Person.full_name).join(Person, Person.id == Pair.mentor_id)
    return query.where(Pair.mentee_id == caller.person_id, Pair.status == PairStatus.ACTIVE).order_by(Pair.id)


def _heads(caller: PersonCaller) -> Select[int, int | None, str]:
    query = select(MethodicalGroup.id, MethodicalGroup.head_id, MethodicalGroup.name)
    return (
        query.join(GroupMember, GroupMember.group_id == MethodicalGroup.id)
        .where(
            GroupMember.person_id == caller.person_id,
            GroupMember.status == MemberStatus.ACTIVE,
            MethodicalGroup.status == GroupStatus.ACTIVE,
            MethodicalGroup.head_id.is_not(None),
            MethodicalGroup.head_id != caller.person_id,
        )
        .order_by(MethodicalGroup.name, MethodicalGroup.id)
    )


def _choices(session: Session, caller: PersonCaller, open_to: set[int | None]) -> list[ReaderChoice]:
    found = [
        ReaderChoice(kind, number, name or "")
        for kind, query in ((RouteReader.MENTOR, _mentors(caller)), (RouteReader.HEAD, _heads(caller)))
        for number, person_id, name in session.execute(query)
        if person_id not in open_to
    ]
    return found if None in open_to else [*found, ReaderChoice(RouteReader.METHODIST, 0, "")]


def _reader(session: Session, caller: PersonCaller, reader: RouteReader, of: int) -> int | None:
    if reader is RouteReader.METHODIST:
        return None
    allowed = session.execute(_mentors(caller) if reader is RouteReader.MENTOR else _heads(caller))
    found: dict[int, int | None] = {number: person_id for number, person_id, _ in allowed}
    if of not in found:
        raise NotFoundError
    return found[of]


def _reached(caller: PersonCaller) -> Select[RouteShare]:
    query = select(RouteShare).join(Route, Route.id == RouteShare.route_id).join(Person, Person.id == Route.person_id)
    return query.where(reached(caller.person_id))


def _share(session: Session, caller: PersonCaller, share_id: int) -> RouteShare:
    # A look and a revocation wait for each other: nobody reads what was closed a moment ago.
    found = session.scalar(
        _reached(caller)
        .where(RouteShare.id == share_id)
        .options(joinedload(RouteShare.route))
        .with_for_update(of=RouteShare)
    )
    if found is None:
        raise NotFoundError
    return found
