"""What must be true of profiles, consents and erasures."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.dictionaries.models import Organisation
from db.people.models import Person
from db.storage import Storage
from db.texts import quoted

RULES = {
    "has a profile without any consent": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NULL AND p.full_name IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id)""",
    "is erased, but a name or a messenger account is still there": """
        SELECT 'person ' || p.id FROM person p WHERE p.erased_at IS NOT NULL AND (p.full_name IS NOT NULL
        OR EXISTS (SELECT 1 FROM messenger_account a WHERE a.person_id = p.id))""",
    "is erased, but may still stand in the database's files: the bot tries every minute": """
        SELECT 'person ' || person_id FROM erasure WHERE done_at IS NOT NULL AND scrubbed_at IS NULL""",
}


def same_name(session: Session, /, *, storage: Storage) -> list[str]:
    """Names in another form than the one that is searched for: an upgrade left them, as another has that name there."""
    names = {
        "organisation": session.execute(select(Organisation.id, Organisation.name)),
        "person": session.execute(select(Person.id, Person.full_name).where(Person.full_name.is_not(None))),
    }
    return [
        f"{what} {number}: is called as another there in other signs; see which of the two is right"
        for what, rows in names.items()
        for number, name in rows
        if name is not None and name != quoted(name)
    ]


LOOKS = (same_name,)
