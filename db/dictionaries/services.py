"""Changes what other nouns ask the dictionaries to keep or to drop."""

from sqlalchemy import UniqueConstraint, delete, exists, update
from sqlalchemy.orm import Session

from db.dictionaries.models import Organisation, Setting
from db.dictionaries.queries import BOT_LINK, naming


def keep_bot_link(session: Session, *, platform: str, pattern: str) -> None:
    """Notes how an address that leads to the bot of a messenger looks, with `{payload}` in it.

    The panel makes links and codes from it.
    """
    session.merge(Setting(key=f"{BOT_LINK}{platform}", value={"pattern": pattern}))


def drop_organisation(session: Session, *, organisation: Organisation, into_id: int) -> None:
    """Deletes an organisation that is the same as another one; whatever still names it names the other from now on.

    Of two rows that would say the same then, one stays.
    """
    session.flush()
    for table, column in naming():
        for rule in [one for one in table.constraints if isinstance(one, UniqueConstraint)]:
            if column.name in rule.columns:
                other = table.alias()
                same = [other.c[one.name] == one for one in rule.columns if one is not column]
                twice = exists().where(other.c[column.name] == into_id, *same)
                session.execute(delete(table).where(column == organisation.id, twice))
        session.execute(update(table).where(column == organisation.id).values({column: into_id}))
    session.delete(organisation)
    session.flush()
    session.expire_all()
