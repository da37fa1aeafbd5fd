"""A person's routes: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.caller import Caller
from db.notices import services as notices
from db.reassign import reassign
from db.routes import services
from db.routes.models import Route, RouteComment, RouteItem, RouteLook, RouteShare, RouteStatus
from db.routes.notices import of_share, prefix
from db.routes.queries import live_of

PLACE = 25


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many items the routes have, and how many comments one wrote of others'."""
    return {
        "route_items": select(func.count()).select_from(RouteItem).join(Route).where(Route.person_id == person_id),
        "route_comments": select(func.count()).where(RouteComment.written_by == _actor(person_id)),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Routes with their items, one's own words, whom they were open to; and what one said of others' routes."""
    shares = session.scalars(
        select(RouteShare).join(Route).where(Route.person_id == person_id).order_by(RouteShare.id)
    ).all()
    mine = select(RouteComment).where(RouteComment.written_by == _actor(person_id)).order_by(RouteComment.id)
    rows = session.scalars(
        select(RouteItem).join(Route).where(Route.person_id == person_id).order_by(RouteItem.id)
    ).all()
    routes = session.scalars(select(Route).where(Route.person_id == person_id).order_by(Route.id)).all()
    return {
        "routes": [
            {
                "status": route.status.value,
                "started_at": route.started_at,
                "ended_at": route.ended_at,
                "items": [_item(one) for one in rows if one.route_id == route.id],
                "shares": [_share(session, one) for one in shares if one.route_id == route.id],
            }
            for route in routes
        ],
        "route_comments": [{"text": one.text, "written_at": one.written_at} for one in session.scalars(mine)],
    }


def _share(session: Session, one: RouteShare) -> dict[str, Any]:
    looks = select(RouteLook.looked_at).where(RouteLook.share_id == one.id).order_by(RouteLook.id)
    said = select(RouteComment).where(RouteComment.share_id == one.id).order_by(RouteComment.id)
    return {
        "reader": one.reader.value,
        "opened_at": one.opened_at,
        "revoked_at": one.revoked_at,
        "looked_at": list(session.scalars(looks)),
        "comments": [{"text": row.text, "written_at": row.written_at} for row in session.scalars(said)],
    }


def _item(one: RouteItem) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "status": one.status.value,
        "text": one.text,
        "term": one.term,
        "due_on": one.due_on,
        "planned_on": one.planned_on,
        "setting": one.setting.value if one.setting else None,
        "outcome": one.outcome.value if one.outcome else None,
        "word": one.word,
        "link": one.link,
        "taken_at": one.taken_at,
        "reflected_at": one.reflected_at,
        "closed_at": one.closed_at,
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends the route that goes on and what was still to be asked about it; others' are open to one no more."""
    theirs = RouteShare.reader_id == person_id, RouteShare.revoked_at.is_(None)
    session.execute(update(RouteShare).where(*theirs).values(revoked_at=caller.now))
    routes = session.scalars(live_of(person_id).with_for_update()).all()
    for route in routes:
        services.end(session, caller, route, RouteStatus.CANCELLED)
    session.flush()
    return {"routes": len(routes)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes routes with all that was said of them, and what one said and looked at of others'."""
    gone = stop(session, caller, person_id=person_id)
    mine = select(Route.id).where(Route.person_id == person_id)
    for item_id in session.scalars(select(RouteItem.id).where(RouteItem.route_id.in_(mine))):
        notices.cancel_prefix(session, prefix=prefix(item_id))
    shares = select(RouteShare.id).where(or_(RouteShare.route_id.in_(mine), RouteShare.reader_id == person_id))
    for share_id in session.scalars(shares):
        notices.cancel_prefix(session, prefix=of_share(share_id))
    for table in (RouteLook, RouteComment):
        session.execute(delete(table).where(table.share_id.in_(shares)))
    session.execute(delete(RouteShare).where(RouteShare.id.in_(shares)))
    session.execute(delete(RouteItem).where(RouteItem.route_id.in_(mine)))
    session.execute(delete(Route).where(Route.person_id == person_id))
    return gone


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every route; of two that go on the kept person's does, the other one ends with what it has."""
    session.flush()
    kept = session.scalar(live_of(kept_id).with_for_update())
    gone = session.scalar(live_of(gone_id).with_for_update())
    if kept is not None and gone is not None:
        services.end(session, caller, gone, RouteStatus.CANCELLED)
    session.flush()
    reassign(session, Route.person_id, kept_id=kept_id, gone_id=gone_id)
    _merge_read(session, caller, kept_id=kept_id, gone_id=gone_id)


def _merge_read(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves what was open to the other; of one route open to both, or one's own, that is over."""
    theirs = aliased(RouteShare)
    both = exists().where(
        theirs.route_id == RouteShare.route_id, theirs.reader_id == kept_id, theirs.revoked_at.is_(None)
    )
    own_one = RouteShare.route_id.in_(select(Route.id).where(Route.person_id == kept_id))
    over = update(RouteShare).where(RouteShare.reader_id.in_((gone_id, kept_id)), RouteShare.revoked_at.is_(None))
    session.execute(over.where(or_(own_one, and_(RouteShare.reader_id == gone_id, both))).values(revoked_at=caller.now))
    reassign(session, RouteShare.reader_id, kept_id=kept_id, gone_id=gone_id)
    for column in (RouteLook.looked_by, RouteComment.written_by):
        moved = update(column.class_).where(column == _actor(gone_id))
        session.execute(moved.values({column.key: _actor(kept_id)}))


def _actor(person_id: int) -> str:
    return f"person:{person_id}"
