"""Gives a person an address of their own calendar, and another one when the first has gone where it should not."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.calendar.models import CalendarFeed
from db.caller import PersonCaller
from db.upsert import insert

SECRET_BYTES = 24


def address(session: Session, caller: PersonCaller) -> str:
    """Returns the secret of the person's feed; the first time it is made."""
    row = {"person_id": caller.person_id, "secret": secrets.token_urlsafe(SECRET_BYTES), "made_at": caller.now}
    session.execute(insert(session, CalendarFeed).values(**row).on_conflict_do_nothing())
    return session.scalars(select(CalendarFeed.secret).where(CalendarFeed.person_id == caller.person_id)).one()


def renew(session: Session, caller: PersonCaller) -> str:
    """Makes another address and returns its secret; the former one opens nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = {"secret": secret, "made_at": caller.now}
    made = insert(session, CalendarFeed).values(person_id=caller.person_id, **row)
    session.execute(made.on_conflict_do_update(index_elements=["person_id"], set_=row))
    return secret
