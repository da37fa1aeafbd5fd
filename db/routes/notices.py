"""What is asked about a route without being asked: kinds, keys and parameters of the notices."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.routes.models import GroupRoute, RouteComment, RouteItem, RouteShare
from db.routes.rules import ASK_WITHIN

HOW_WAS_IT = "routes.how"
ATTENDED = "routes.attended"
OPENED = "routes.opened"
COMMENTED = "routes.commented"
GROUP = "routes.group"


def prefix(item_id: int) -> str:
    """How the keys of all notices about an item begin."""
    return f"routes:{item_id}:"


def ask(session: Session, caller: Caller, item: RouteItem, *, due_at: datetime) -> None:
    """Asks how a step went, once for each day that was chosen for it."""
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(item.id)}how:{item.turn}",
        person_id=item.route.person_id,
        kind=HOW_WAS_IT,
        params={"item": item.id, "text": item.text, "turn": item.turn},
        due_at=due_at,
        expires_at=due_at + ASK_WITHIN,
    )


def ask_of_event(session: Session, caller: Caller, item: RouteItem, *, due_at: datetime) -> None:
    """Asks what one takes along from an event of the route, once."""
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(item.id)}attended",
        person_id=item.route.person_id,
        kind=ATTENDED,
        params={"item": item.id, "text": item.text},
        due_at=due_at,
        expires_at=due_at + ASK_WITHIN * 3,
    )


def of_share(share_id: int) -> str:
    """How the keys of all notices about an opened route begin."""
    return f"routes:share:{share_id}:"


def tell_opened(session: Session, caller: Caller, share: RouteShare) -> None:
    """Tells a mentor or a head that a route was opened to them; whose it is stands in the bot alone."""
    if share.reader_id is None:
        return
    notices.enqueue(
        session,
        caller,
        key=f"{of_share(share.id)}opened",
        person_id=share.reader_id,
        kind=OPENED,
        params={"share": share.id},
        due_at=_waking(session, caller),
    )


def tell_comment(session: Session, caller: Caller, comment: RouteComment) -> None:
    """Tells a person what was said of the own route, once."""
    notices.enqueue(
        session,
        caller,
        key=f"{of_share(comment.share_id)}comment:{comment.id}",
        person_id=comment.share.route.person_id,
        kind=COMMENTED,
        params={"reader": comment.share.reader.value, "text": comment.text},
        due_at=_waking(session, caller),
    )


def tell_group(session: Session, caller: Caller, row: GroupRoute, *, person_id: int, lines: int) -> None:
    """Tells somebody that a route was drafted for their group, once."""
    notices.enqueue(
        session,
        caller,
        key=f"routes:group:{row.id}:{person_id}",
        person_id=person_id,
        kind=GROUP,
        params={"title": row.title, "number": lines},
        due_at=_waking(session, caller),
    )


def _waking(session: Session, caller: Caller) -> datetime:
    return waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
