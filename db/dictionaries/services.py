"""Loading reference data from a pack and changing the rules."""

from sqlalchemy.orm import Session

from db.dictionaries.models import Setting
from db.dictionaries.queries import BOT_LINK


def keep_bot_link(session: Session, *, platform: str, pattern: str) -> None:
    """Notes how an address that leads to the bot of a messenger looks, with `{payload}` in it: the panel makes links
    and codes from it.
    """
    session.merge(Setting(key=f"{BOT_LINK}{platform}", value={"pattern": pattern}))
