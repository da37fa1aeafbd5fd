"""What somebody who leaves answers for, from every noun, and one affair given to another by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from db.affairs import Affair
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.nouns import HANDOVER, parts


@dataclass(frozen=True, slots=True)
class HeldOf:
    """Affairs of one noun."""

    noun: str
    affairs: Sequence[Affair]


def holders(caller: StaffCaller) -> Select[int]:
    """Returns the ids of all who answer for something within the account's reach, each once."""
    every = union(*(part.holders(caller) for part in parts(HANDOVER).values())).subquery()
    return select(every.c[0])


def held(session: Session, caller: StaffCaller, *, person_id: int) -> list[HeldOf]:
    """Lists what somebody answers for, by noun; nouns of which they hold nothing are left out."""
    found = [HeldOf(noun, part.held(session, caller, person_id=person_id)) for noun, part in parts(HANDOVER).items()]
    return [one for one in found if one.affairs]


def hand_over(session: Session, caller: StaffCaller, *, noun: str, held_id: int, to_person_id: int) -> None:
    """Gives one affair to another; the noun tells whom it concerns and writes the journal.

    Raises NotFoundError, ForbiddenError, and what the noun's `hand_over` does.
    """
    part = parts(HANDOVER).get(noun)
    if part is None:
        raise NotFoundError
    part.hand_over(session, caller, held_id=held_id, to_person_id=to_person_id)
