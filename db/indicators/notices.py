"""What is said to the people of a wave: kind, key and parameters of the invitation."""

from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy.orm import Session

from db.caller import Caller
from db.indicators.models import Wave
from db.indicators.waves import days
from db.notices import services as notices

INVITED = "indicators.invited"


def invite(session: Session, caller: Caller, wave: Wave, *, person_ids: Sequence[int]) -> int:
    """Invites some people, each once; after the wave's last day the invitation is worth nothing. Returns how many."""
    _, over = days(wave, caller)
    told = notices.enqueue_all(
        session,
        caller,
        prefix=f"indicators:wave:{wave.id}:",
        person_ids=person_ids,
        kind=INVITED,
        params={"title": wave.title, "until": datetime.combine(wave.ends, time(), caller.zone).isoformat()},
        expires_at=over,
    )
    return len(told)
