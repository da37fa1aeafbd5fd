"""What papers say of a person's re-tests: the level of one component then and now. A methodist's copy has none."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.models import Attempt
from db.papers import PaperKind, PaperLine, PaperReader
from db.retests.models import Retest, RetestStatus
from db.retests.queries import told
from db.retests.rules import Compared


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists re-tests that are done, to their owner: nobody else was ever shown one."""
    if reader is not PaperReader.OWNER:
        return
    query = select(Retest).join(Attempt).where(Attempt.person_id == person_id, Retest.status == RetestStatus.DONE)
    for one in told(session, caller, session.scalars(query).all()):
        found = one.compared
        levels = "" if found.before is None else f"{found.before:.0f} → {found.now:.0f}"
        moved = (f"{move.item.short}: {move.before} → {move.now}" for move in found.moves)
        yield PaperLine(
            PaperKind.RETEST,
            one.done_at,
            one.component.title,
            note="\n".join(part for part in (levels, *moved) if part),
            role=_verdict(found),
            payload=f"retest_{one.retest_id}",
            components=(one.component.code,),
        )


def _verdict(found: Compared) -> str:
    if found.change is None:
        return ""
    if found.steady:
        return "retest_steady"
    return "retest_up" if found.change > 0 else "retest_down"
