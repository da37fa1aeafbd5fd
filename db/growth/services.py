"""What a person asks for: one of the own papers, which comes as a file."""

from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.growth.notices import PAPER
from db.growth.queries import Paper
from db.notices import services as notices


def order(session: Session, caller: PersonCaller, *, paper: Paper, category: str, request: str) -> bool:
    """Owes the person the paper, once for a request; it is made of what is true when it goes out.

    `category` is the dossier's. Returns whether it is new.
    """
    return notices.owe(
        session,
        caller,
        key=f"{PAPER}.{caller.person_id}.{paper}.{category}.{request}",
        person_id=caller.person_id,
        kind=PAPER,
        params={"paper": paper.value, "category": category},
    )
