"""What is said to one of a pair: kinds, keys and parameters of the notices."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.mentoring.models import Meeting, Pair, PairSide
from db.notices import services as notices
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import WEEK, allowed_moment, waking_moment

PAIRED = "mentoring.paired"
PROPOSED = "mentoring.proposed"
DECLINED = "mentoring.declined"
PAUSED = "mentoring.paused"
RESUMED = "mentoring.resumed"
FINISHED = "mentoring.finished"
PLANNED = "mentoring.planned"
MOVED = "mentoring.moved"
CANCELLED = "mentoring.cancelled"
ASKED = "mentoring.asked"
ABOUT = "mentoring.about"
SERIES = "mentoring.series"
SERIES_MOVED = "mentoring.series_moved"
SERIES_CANCELLED = "mentoring.series_cancelled"
TOMORROW = "mentoring.day_before"
SOON = "mentoring.hours_before"
HOW_WAS_IT = "mentoring.how_was_it"
NUDGED = "mentoring.nudged"
SILENT = "mentoring.silent"
DIGEST = "mentoring.digest"
PAPER = "mentoring.paper"
CALENDAR = "mentoring.calendar"
"""The kinds of receipts with a file."""


def prefix(pair_id: int) -> str:
    """How the keys of all notices of a pair begin."""
    return f"mentoring:{pair_id}:"


def asked_for(due: datetime, caller: Caller) -> str:
    """How the key of a wish to meet ends: one for the day on which the mentor hears of it."""
    return f"asked:{due.astimezone(caller.zone).date().isoformat()}"


def notice_params(pair: Pair, person_id: int, meeting: Meeting | None = None) -> dict[str, Any]:
    """What a notice to one of the pair is rendered from: the side, the other one's name, the meeting's moment.

    The name is wiped with its owner's data, and so are words: see `personal.forget`.
    """
    is_mentor = person_id == pair.mentor_id
    other = pair.mentee if is_mentor else pair.mentor
    params: dict[str, Any] = {"pair": pair.id, "side": "mentor" if is_mentor else "mentee", "name": other.full_name}
    if meeting is not None:
        params |= {"meeting": meeting.id, "at": meeting.planned_at.isoformat()}
    return params


def tell(
    session: Session,
    caller: Caller,
    pair: Pair,
    person_id: int,
    kind: str,
    what: str,
    meeting: Meeting | None = None,
    due_at: datetime | None = None,
    text: str | None = None,
) -> bool:
    """Puts a notice for one of the pair into the outbox. Returns whether it is new.

    `what` makes its key, `text` is the other one's own words. News of a meeting goes out at once, of the pair in waking
    hours.
    """
    if meeting is None and due_at is None:
        due_at = waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
    # News of a meeting is worth nothing once its time has come.
    expires_at = meeting.planned_at if meeting is not None and meeting.planned_at > caller.now else None
    return notices.enqueue(
        session,
        caller,
        key=f"{prefix(pair.id)}{what}",
        person_id=person_id,
        kind=kind,
        params=notice_params(pair, person_id, meeting) | ({} if text is None else {"text": text}),
        due_at=due_at,
        expires_at=expires_at,
    )


def take_rests_back(session: Session, pair: Pair) -> dict[int, bool]:
    """Takes back what was said of the pair's last rest or return and not heard yet.

    Returns by person whether meetings were called off by it: of those one is to hear all the same.
    """
    unheard = (
        Notice.person_id.in_((pair.mentor_id, pair.mentee_id)),
        Notice.key.startswith(f"{prefix(pair.id)}rest:", autoescape=True),
        Notice.status == NoticeStatus.PENDING,
    )
    waiting = session.scalars(select(Notice).where(*unheard)).all()
    return {one.person_id: bool(one.params.get("dropped")) for one in waiting if notices.cancel(session, key=one.key)}


def tell_rest(session: Session, caller: Caller, pair: Pair, person_id: int, kind: str, *, dropped: bool) -> None:
    """Tells one of the pair that it rests or works again; whoever turns it on and off is heard of so often a week.

    `dropped` says that planned meetings were called off.
    """
    side = PairSide.MENTOR if person_id == pair.mentor_id else PairSide.MENTEE
    said = f"{prefix(pair.id)}rest:{side}:"
    sent = session.scalars(
        select(Notice.sent_at)
        .where(
            Notice.person_id == person_id,
            Notice.key.startswith(said, autoescape=True),
            Notice.sent_at > caller.now - WEEK,
        )
        .order_by(Notice.sent_at)
    )
    rules = dictionaries.rules(session)
    # Whoever allows no unasked words is still told that the other one pauses: at a waking moment, without a limit.
    due_at = allowed_moment(caller.now, sent=[at for at in sent if at is not None], rules=rules, zone=caller.zone)
    notices.enqueue(
        session,
        caller,
        key=f"{said}{kind}:{caller.now.isoformat()}",
        person_id=person_id,
        kind=kind,
        params=notice_params(pair, person_id) | ({"dropped": True} if dropped else {}),
        due_at=due_at or waking_moment(caller.now, rules=rules, zone=caller.zone),
    )
