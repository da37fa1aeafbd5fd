"""Reads for methodists whom people declared close on paper; what was said in the bot is only counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.people.models import Person
from db.people.staff_queries import within
from db.ties.models import Tie


@dataclass(frozen=True, slots=True)
class NotedTies:
    """What an account sees of somebody's ties: those on paper by name, of those said in the bot how many there are."""

    person: Person
    on_paper: Sequence[Tie]
    in_bot: int


def noted(session: Session, caller: StaffCaller, *, person_id: int) -> NotedTies:
    """Returns whom somebody declared close. Raises NotFoundError out of reach, ForbiddenError for a reader."""
    person = within(session, caller, person_id=person_id)
    caller.scope.check_write(person)
    own = select(func.count()).where(Tie.person_id == person_id, Tie.paper_on.is_(None))
    return NotedTies(
        person,
        session.scalars(
            select(Tie).where(Tie.person_id == person_id, Tie.paper_on.is_not(None)).order_by(Tie.id)
        ).all(),
        session.scalar(own) or 0,
    )
