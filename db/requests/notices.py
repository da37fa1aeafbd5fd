"""What is said of a request: kinds, keys and parameters. Nobody's name, account or picture is among them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.events.queries import component_names
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.requests.models import HelpRequest, KnowledgeLine
from db.requests.rules import QUOTED

GIVEN = "requests.given"
MORE = "requests.more"
ANSWERED = "requests.answered"
QUEUED = "requests.queued"
LATE = "requests.late"
OVERDUE = "requests.overdue"
CLOSED = "requests.closed"
HELPED = "requests.helped"
TAKEN = "requests.taken"


def prefix(request_id: int) -> str:
    """How the keys of all notices of a request begin."""
    return f"requests:{request_id}:"


def topic_of(
    session: Session, request: HelpRequest | KnowledgeLine, components: Mapping[str, str] | None = None
) -> str:
    """Returns what a request or a kept answer is about, in words; `components` spares reading their names."""
    if request.group is not None:
        return request.group.name
    if request.direction is not None:
        return request.direction.name
    names = component_names(session) if components is None else components
    return names.get(request.component or "", request.component or "")


def tell(
    session: Session,
    caller: Caller,
    request: HelpRequest,
    person_id: int,
    kind: str,
    what: str,
    *,
    text: str | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Puts a notice of the request into the outbox; what is written at night is delivered when quiet hours end.

    `what` makes its key, `text` is somebody's words. Returns whether it is new.
    """
    params: dict[str, Any] = {"request": request.id, "topic": topic_of(session, request)}
    if request.due_at is not None:
        params["until"] = request.due_at.isoformat()
    if text is not None:
        params["text"] = text[:QUOTED]
    return notices.enqueue(
        session,
        caller,
        key=f"{prefix(request.id)}{what}",
        person_id=person_id,
        kind=kind,
        params=params,
        due_at=waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone),
        expires_at=expires_at,
    )
