"""Reading people."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.people.models import Consent, ConsentText, Person, Role, RoleGrant, Staff


@dataclass(frozen=True, slots=True)
class Visitor:
    """What the bot needs to know of whoever writes, on every update. Cached for seconds; use cases check again."""

    person_id: int
    locale: str
    full_name: str | None
    municipality_id: int | None
    consented: bool
    profile_saved: bool
    roles: frozenset[Role]
    staff_id: int | None


def visitor(session: Session, *, external_id: int, platform: str = "telegram") -> Visitor | None:
    """Who this is; nothing for somebody who never gave consent or was erased.

    `consented` means: to the newest published version of every purpose.
    """
    person = session.scalar(
        select(Person).where(
            Person.platform == platform, Person.external_id == external_id, Person.erased_at.is_(None)
        )
    )
    if person is None:
        return None
    given = set(
        session.scalars(
            select(Consent.consent_text_id).where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
        )
    )
    newest = current_consent_texts(session)
    roles = session.scalars(
        select(RoleGrant.role).where(RoleGrant.person_id == person.id, RoleGrant.revoked_at.is_(None))
    )
    return Visitor(
        person_id=person.id,
        locale=person.locale,
        full_name=person.full_name,
        municipality_id=person.municipality_id,
        consented=bool(newest) and {text.id for text in newest} <= given,
        profile_saved=person.profile_saved_at is not None,
        roles=frozenset(roles),
        staff_id=session.scalar(select(Staff.id).where(Staff.person_id == person.id, Staff.active)),
    )


def current_consent_texts(session: Session) -> list[ConsentText]:
    """The newest version of the text of each purpose."""
    newest: dict[str, ConsentText] = {}
    for text in session.scalars(select(ConsentText).order_by(ConsentText.version)):
        newest[text.purpose] = text
    return list(newest.values())
