"""What is said to somebody of a group: kinds, keys and parameters of the notices."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.groups.models import GroupDecision, GroupMeeting, GroupMember, MethodicalGroup
from db.notices import services as notices
from db.notices.rules import waking_moment

ASKED = "groups.asked"
ACCEPTED = "groups.accepted"
DECLINED = "groups.declined"
LEADS = "groups.leads"
CALLED = "groups.called"
CALLED_OFF = "groups.called_off"
ASSIGNED = "groups.assigned"
DUE = "groups.due"

TIME_FOR_AGENDA = timedelta(minutes=3)
"""How long a call waits for the words that its head may still type."""


def prefix(group_id: int, person_id: int) -> str:
    """How the keys of what one person hears of a group begin."""
    return f"groups:{group_id}:{person_id}:"


def of_meeting(meeting_id: int) -> str:
    """How the keys of all that is said of a meeting begin."""
    return f"groups:meeting:{meeting_id}:"


def of_decision(decision_id: int) -> str:
    """How the keys of all that is said of a decision begin."""
    return f"groups:decision:{decision_id}:"


def tell_asked(session: Session, caller: Caller, group: MethodicalGroup, member: GroupMember) -> None:
    """Tells the head that somebody would like to join: who it is stands in the bot, and goes with its owner's data."""
    if group.head_id is None:
        return
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(group.id, group.head_id)}asked:{member.id}",
        person_id=group.head_id,
        kind=ASKED,
        params={"group": group.id, "title": group.name},
        due_at=_waking(session, caller),
    )


def tell_verdict(session: Session, caller: Caller, group: MethodicalGroup, member: GroupMember, kind: str) -> None:
    """Tells who asked what became of it."""
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(group.id, member.person_id)}verdict:{member.id}",
        person_id=member.person_id,
        kind=kind,
        params={"group": group.id, "title": group.name},
    )


def tell_leads(session: Session, caller: Caller, group: MethodicalGroup, person_id: int) -> None:
    """Tells that one heads a group now."""
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(group.id, person_id)}leads:{int(caller.now.timestamp())}",
        person_id=person_id,
        kind=LEADS,
        params={"group": group.id, "title": group.name},
        due_at=_waking(session, caller),
    )


def call(session: Session, caller: Caller, meeting: GroupMeeting, person_ids: list[int]) -> None:
    """Calls members to a meeting, in waking hours; once it has begun the call is worth nothing."""
    due = waking_moment(caller.now + TIME_FOR_AGENDA, rules=dictionaries.rules(session), zone=caller.zone)
    for person_id in person_ids:
        notices.enqueue(
            session,
            caller,
            key=f"{of_meeting(meeting.id)}{int(meeting.planned_at.timestamp())}:{person_id}",
            person_id=person_id,
            kind=CALLED,
            params=said_of(meeting),
            due_at=min(due, meeting.planned_at),
            expires_at=meeting.planned_at,
        )


def said_of(meeting: GroupMeeting) -> dict[str, object]:
    """What a call carries."""
    return {
        "group": meeting.group_id,
        "meeting": meeting.id,
        "title": meeting.group.name,
        "at": meeting.planned_at.isoformat(),
        "place": meeting.place,
        "agenda": meeting.agenda,
    }


def call_off(session: Session, caller: Caller, meeting: GroupMeeting, person_ids: list[int]) -> None:
    """Tells members that a meeting will not be."""
    notices.cancel_prefix(session, prefix=of_meeting(meeting.id))
    if meeting.planned_at <= caller.now:
        return
    for person_id in person_ids:
        notices.enqueue(
            session,
            caller,
            key=f"{of_meeting(meeting.id)}off:{person_id}",
            person_id=person_id,
            kind=CALLED_OFF,
            params={"group": meeting.group_id, "title": meeting.group.name, "at": meeting.planned_at.isoformat()},
            due_at=min(_waking(session, caller), meeting.planned_at),
            expires_at=meeting.planned_at,
        )


def tell_assigned(session: Session, caller: Caller, decision: GroupDecision) -> None:
    """Tells whoever answers for a decision now."""
    if decision.responsible_id is None:
        return
    due_on = decision.due_on
    notices.enqueue(
        session,
        caller,
        key=f"{of_decision(decision.id)}assigned:{decision.responsible_id}:{int(caller.now.timestamp())}",
        person_id=decision.responsible_id,
        kind=ASSIGNED,
        params={
            "decision": decision.id,
            "text": decision.text,
            "until": datetime.combine(due_on, time(), caller.zone).isoformat() if due_on else None,
        },
        due_at=_waking(session, caller),
    )


def remind(session: Session, caller: Caller, decision: GroupDecision, *, due_at: datetime) -> None:
    """Reminds of a decision before its term; after it the reminder is worth nothing."""
    if decision.responsible_id is None or decision.due_on is None:
        return
    until = datetime.combine(decision.due_on, time(), caller.zone)
    notices.enqueue(
        session,
        caller,
        key=f"{of_decision(decision.id)}due:{decision.due_on:%Y%m%d}:{decision.responsible_id}",
        person_id=decision.responsible_id,
        kind=DUE,
        params={"decision": decision.id, "text": decision.text, "until": until.isoformat()},
        due_at=due_at,
        expires_at=until + timedelta(days=1),
    )


def _waking(session: Session, caller: Caller) -> datetime:
    return waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
