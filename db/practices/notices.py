"""What is said about a practice without being asked: kinds, keys and parameters of the notices."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.dictionaries.rules import Rules
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.practices.models import Practice, PracticeExpert, PracticeVerdict
from db.practices.rules import ASK_BEFORE, UNDO

APPOINTED = "practices.appointed"
DECIDED = "practices.decided"
STILL = "practices.still"
TAKEN_DOWN = "practices.taken_down"
FILE = "practices.file"


def prefix(practice_id: int) -> str:
    """How the keys of all notices about a practice begin."""
    return f"practices:{practice_id}:"


def of_expert(expert: PracticeExpert) -> str:
    """The key of the request to one expert."""
    return f"{prefix(expert.practice_id)}expert:{expert.id}:"


def ask_expert(session: Session, caller: Caller, expert: PracticeExpert, *, title: str) -> None:
    """Asks an expert to look at a practice, once, in waking hours."""
    if expert.person_id is not None:
        notices.enqueue(
            session,
            caller,
            key=of_expert(expert),
            person_id=expert.person_id,
            kind=APPOINTED,
            params={"expert": expert.id, "title": title},
            due_at=_waking(session, caller.now, caller),
        )


def of_decision(row: Practice) -> str:
    """The key of the word about a decision; a later one has a key of its own."""
    return f"{prefix(row.id)}decided:{row.decided_at.timestamp() if row.decided_at else 0}"


def tell_decision(session: Session, caller: Caller, row: Practice, *, verdict: PracticeVerdict) -> None:
    """Tells the author what was decided, with both remarks; it waits as long as it may be taken back."""
    if row.proposer_id is None:
        return
    notices.enqueue(
        session,
        caller,
        key=of_decision(row),
        person_id=row.proposer_id,
        kind=DECIDED,
        params={
            "practice": row.id,
            "title": row.title,
            "decided": verdict.value,
            "said": row.said,
            **dict(zip(("first_word", "second_word"), (one.remark for one in row.now_experts), strict=False)),
        },
        due_at=_waking(session, caller.now + UNDO, caller),
    )


def tell_taken_down(session: Session, caller: Caller, row: Practice) -> None:
    """Tells the author that a methodist took the practice away: it is theirs to mend and to send anew."""
    if row.proposer_id is not None:
        notices.enqueue(
            session,
            caller,
            key=f"{prefix(row.id)}taken_down:{caller.now.isoformat()}",
            person_id=row.proposer_id,
            kind=TAKEN_DOWN,
            params={"practice": row.id, "title": row.title},
            due_at=_waking(session, caller.now, caller),
        )


def ask_still(session: Session, caller: Caller, row: Practice, *, rules: Rules) -> None:
    """Asks the author whether it is still done so, once a year."""
    if row.proposer_id is None or row.confirmed_at is None:
        return
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(row.id)}still:{row.confirmed_at.date().isoformat()}",
        person_id=row.proposer_id,
        kind=STILL,
        params={"practice": row.id, "title": row.title, "confirmed_at": row.confirmed_at.isoformat()},
        due_at=waking_moment(caller.now, rules=rules, zone=caller.zone),
        expires_at=caller.now + ASK_BEFORE,
        expected=False,
    )


def _waking(session: Session, moment: datetime, caller: Caller) -> datetime:
    return waking_moment(moment, rules=dictionaries.rules(session), zone=caller.zone)
