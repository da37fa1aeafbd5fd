"""Notes whom somebody declared close on paper, for whoever does not use the bot."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, NotFoundError
from db.people.models import Person
from db.people.staff_queries import within
from db.ties.models import Tie, TieKind
from db.ties.services import put


def note(
    session: Session, caller: StaffCaller, *, person_id: int, name: str, kind: TieKind, paper_on: date | None
) -> None:
    """Notes somebody close by the full name, as the person's paper of a day says; the name again is the same tie.

    Whether there is such a person is not looked at, nor whether the name was said in the bot: that word stays as it is.
    The journal has no name. Raises NotFoundError, ForbiddenError, DomainError `tie_paper` without the day of a paper or
    with one ahead, and as `declare` does.
    """
    person = within(session, caller, person_id=person_id)
    caller.scope.check_write(person)
    if paper_on is None or paper_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("tie_paper", field="paper_on")
    put(session, caller, person_id=person_id, name=name, kind=kind, paper_on=paper_on)
    _record(session, caller, "note", person)


def remove(session: Session, caller: StaffCaller, *, tie_id: int) -> int:
    """Removes what was noted from paper; returns whose it was. What was said in the bot is not found here.

    Raises NotFoundError, ForbiddenError.
    """
    row = session.scalar(select(Tie).where(Tie.id == tie_id).options(joinedload(Tie.person)).with_for_update(of=Tie))
    if row is None or row.paper_on is None:
        raise NotFoundError
    caller.scope.check_write(row.person)
    session.delete(row)
    session.flush()
    _record(session, caller, "remove", row.person)
    return row.person_id


def _record(session: Session, caller: StaffCaller, action: str, person: Person) -> None:
    audit.record(
        session,
        caller,
        action=f"ties.{action}",
        object_type="person",
        object_id=person.id,
        subject_person_id=person.id,
        municipality_id=person.municipality_id,
    )
