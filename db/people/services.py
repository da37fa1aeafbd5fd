"""What happens to people: consent, profile, roles. Erasure is in `db.erasure`, because it reaches every noun."""

import hashlib
from dataclasses import replace

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.services import tie_person
from db.accounts.staff_queries import scope_of
from db.caller import Caller, PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Organisation, Term
from db.errors import ConflictError, DomainError, NotFoundError
from db.people import queries, roles, rules
from db.people.models import Consent, Erasure, Invitation, MessengerAccount, Person, Role
from db.people.queries import COLUMNS, TERMS, Form
from db.upsert import insert


def give_consent(
    session: Session, caller: Caller, *, platform: str, external_id: int, version: int, locale: str
) -> int:
    """The tap on «I agree»: the first moment at which anything about a person is stored. Answers the person's id.

    The same tap again changes nothing. A withdrawal that waits to be carried out is taken back.
    Raises ConflictError `consent_changed` when these words are not in force any more.
    """
    texts = queries.current_consent_texts(session)
    if not texts or texts[0].version != version:
        raise ConflictError("consent_changed")
    person = _person_at(session, platform, external_id)
    if person is None:
        person = Person(reminders=True, created_at=caller.now)
        session.add(person)
        session.flush()
        if not _open_account(session, person.id, platform, external_id, locale):
            session.delete(person)  # another process took the same tap
            session.flush()
            person = _person_at(session, platform, external_id)
            if person is None:
                raise NotFoundError
    live = select(Consent.consent_text_id).where(Consent.person_id == person.id, Consent.withdrawn_at.is_(None))
    given = set(session.scalars(live))
    rows = [
        {"person_id": person.id, "consent_text_id": text.id, "given_at": caller.now, "withdrawn_at": None}
        for text in texts
        if text.id not in given
    ]
    if rows:  # given, withdrawn and given again in one moment is given
        session.execute(
            insert(session, Consent)
            .values(rows)
            .on_conflict_do_update(
                index_elements=["person_id", "consent_text_id", "given_at"], set_={"withdrawn_at": None}
            )
        )
    session.execute(delete(Erasure).where(Erasure.person_id == person.id, Erasure.done_at.is_(None)))
    mark_back(session, platform=platform, external_id=external_id)
    return person.id


def type_field(session: Session, caller: PersonCaller, *, field: str, text: str) -> Form:
    """Takes a typed answer of the profile and returns the next step.

    What can only mean one thing is stored; else the same step is returned with `typed` and its `matches`. Raises
    DomainError where the text is no name or no number of years.
    """
    if field == "full_name":
        return _store(session, caller, field, rules.full_name(text))
    if field == "experience":
        return _store(session, caller, field, rules.years(text, caller.now))
    form = queries.form(session, caller, field=field)
    if form.field != field:
        return form
    if field == "organisation":
        text = rules.organisation(text)
    found = rules.match(text, form.options)
    if found.sure is not None:
        return _store(session, caller, field, found.sure.id)
    return replace(form, typed=text, matches=found.options)


def pick_field(session: Session, caller: PersonCaller, *, field: str, value: int) -> Form:
    """Stores a tapped answer: an id of the field's list or a number of years. Raises NotFoundError for others."""
    if field == "experience":
        if not 0 <= value <= rules.MOST_YEARS:
            raise NotFoundError
    elif field == "municipality":
        if session.get(Municipality, value) is None:
            raise NotFoundError
    elif field == "organisation":
        found = session.get(Organisation, value)
        person = session.get(Person, caller.person_id)
        if found is None or found.nameless or person is None or found.municipality_id != person.municipality_id:
            raise NotFoundError
    elif field in TERMS:
        term = session.get(Term, value)
        if term is None or term.kind is not TERMS[field]:
            raise NotFoundError
    else:
        raise NotFoundError
    return _store(session, caller, field, value)


def own_organisation(session: Session, caller: PersonCaller, *, name: str) -> Form:
    """Stores an organisation that the list does not have, unconfirmed until a methodist looks at it.

    Raises DomainError `organisation_short`; NotFoundError before a municipality is chosen.
    """
    name = rules.organisation(name)
    person = _living(session, caller.person_id)
    if person.municipality_id is None:
        raise NotFoundError
    row = {"municipality_id": person.municipality_id, "name": name, "confirmed": False}
    session.execute(insert(session, Organisation).values(row).on_conflict_do_nothing())
    organisation_id = session.scalars(
        select(Organisation.id).where(Organisation.municipality_id == person.municipality_id, Organisation.name == name)
    ).one()
    return _store(session, caller, "organisation", organisation_id)


def come_from(session: Session, caller: PersonCaller, *, organisation_id: int) -> tuple[Form, str]:
    """Stores the place of work whose poster a newcomer came by; returns the next step and the organisation's name.

    A saved profile stays as its owner left it. Raises NotFoundError, for a place that nobody has confirmed too.
    """
    person, found = _living(session, caller.person_id), session.get(Organisation, organisation_id)
    if found is None or not found.confirmed or found.nameless:
        raise NotFoundError
    if person.profile_saved_at is None:
        person.municipality_id, person.organisation_id = found.municipality_id, found.id
        session.flush()
    return queries.form(session, caller), found.name


def save_profile(session: Session, caller: PersonCaller) -> Form:
    """Saves the profile that was looked over. Raises DomainError `profile_incomplete` while something is missing."""
    person = _living(session, caller.person_id)
    form = queries.form(session, caller)
    if form.field is not None:
        raise DomainError("profile_incomplete")
    person.profile_saved_at = person.profile_saved_at or caller.now
    session.flush()
    return form


def link_account(session: Session, caller: PersonCaller, *, platform: str, external_id: int, locale: str) -> None:
    """Has the person be written to in one more messenger; one's own account again changes nothing.

    Raises DomainError `account_elsewhere` where it is somebody else's.
    """
    person = _living(session, caller.person_id)
    if not _open_account(session, person.id, platform, external_id, locale):
        owner = _person_at(session, platform, external_id)
        if owner is None or owner.id != person.id:
            raise DomainError("account_elsewhere")


def change_reminders(session: Session, caller: PersonCaller, *, wanted: bool) -> int:
    """Changes whether unasked messages come at all: what waits is dropped when it is due.

    Returns how many may come in a week.
    """
    _living(session, caller.person_id).reminders = wanted
    return dictionaries.rules(session).unasked_per_week


def change_language(session: Session, *, platform: str, external_id: int, locale: str) -> None:
    """Changes the language in one messenger. Raises NotFoundError for whoever is not known there."""
    mine = _account(platform, external_id).values(locale=locale)
    if session.scalar(mine.returning(MessengerAccount.id)) is None:
        raise NotFoundError


def mark_blocked(session: Session, caller: Caller, *, platform: str, external_id: int) -> None:
    """The person blocked the bot: nothing is sent there until they come back."""
    unblocked = _account(platform, external_id).where(MessengerAccount.blocked_at.is_(None))
    session.execute(unblocked.values(blocked_at=caller.now))


def mark_back(session: Session, *, platform: str, external_id: int) -> int | None:
    """The person came back: messages may be sent again. Returns who it is, nothing for who is not known there."""
    back = _account(platform, external_id).values(blocked_at=None)
    return session.scalar(back.returning(MessengerAccount.person_id))


def mark_back_everywhere(session: Session, *, person_id: int) -> None:
    """The person may have come back: the next message shows."""
    session.execute(
        update(MessengerAccount)
        .where(MessengerAccount.person_id == person_id, MessengerAccount.blocked_at.is_not(None))
        .values(blocked_at=None)
    )


def accept_invitation(session: Session, caller: PersonCaller, *, token: str) -> Role:
    """Takes the invited role; of several who open the link at once exactly one succeeds, who may open it again.

    Raises DomainError `invitation_used`, `invitation_over`, `invitation_elsewhere` (its author serves another
    municipality).
    """
    _living(session, caller.person_id)
    statement = (
        update(Invitation)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > caller.now,
            Invitation.role != Role.ACTIVE_MEMBER,  # such a link is of an older version: a selection decides that
        )
        .values(used_by=caller.person_id, used_at=caller.now)
        .returning(Invitation.role, Invitation.created_by)
    )
    taken = session.execute(statement).one_or_none()
    if taken is None:
        row = session.scalar(select(Invitation).where(Invitation.token_hash == token_hash(token)))
        if row is not None and row.used_by == caller.person_id:
            return row.role
        raise DomainError("invitation_used" if row is not None and row.used_by is not None else "invitation_over")
    _check_reach(session, caller.person_id, taken.created_by)
    roles.grant(session, caller, person_id=caller.person_id, role=taken.role, granted_by=taken.created_by)
    return Role(taken.role)


def _check_reach(session: Session, person_id: int, staff_id: int) -> None:
    """A link gives no more than its author may give by hand now: own municipalities, while the account may write."""
    author = session.get_one(Staff, staff_id)
    if not author.active or not scope_of(author).can_write:
        raise DomainError("invitation_over")
    if not scope_of(author).sees(session.get_one(Person, person_id)):
        raise DomainError("invitation_elsewhere")


def _account(platform: str, external_id: int) -> Update:
    return update(MessengerAccount).where(
        MessengerAccount.platform == platform, MessengerAccount.external_id == external_id
    )


def _person_at(session: Session, platform: str, external_id: int) -> Person | None:
    """Locks whoever is at this number: an erasure that was under way has ended then, and they are nobody."""
    there = select(MessengerAccount.person_id).where(
        MessengerAccount.platform == platform, MessengerAccount.external_id == external_id
    )
    query = select(Person).where(Person.id == there.scalar_subquery(), Person.erased_at.is_(None))
    return session.scalar(query.with_for_update())


def _open_account(session: Session, person_id: int, platform: str, external_id: int, locale: str) -> bool:
    row = {"person_id": person_id, "platform": platform, "external_id": external_id, "locale": locale}
    statement = insert(session, MessengerAccount).values(row)
    statement = statement.on_conflict_do_nothing(index_elements=["platform", "external_id"])
    return session.scalar(statement.returning(MessengerAccount.id)) is not None


def _living(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    return person


def _store(session: Session, caller: PersonCaller, field: str, value: int | str) -> Form:
    person = _living(session, caller.person_id)
    if person.municipality_id is None:
        person.municipality_id = queries.only_municipality(session)
    left = None
    if field == "municipality" and person.municipality_id != value:
        left = person.organisation.name if person.organisation else None
        person.organisation_id = None  # it belongs to the former municipality
    setattr(person, COLUMNS[field], value)
    session.flush()
    return replace(queries.form(session, caller), saved=field, left=left)


def token_hash(token: str) -> str:
    """Returns what is kept of a token that opens something: of an invitation, a link, a program."""
    return hashlib.sha256(token.encode()).hexdigest()


def connect_person(session: Session, caller: PersonCaller, *, token: str) -> int:
    """Ties the person in the bot to the account whose `st_` link was opened; returns the account's id.

    Raises what `tie_person` does, and NotFoundError for somebody who was erased meanwhile.
    """
    _living(session, caller.person_id)
    return tie_person(session, caller, token=token)
