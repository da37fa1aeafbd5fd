"""Reading people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload

from db.accounts.models import Staff
from db.caller import PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Audience, Municipality, Term, TermKind
from db.dictionaries.rules import Rules
from db.errors import NotFoundError
from db.people.models import Consent, ConsentText, MessengerAccount, Person, Role, RoleGrant
from db.people.rules import FIELDS, Option, match, offered_first

TERMS = {
    "position": TermKind.POSITION,
    "subject": TermKind.SUBJECT,
    "qualification": TermKind.QUALIFICATION,
}
COLUMNS = {field: f"{field}_id" for field in (*TERMS, "municipality", "organisation")} | {
    "full_name": "full_name",
    "experience": "experience_years",
}
"""Where each field of the profile is stored."""
PersonId = SQLColumnExpression[int] | int
"""A person's id, or the column of a query that holds it."""


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
    blocked: bool = False
    """The bot is thought to be blocked there: what the person says next shows that it is not."""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """The consent's text in force. `renewing`: the person agreed to an earlier version; `given_at`: to this one."""

    version: int
    text: str
    purposes: tuple[str, ...]
    renewing: bool
    given_at: datetime | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as it stands, names for ids; what is not told yet is empty. Experience in years."""

    person_id: int
    full_name: str | None
    municipality: str | None
    organisation: str | None
    position: str | None
    subject: str | None
    experience: int | None
    qualification: str | None
    saved_at: datetime | None
    reminders: bool
    asked: tuple[str, ...] = FIELDS
    """Fields that this region asks for, in their order."""

    @property
    def gap(self) -> str | None:
        """The next field to ask; none when everything is told."""
        return next((field for field in self.asked if getattr(self, field) is None), None)


@dataclass(frozen=True, slots=True)
class Form:
    """Holds one step of the profile: which field (none: check and save) and what there is to choose from.

    `left` is the school of the former municipality, which the last answer took away.
    """

    profile: Profile
    field: str | None
    options: tuple[Option, ...]
    suggested: tuple[Option, ...] = ()
    saved: str | None = None
    typed: str | None = None
    matches: tuple[Option, ...] | None = None
    left: str | None = None


def visitor(session: Session, *, platform: str, external_id: int) -> Visitor | None:
    """Who this is; nothing for somebody who never gave consent or was erased.

    `consented` means: to the newest published version of every purpose.
    """
    row = session.execute(_VISITOR, {"platform": platform, "external_id": external_id}).one_or_none()
    if row is None:
        return None
    return Visitor(
        person_id=row.id,
        locale=row.locale,
        full_name=row.full_name,
        municipality_id=row.municipality_id,
        consented=row.published > 0 and row.agreed == row.published,
        profile_saved=row.profile_saved_at is not None,
        roles=frozenset(Role(name) for name in (row.roles or "").split(",") if name),
        staff_id=row.staff_id,
        blocked=row.blocked_at is not None,
    )


class Address(NamedTuple):
    """Where a person is in a messenger."""

    platform: str
    external_id: int


def addresses(session: Session, *, person_id: int) -> list[Address]:
    """Everywhere the person is to be found; nothing for who never came to a messenger or is erased."""
    query = select(MessengerAccount.platform, MessengerAccount.external_id)
    rows = session.execute(query.where(MessengerAccount.person_id == person_id).order_by(MessengerAccount.id))
    return [Address(*row) for row in rows]


def in_messenger(person_id: PersonId) -> ColumnElement[bool]:
    """Returns whether somebody is in a messenger, so neither on paper only nor erased, as a condition."""
    return exists().where(MessengerAccount.person_id == person_id)


def reachable(person_id: PersonId) -> ColumnElement[bool]:
    """Returns whether somebody is in a messenger and has not blocked the bot there, as a condition."""
    return exists().where(MessengerAccount.person_id == person_id, MessengerAccount.blocked_at.is_(None))


def has_profile() -> ColumnElement[bool]:
    """Returns the condition on a person that the profile is saved and nobody has had it erased."""
    return and_(Person.erased_at.is_(None), Person.profile_saved_at.is_not(None))


def of_audience(audience: Audience) -> ColumnElement[bool]:
    """Returns the condition on a person to be of an audience by the position; a position of none is a teacher's."""
    held = select(Term.id).where(Term.kind == TermKind.POSITION)
    if audience is not Audience.TEACHER:
        return Person.position_id.in_(held.where(Term.audience == audience))
    others = held.where(Term.audience.is_not(None), Term.audience != audience)
    return or_(Person.position_id.is_(None), Person.position_id.not_in(others))


def blocked_since(person_id: PersonId) -> ScalarSelect[datetime | None]:
    """Returns since when somebody has the bot blocked everywhere; nothing for who is reachable or in no messenger."""
    everywhere = func.count(MessengerAccount.id) == func.count(MessengerAccount.blocked_at)
    since = case((everywhere, func.max(MessengerAccount.blocked_at)))
    return select(since).where(MessengerAccount.person_id == person_id).scalar_subquery()


def addressed(person_id: PersonId) -> ScalarSelect[int]:
    """Returns the id of the account that somebody is written to: the first that has not blocked the bot."""
    account = aliased(MessengerAccount)
    first = select(account.id).where(account.person_id == person_id, account.blocked_at.is_(None))
    return first.order_by(account.id).limit(1).scalar_subquery()


def withdrawn(session: Session, *, person_ids: Collection[int]) -> set[int]:
    """Those of them who have taken back every consent and are to be erased soon; who never gave any is not."""
    query = select(Consent.person_id).where(Consent.person_id.in_(person_ids)).group_by(Consent.person_id)
    return set(session.scalars(query.having(func.count() == func.count(Consent.withdrawn_at))))


def current_consent_texts(session: Session) -> list[ConsentText]:
    """The texts of the newest version, one for each purpose."""
    return list(
        session.scalars(select(ConsentText).where(ConsentText.version == _newest_version()).order_by(ConsentText.id))
    )


def consent(session: Session, *, person_id: int | None = None) -> ConsentView:
    """The consent to show. Raises NotFoundError where no pack is loaded yet."""
    texts = current_consent_texts(session)
    if not texts:
        raise NotFoundError
    given: dict[int, datetime] = {}
    if person_id is not None:
        live = select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        given = {row.consent_text_id: row.given_at for row in session.scalars(live)}
    dates = [given[text.id] for text in texts if text.id in given]
    titles, bodies = zip(*(text.text.split("\n\n", 1) for text in texts), strict=True)
    return ConsentView(
        version=texts[0].version,
        text=bodies[0],
        purposes=titles,
        renewing=bool(given) and len(dates) < len(texts),
        given_at=max(dates) if len(dates) == len(texts) else None,
    )


def settings(session: Session, caller: PersonCaller) -> tuple[Profile, Rules]:
    """Returns what the person has chosen, and the rules of quiet hours beside it. Raises NotFoundError."""
    return profile(session, caller), dictionaries.rules(session)


def profile(session: Session, caller: PersonCaller) -> Profile:
    """Returns the caller's profile with names. Raises NotFoundError for whoever was erased."""
    return profile_of(session, person_id=caller.person_id)


def profile_of(session: Session, *, person_id: int) -> Profile:
    """Returns somebody's profile with names. Raises NotFoundError for nobody."""
    person = session.scalar(
        select(Person)
        .where(Person.id == person_id, Person.erased_at.is_(None))
        .options(
            joinedload(Person.municipality),
            joinedload(Person.organisation),
            joinedload(Person.position),
            joinedload(Person.subject),
            joinedload(Person.qualification),
        )
        .execution_options(populate_existing=True)
    )
    if person is None:
        raise NotFoundError
    return Profile(
        person_id=person.id,
        full_name=person.full_name,
        municipality=person.municipality.name if person.municipality else None,
        organisation=person.organisation.name if person.organisation else None,
        position=person.position.name if person.position else None,
        subject=person.subject.name if person.subject else None,
        experience=person.experience_years,
        qualification=person.qualification.name if person.qualification else None,
        saved_at=person.profile_saved_at,
        reminders=person.reminders,
        asked=_asked(session),
    )


def _asked(session: Session) -> tuple[str, ...]:
    """Returns the fields that are asked for.

    One municipality is known, and a list that the region does not have is no question.
    """
    lists = set(session.scalars(_KINDS))
    known = {field for field, kind in TERMS.items() if kind not in lists}
    if only_municipality(session) is not None:
        known.add("municipality")
    return tuple(field for field in FIELDS if field not in known)


_KINDS = select(Term.kind).where(Term.active).distinct()


def only_municipality(session: Session) -> int | None:
    """Returns the id of the region's municipality where there is just one."""
    found = session.scalars(_TWO_MUNICIPALITIES).all()
    return found[0] if len(found) == 1 else None


_TWO_MUNICIPALITIES = select(Municipality.id).limit(2)


def options(session: Session, *, field: str, person_id: int) -> tuple[Option, ...]:
    """What a field can be chosen from; nothing for a name or a number."""
    if field in TERMS:
        rows = dictionaries.terms(session, kind=TERMS[field])
        return tuple(Option(row.id, row.name, row.short or row.name, code=row.code) for row in rows)
    if field == "municipality":
        return tuple(
            Option(row.id, row.name, row.name, tuple(row.aliases)) for row in dictionaries.municipalities(session)
        )
    if field == "organisation":
        municipality_id = session.scalar(select(Person.municipality_id).where(Person.id == person_id))
        if municipality_id is None:
            return ()
        found = dictionaries.organisations(session, municipality_id=municipality_id)
        # What colleagues typed is shown to nobody else before a methodist has looked at it; what has no name can't be
        # chosen by it.
        return tuple(Option(row.id, row.name, row.name) for row in found if row.confirmed and not row.nameless)
    return ()


def form(session: Session, caller: PersonCaller, *, field: str | None = None, typed: str | None = None) -> Form:
    """Returns one step: the field that was asked for, or the next empty one; an organisation needs its municipality.

    `typed` is what was offered to choose from: it is still there.
    """
    person_id = caller.person_id
    view = profile_of(session, person_id=person_id)
    asked = field if field in view.asked else view.gap
    if asked == "organisation" and view.municipality is None and "municipality" in view.asked:
        asked = "municipality"
    found = options(session, field=asked, person_id=person_id) if asked else ()
    if found and typed:
        return Form(view, asked, found, typed=typed, matches=match(typed, found).options)
    if asked != "subject":
        return Form(view, asked, found)
    position = session.scalar(
        select(Term.code).join(Person, Person.position_id == Term.id).where(Person.id == person_id)
    )
    return Form(view, asked, found, offered_first(position, found))


def role_holders(session: Session, *, platform: str) -> list[tuple[int, str, frozenset[Role], bool]]:
    """Everybody with a role or a staff account who can be written to there: number, language, roles, staff."""
    roles: dict[int, set[Role]] = {}
    for person_id, role in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.revoked_at.is_(None))
    ):
        roles.setdefault(person_id, set()).add(role)
    staff = set(session.scalars(select(Staff.person_id).where(Staff.active, Staff.person_id.is_not(None))))
    accounts = session.execute(
        select(MessengerAccount.person_id, MessengerAccount.external_id, MessengerAccount.locale).where(
            MessengerAccount.platform == platform,
            MessengerAccount.blocked_at.is_(None),
            MessengerAccount.person_id.in_(
                select(RoleGrant.person_id)
                .where(RoleGrant.revoked_at.is_(None))
                .union(select(Staff.person_id).where(Staff.active, Staff.person_id.is_not(None)))
            ),
        )
    )
    return [
        (row.external_id, row.locale, frozenset(roles.get(row.person_id, ())), row.person_id in staff)
        for row in accounts
    ]


def _newest_version() -> ScalarSelect[int | None]:
    return select(func.max(ConsentText.version)).scalar_subquery()


def _visitor() -> Select[Any]:
    """One statement: it runs for everybody who writes after a while, so it is worth one trip."""
    current = ConsentText.version == _newest_version()
    given = select(Consent.consent_text_id).where(Consent.person_id == Person.id, Consent.withdrawn_at.is_(None))
    roles = select(func.aggregate_strings(cast(RoleGrant.role, String), ",")).where(
        RoleGrant.person_id == Person.id, RoleGrant.revoked_at.is_(None)
    )
    query = select(
        Person.id,
        MessengerAccount.locale,
        MessengerAccount.blocked_at,
        Person.full_name,
        Person.municipality_id,
        Person.profile_saved_at,
        select(func.count(ConsentText.id)).where(current).scalar_subquery().label("published"),
        select(func.count(ConsentText.id))
        .where(current, ConsentText.id.in_(given.correlate(Person)))
        .correlate(Person)
        .scalar_subquery()
        .label("agreed"),
        roles.correlate(Person).scalar_subquery().label("roles"),
        select(func.min(Staff.id))
        .where(Staff.person_id == Person.id, Staff.active)
        .correlate(Person)
        .scalar_subquery()
        .label("staff_id"),
    )
    return query.join(MessengerAccount, MessengerAccount.person_id == Person.id).where(
        MessengerAccount.platform == bindparam("platform"), MessengerAccount.external_id == bindparam("external_id")
    )


_VISITOR = _visitor()
