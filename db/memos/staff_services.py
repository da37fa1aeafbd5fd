"""What memos write: that one was taken away as a file."""

from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.memos.rules import MemoOrder


def note_taken(session: Session, caller: StaffCaller, *, order: MemoOrder) -> None:
    """Writes into the journal which memo left, and about what (codes and ids)."""
    audit.record(
        session,
        caller,
        action="memos.take",
        object_type="memo",
        object_id=None,
        municipality_id=order.municipality_id,
        kind=order.kind.value,
        since=order.since.isoformat(),
        centre=order.centre_id,
        group=order.group_id,
        campaign=order.campaign_id,
    )
