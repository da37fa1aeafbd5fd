"""Changes what other nouns ask the dictionaries to keep or to drop."""

from sqlalchemy.orm import Session

from db.dictionaries.models import Organisation, Setting
from db.dictionaries.queries import BOT_LINK


def keep_bot_link(session: Session, *, platform: str, pattern: str) -> None:
    """Notes how an address that leads to the bot of a messenger looks, with `{payload}` in it.

    The panel makes links and codes from it.
    """
    session.merge(Setting(key=f"{BOT_LINK}{platform}", value={"pattern": pattern}))


def drop_organisation(session: Session, *, organisation: Organisation) -> None:
    """Deletes an organisation whose people were moved to the same one under another name."""
    session.delete(organisation)
    session.flush()
