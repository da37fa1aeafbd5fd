"""A person's own row: what is kept, how it ends."""

from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from db.accounts.services import pass_account, untie_person
from db.caller import Caller
from db.dictionaries.models import Organisation
from db.dictionaries.queries import unnamed
from db.people import queries, roles
from db.people.models import (
    Claim,
    Consent,
    ConsentText,
    Invitation,
    MessengerAccount,
    Person,
    PersonMerge,
    Role,
    RoleGrant,
)
from db.reassign import reassign

PLACE = 10


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns nothing: the profile is shown itself."""
    return {}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Profile, messengers, consents and roles."""
    view = queries.profile_of(session, person_id=person_id)
    person = session.get_one(Person, person_id)
    consents = session.execute(
        select(ConsentText.purpose, ConsentText.version, ConsentText.text, Consent.given_at, Consent.withdrawn_at)
        .join(Consent, Consent.consent_text_id == ConsentText.id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.id)
    )
    accounts = session.scalars(
        select(MessengerAccount).where(MessengerAccount.person_id == person_id).order_by(MessengerAccount.id)
    )
    roles = session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id).order_by(RoleGrant.id))
    return {
        "profile": {
            "full_name": view.full_name,
            "municipality": view.municipality,
            "organisation": view.organisation,
            "position": view.position,
            "subject": view.subject,
            "experience": view.experience,
            "birth_date": person.birth_date,
            "qualification": view.qualification,
            "reminders": view.reminders,
            "created_at": person.created_at,
            "profile_saved_at": view.saved_at,
        },
        "accounts": [
            {
                "platform": row.platform,
                "external_id": row.external_id,
                "locale": row.locale,
                "blocked_at": row.blocked_at,
            }
            for row in accounts
        ],
        "consents": [
            {
                "purpose": row.text.partition("\n")[0],
                "version": row.version,
                "given_at": row.given_at,
                "withdrawn_at": row.withdrawn_at,
            }
            for row in consents
        ],
        "roles": [
            {
                "role": row.role.value,
                "granted_at": row.granted_at,
                "order_number": row.order_number,
                "reason": row.reason,
                "revoked_at": row.revoked_at,
                "revoked_reason": row.revoked_reason,
            }
            for row in roles
        ],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """The consent is withdrawn: roles end, a staff account is no longer connected to the chat."""
    withdrawn = session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=caller.now)
        .returning(Consent.id)
    ).all()
    ended = session.execute(
        update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .values(revoked_at=caller.now)
        .returning(RoleGrant.id)
    ).all()
    untie_person(session, person_id=person_id)
    return {"consents": len(withdrawn), "roles": len(ended)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Makes the row anonymous and drops its messengers; dates of consent stay as the proof (152-ФЗ, art. 9).

    An organisation that only this person typed goes as well: people type all sorts of things.
    """
    counts = stop(session, caller, person_id=person_id)
    person = session.get_one(Person, person_id, with_for_update=True)
    organisation_id = person.organisation_id
    session.execute(delete(MessengerAccount).where(MessengerAccount.person_id == person_id))
    for column in ("full_name", "municipality_id", "organisation_id", "position_id", "subject_id"):
        setattr(person, column, None)
    person.qualification_id = person.experience_years = person.profile_saved_at = person.birth_date = None
    person.erased_at = caller.now
    session.flush()
    if organisation_id is not None:
        session.execute(
            delete(Organisation).where(
                Organisation.id == organisation_id,
                Organisation.confirmed.is_(False),
                unnamed(),
            )
        )
    session.execute(update(RoleGrant).where(RoleGrant.person_id == person_id).values(reason=None, revoked_reason=None))
    session.execute(update(Invitation).where(Invitation.used_by == person_id).values(used_by=None))
    session.execute(delete(Claim).where(or_(Claim.record_id == person_id, Claim.person_id == person_id)))
    session.execute(delete(PersonMerge).where(or_(PersonMerge.kept_id == person_id, PersonMerge.gone_id == person_id)))
    return counts


FILLED = ("full_name", "position_id", "subject_id", "qualification_id", "experience_years")


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves messengers, consents, roles and links, fills in what the kept row does not say, and empties the other.

    Raises DomainError `merge_accounts` where both have an account of the panel.
    """
    kept, gone = session.get_one(Person, kept_id), session.get_one(Person, gone_id)
    for name in FILLED:
        if getattr(kept, name) is None:
            setattr(kept, name, getattr(gone, name))
    if kept.organisation_id is None and kept.municipality_id in (None, gone.municipality_id):
        kept.municipality_id, kept.organisation_id = gone.municipality_id, gone.organisation_id
    kept.created_at = min(kept.created_at, gone.created_at)
    met = queries.addresses(session, person_id=kept_id) or queries.addresses(session, person_id=gone_id)
    kept.birth_date = None if met else kept.birth_date or gone.birth_date
    for name in (*FILLED, "municipality_id", "organisation_id", "profile_saved_at", "birth_date"):
        setattr(gone, name, None)
    gone.erased_at, gone.merged_into_id = caller.now, kept_id
    session.flush()
    pass_account(session, from_id=gone_id, to_id=kept_id)
    held = {Role(one) for one in session.scalars(_live_roles(kept_id))}
    for role in session.scalars(_live_roles(gone_id)).all():
        if role in held:
            roles.revoke(session, caller, person_id=gone_id, role=role)
    session.execute(
        update(Claim)
        .where(Claim.closed_at.is_(None), or_(Claim.record_id == gone_id, Claim.person_id == gone_id))
        .values(closed_at=caller.now)
    )
    alike = [Consent.consent_text_id, Consent.given_at]
    reassign(session, Consent.person_id, kept_id=kept_id, gone_id=gone_id, alike=alike)
    for column in (
        MessengerAccount.person_id,
        RoleGrant.person_id,
        Invitation.used_by,
        Claim.record_id,
        Claim.person_id,
        Person.merged_into_id,
    ):
        reassign(session, column, kept_id=kept_id, gone_id=gone_id)


def _live_roles(person_id: int) -> Select[Any]:
    return select(RoleGrant.role).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
