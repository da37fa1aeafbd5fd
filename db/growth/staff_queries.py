"""A person's papers for a methodist to whom the person opened a result."""

from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diagnostics import staff_queries as diagnostics
from db.growth.queries import PaperFacts, gathered
from db.papers import PaperReader


def of_result(session: Session, caller: StaffCaller, *, attempt_id: int) -> tuple[int, PaperFacts]:
    """Returns whose opened result it is, and what papers may say of them to a methodist.

    Raises NotFoundError for a closed result and for one out of reach, as its page does.
    """
    found = diagnostics.opened_result(session, caller, attempt_id=attempt_id)
    facts = gathered(session, caller, person_id=found.person_id, reader=PaperReader.METHODIST, result=found.result)
    return found.person_id, facts
