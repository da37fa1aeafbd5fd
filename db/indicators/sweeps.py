"""Invites the people of an open wave, a few hundred a minute."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.indicators.models import Wave, WaveStatus
from db.indicators.notices import invite
from db.people.models import Person
from db.people.queries import has_profile, of_audience, reachable

AT_ONCE = 500


def invitations(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Writes to the next people of each open wave, by their numbers; after the last nobody is to be written to."""
    rows = session.scalars(
        select(Wave).where(Wave.invited_to.is_not(None)).order_by(Wave.id).with_for_update(skip_locked=True)
    ).all()
    today = caller.now.astimezone(caller.zone).date()
    for wave in rows:
        if wave.status is not WaveStatus.OPEN or wave.ends < today:
            wave.invited_to = None
            continue
        found = session.scalars(
            select(Person.id).where(Person.id > wave.invited_to, *_whom(wave)).order_by(Person.id).limit(AT_ONCE)
        ).all()
        invite(session, caller, wave, person_ids=found)
        wave.invited_to = found[-1] if len(found) == AT_ONCE else None


def _whom(wave: Wave) -> list[ColumnElement[bool]]:
    """Those whom the instrument is for, in the wave's municipalities, who can be written to."""
    named = [one.municipality_id for one in wave.units]
    theirs = [has_profile(), reachable(Person.id), of_audience(wave.version.instrument.audience)]
    return [*theirs, Person.municipality_id.in_(named)] if named else theirs


EVERY_MINUTE = (invitations,)
EVERY_HOUR = ()
