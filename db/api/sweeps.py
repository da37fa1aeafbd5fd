"""Forgets how often tokens read what, a good year later."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.api.models import ApiReading
from db.api.rules import KEPT
from db.caller import Caller
from db.clock import local_day


def forget_readings(session: Session, caller: Caller) -> None:
    """Drops old counts; their lines of the journal stay."""
    session.execute(delete(ApiReading).where(ApiReading.day < local_day(caller.now, caller.zone) - KEPT))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_readings,)
