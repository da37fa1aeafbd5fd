"""Proposes whom to ask to look at a practice: first those who answer for what it is about."""

from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.practices import staff_queries
from db.requests.matching import directions_of


def experts_like(session: Session, caller: StaffCaller, *, practice_id: int, text: str) -> list[tuple[int, str]]:
    """Finds whom one may ask; members of directions that answer to the practice's components come first.

    Raises NotFoundError.
    """
    row = staff_queries.practice(session, caller, practice_id=practice_id)
    directions = directions_of(session, components=row.component_codes)
    return staff_queries.experts_like(session, caller, practice_id=practice_id, text=text, direction_ids=directions)
