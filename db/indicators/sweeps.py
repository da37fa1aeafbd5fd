"""Invites the people of an open wave, a few hundred a minute."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.models import Audience, Term, TermKind
from db.dictionaries.rules import Rules
from db.indicators.models import Wave, WaveStatus
from db.indicators.notices import invite
from db.people.models import Person
from db.people.queries import reachable

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
    audience = wave.version.instrument.audience
    held = select(Term.id).where(Term.kind == TermKind.POSITION)
    theirs: ColumnElement[bool] = Person.position_id.in_(held.where(Term.audience == audience))
    if audience is Audience.TEACHER:
        others = held.where(Term.audience.is_not(None), Term.audience != audience)
        theirs = or_(Person.position_id.is_(None), Person.position_id.not_in(others))
    named = [one.municipality_id for one in wave.units]
    known = [Person.erased_at.is_(None), Person.profile_saved_at.is_not(None), reachable(Person.id), theirs]
    return [*known, Person.municipality_id.in_(named)] if named else known


EVERY_MINUTE = (invitations,)
EVERY_HOUR = ()
