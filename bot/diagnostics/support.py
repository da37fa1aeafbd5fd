"""What may help with a result: it is put together of two nouns that come after diagnostics, so it stands here."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.diagnostics.results import EVENTS, SITES, Help
from db.events import queries as events
from db.sites import queries as sites


def support(session: Session, *, components: Sequence[str], municipality_id: int | None, now: datetime) -> Help:
    """Coming events and sites that serve the components."""
    return Help(
        events.serving(session, components=components, municipality_id=municipality_id, now=now, limit=EVENTS),
        sites.serving(session, components=components, municipality_id=municipality_id, limit=SITES),
    )
