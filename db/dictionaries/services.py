"""Loading reference data from a pack and changing the rules."""

from sqlalchemy.orm import Session

from db.dictionaries.models import Setting


def keep_bot(session: Session, *, username: str) -> None:
    """Notes the bot's name in the messenger: the panel makes links and codes that lead to the bot from it."""
    session.merge(Setting(key="bot", value={"username": username}))
