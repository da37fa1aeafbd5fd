"""The numbers behind the codes by which the command line tells how far an account reaches."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.applications.models import Campaign
from db.dictionaries.models import Centre, Term, TermKind
from db.errors import SettingsError

Codes = Select[str, int]


def reach(session: Session, *, centre: str | None, directions: Sequence[str], campaign: str | None) -> dict[str, Any]:
    """Returns arguments of `create_staff`. Raises SettingsError that says which codes there are."""
    of_directions = select(Term.code, Term.id).where(Term.kind == TermKind.DIRECTION)
    return {
        "centre_id": next(iter(_ids(session, select(Centre.code, Centre.id), [centre], "centre")), None),
        "direction_ids": _ids(session, of_directions, directions, "direction"),
        "campaign_id": next(iter(_ids(session, select(Campaign.code, Campaign.id), [campaign], "selection")), None),
    }


def _ids(session: Session, statement: Codes, codes: Sequence[str | None], what: str) -> list[int]:
    known = dict(session.execute(statement).all())
    asked = [code for code in codes if code]
    for code in asked:
        if code not in known:
            raise SettingsError(f"there is no {what} «{code}»; known: {', '.join(sorted(known)) or 'none'}")
    return [known[code] for code in asked]
