"""Forgets what stood before two records were made one, when they can't be parted any more."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.caller import Caller
from db.people.models import PersonMerge
from db.people.rules import PARTED_WITHIN


def forget_merges(session: Session, caller: Caller) -> None:
    """Drops what is older than a week."""
    session.execute(delete(PersonMerge).where(PersonMerge.merged_at <= caller.now - PARTED_WITHIN))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_merges,)
