"""Invites people to roles and puts their workplaces right, as the panel does."""

import secrets
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries import services as dictionaries
from db.dictionaries.models import Organisation
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.people import services
from db.people.models import Invitation, Person, Role
from db.people.queries import withdrawn

INVITATION_LASTS = timedelta(days=14)


def refuse_withdrawn(session: Session, person_id: int) -> None:
    """Between withdrawal and erasure nothing new begins with a person. Raises DomainError `person_withdrawn`."""
    if withdrawn(session, person_ids=[person_id]):
        raise DomainError("person_withdrawn")


def invite(session: Session, caller: StaffCaller, *, role: Role) -> str:
    """Makes an invitation to a role and returns the token of its link `inv_<token>`; only the hash is kept.

    Nobody is invited into the active: that is what a selection decides. Raises ForbiddenError for a reader, DomainError
    `membership_by_decision`.
    """
    if not caller.scope.can_write:
        raise ForbiddenError
    if role is Role.ACTIVE_MEMBER:
        raise DomainError("membership_by_decision")
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            token_hash=services.token_hash(token),
            role=role,
            created_by=caller.scope.staff_id,
            expires_at=caller.now + INVITATION_LASTS,
        )
    )
    audit.record(session, caller, action="people.invite", object_type="invitation", object_id=None, role=role.value)
    return token


def merge_organisations(session: Session, caller: StaffCaller, *, organisation_id: int, into_id: int) -> int:
    """Moves everybody from a typed organisation to the known one of the same municipality; returns how many.

    Raises NotFoundError, and DomainError `organisation_merge` where the two are not such a pair.
    """
    typed, known = session.get(Organisation, organisation_id), session.get(Organisation, into_id)
    if typed is None or known is None:
        raise NotFoundError
    caller.scope.check_write(typed)
    if typed.confirmed or typed.id == known.id or typed.municipality_id != known.municipality_id:
        raise DomainError("organisation_merge")
    moved = session.scalars(
        update(Person)
        .where(Person.organisation_id == organisation_id)
        .values(organisation_id=into_id)
        .returning(Person.id)
    ).all()
    dictionaries.drop_organisation(session, organisation=typed, into_id=into_id)
    audit.record(
        session,
        caller,
        action="organisations.merge",
        object_type="organisation",
        object_id=organisation_id,
        into=into_id,
    )
    return len(moved)
