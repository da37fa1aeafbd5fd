"""What happens to people: consent, profile, roles, erasure."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.people.models import Person


def mark_blocked(session: Session, *, external_id: int, now: datetime, platform: str = "telegram") -> None:
    """The person blocked the bot: nothing is sent until they come back."""
    session.execute(
        update(Person).where(Person.platform == platform, Person.external_id == external_id).values(blocked_at=now)
    )
