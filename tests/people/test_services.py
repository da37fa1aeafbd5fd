"""Consent, profile, invitations: the rule, the race and the refusal of each, on both databases."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.accounts import staff_services
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.packs import load_pack
from db.people import pack, queries, services
from db.people import staff_services as people_staff_services
from db.people.models import Consent, ConsentText, Invitation, Person, Role, RoleGrant
from db.scope import StaffRole
from db.sites.models import Site, SiteComponent
from tests.support import callers

CONSENT = load_pack("chelyabinsk").about.consent_words


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def count(table: type[Any]) -> Callable[[Session], int]:
    return lambda session: session.scalar(select(func.count()).select_from(table)) or 0


def consented(database: Database, now: datetime, external_id: int = 501) -> int:
    view = database.read(queries.consent)
    return database.write(
        services.give_consent,
        callers.clock(now),
        platform="telegram",
        external_id=external_id,
        version=view.version,
        locale="ru",
    )


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Runs deeds at the same moment; answers results or refusals."""
    gate = threading.Barrier(len(deeds))
    outcomes: list[Any] = [None] * len(deeds)

    def run(number: int, deed: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[number] = deed()
        except DomainError as refusal:
            outcomes[number] = refusal

    threads = [threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def filled(database: Database, person_id: int, now: datetime) -> None:
    for field, text in (
        ("full_name", "соколова мария ивановна"),
        ("municipality", "челябинск"),
        ("organisation", "школа 67"),
        ("position", "воспитатель"),
        ("subject", "математика"),
        ("experience", "12 лет"),
        ("qualification", "высшая"),
    ):
        form = database.write(services.type_field, callers.person(person_id, now), field=field, text=text)
        if form.saved is None:
            assert form.matches
            database.write(services.pick_field, callers.person(person_id), field=field, value=form.matches[0].id)


# --- consent ---


def test_the_same_consent_text_is_published_once(database: Database, now: datetime) -> None:
    before = database.read(count(ConsentText))
    assert database.write(pack.publish, callers.clock(now), consent=CONSENT) == 1
    assert database.read(count(ConsentText)) == before == len(CONSENT.purposes)


@pytest.mark.parametrize("number", [1, 2])
def test_changed_words_ask_again_even_under_the_old_number(database: Database, now: datetime, number: int) -> None:
    consented(database, now)
    changed = CONSENT.model_copy(update={"version": number, "text": CONSENT.text + "\n\nЕщё слово."})
    assert database.write(pack.publish, callers.clock(now), consent=changed) == 2
    visitor = database.read(queries.visitor, platform="telegram", external_id=501)
    assert visitor is not None
    assert not visitor.consented
    assert database.read(queries.consent, person_id=visitor.person_id).renewing
    consented(database, now + timedelta(days=1))
    assert database.read(queries.visitor, platform="telegram", external_id=501).consented  # type: ignore[union-attr]
    assert database.read(count(Consent)) == 2 * len(CONSENT.purposes), "the earlier consent is kept as a record"


def test_a_purpose_that_is_gone_is_not_asked_for(database: Database, now: datetime) -> None:
    fewer = CONSENT.model_copy(update={"purposes": CONSENT.purposes[:2]})
    database.write(pack.publish, callers.clock(now), consent=fewer)
    consented(database, now)
    assert database.read(queries.visitor, platform="telegram", external_id=501).consented  # type: ignore[union-attr]
    assert database.read(count(Consent)) == 2


def test_consent_is_kept_per_purpose_with_hash_version_and_time(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    view = database.read(queries.consent, person_id=person_id)
    assert view.given_at == now
    assert len(view.purposes) == len(CONSENT.purposes)
    named = "\n".join(f"— {purpose.title}" for purpose in CONSENT.purposes)
    assert view.text == CONSENT.text.replace("{purposes}", named), "one reads what one agrees to"
    hashes = database.read(lambda session: session.scalars(select(ConsentText.text_hash)).all())
    assert len({len(one) for one in hashes}) == 1


def test_consent_to_an_outdated_version_is_refused_and_stores_nothing(database: Database, now: datetime) -> None:
    with pytest.raises(ConflictError, match="consent_changed"):
        database.write(
            services.give_consent, callers.clock(now), platform="telegram", external_id=501, version=7, locale="ru"
        )
    assert database.read(count(Person)) == 0


def test_many_consent_taps_at_once_make_one_person(database: Database, now: datetime) -> None:
    people = at_once(*(lambda: consented(database, now) for _ in range(6)))
    assert len(set(people)) == 1
    assert database.read(count(Person)) == 1
    assert database.read(count(Consent)) == len(CONSENT.purposes)


# --- profile ---


def test_a_profile_is_filled_step_by_step_and_saved(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    assert database.read(queries.form, callers.person(person_id)).field == "full_name"
    with pytest.raises(DomainError, match="profile_incomplete"):
        database.write(services.save_profile, callers.person(person_id, now))
    filled(database, person_id, now)
    profile = database.write(services.save_profile, callers.person(person_id, now)).profile
    assert (profile.full_name, profile.municipality) == ("Соколова Мария Ивановна", "Челябинский ГО")
    assert (profile.organisation, profile.position) == ("МБОУ «СОШ № 67»", "Воспитатель")
    assert (profile.subject, profile.experience, profile.qualification) == ("Математика", 12, "Высшая")
    again = database.write(services.save_profile, callers.person(person_id, now + timedelta(days=1))).profile
    assert again.saved_at == now, "saving twice keeps the first date"


def test_another_municipality_asks_for_the_organisation_anew(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    filled(database, person_id, now)
    same = database.write(services.type_field, callers.person(person_id, now), field="municipality", text="челябинск")
    assert same.profile.organisation == "МБОУ «СОШ № 67»"
    other = database.write(
        services.type_field, callers.person(person_id, now), field="municipality", text="миасский го"
    )
    assert (other.field, other.profile.organisation) == ("organisation", None)


def test_an_organisation_of_another_municipality_cannot_be_picked(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    filled(database, person_id, now)
    foreign = database.read(
        lambda session: session.scalars(
            select(Organisation.id)
            .join(Municipality, Municipality.id == Organisation.municipality_id)
            .where(Municipality.code == "miassky-go")
        ).first()
    )
    assert foreign is not None
    with pytest.raises(NotFoundError):
        database.write(services.pick_field, callers.person(person_id), field="organisation", value=foreign)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("municipality", 10_000),
        ("position", 10_000),
        ("experience", 71),
        ("experience", -1),
        ("full_name", 1),
        ("external_id", 1),
    ],
)
def test_a_forged_answer_is_refused(database: Database, now: datetime, field: str, value: int) -> None:
    person_id = consented(database, now)
    with pytest.raises(NotFoundError):
        database.write(services.pick_field, callers.person(person_id), field=field, value=value)


def test_a_term_of_another_list_is_refused(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    subject = database.read(queries.options, field="subject", person_id=person_id)[0]
    with pytest.raises(NotFoundError):
        database.write(services.pick_field, callers.person(person_id), field="position", value=subject.id)


def test_one_new_organisation_typed_by_many_at_once_is_one_unconfirmed_row(database: Database, now: datetime) -> None:
    people = [consented(database, now, 600 + number) for number in range(4)]
    for person_id in people:
        database.write(services.type_field, callers.person(person_id, now), field="municipality", text="челябинск")
    forms = at_once(
        *(
            lambda person_id=person_id: database.write(
                services.own_organisation, callers.person(person_id), name="Частная  школа «Росток»"
            )
            for person_id in people
        )
    )
    assert {form.profile.organisation for form in forms} == {"Частная школа «Росток»"}
    rows = database.read(
        lambda session: session.scalars(select(Organisation).where(Organisation.name.like("Частная%"))).all()
    )
    assert [row.confirmed for row in rows] == [False]


def test_an_organisation_needs_a_municipality_and_a_name(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    with pytest.raises(NotFoundError):
        database.write(services.own_organisation, callers.person(person_id), name="Школа")
    database.write(services.type_field, callers.person(person_id, now), field="municipality", text="челябинск")
    for name in ("№", "ab", "x" * 201):
        with pytest.raises(DomainError, match="organisation_short"):
            database.write(services.own_organisation, callers.person(person_id), name=name)


def test_suggested_subjects_follow_the_position(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    filled(database, person_id, now)
    form = database.read(queries.form, callers.person(person_id), field="subject")
    assert form.suggested[0].name == "Дошкольное образование"


# --- roles ---


def invitation(database: Database, now: datetime) -> str:
    staff_id = database.write(
        staff_services.create_staff,
        callers.clock(now),
        login="region",
        name="Орлова Елена",
        role=StaffRole.REGIONAL_METHODIST,
    )
    return database.write(people_staff_services.invite, callers.administrator(now, staff_id), role=Role.MENTOR)


def test_one_of_several_takes_an_invitation_and_may_open_it_again(database: Database, now: datetime) -> None:
    token = invitation(database, now)
    people = [consented(database, now, 700 + number) for number in range(5)]
    outcomes = at_once(
        *(
            lambda person_id=person_id: database.write(
                services.accept_invitation, callers.person(person_id, now), token=token
            )
            for person_id in people
        )
    )
    assert [one for one in outcomes if one == Role.MENTOR] == [Role.MENTOR]
    assert {one.code for one in outcomes if isinstance(one, DomainError)} == {"invitation_used"}
    winner = people[outcomes.index(Role.MENTOR)]
    assert database.write(services.accept_invitation, callers.person(winner, now), token=token) is Role.MENTOR
    assert database.read(count(RoleGrant)) == 1
    assert token not in database.read(lambda session: session.scalars(select(Invitation.token_hash)).all())


def test_an_invitation_ends(database: Database, now: datetime) -> None:
    token = invitation(database, now)
    person_id = consented(database, now)
    with pytest.raises(DomainError, match="invitation_over"):
        database.write(services.accept_invitation, callers.person(person_id, now + timedelta(days=15)), token=token)
    with pytest.raises(DomainError, match="invitation_over"):
        database.write(services.accept_invitation, callers.person(person_id, now), token="guessed")


def test_blocked_and_back(database: Database, now: datetime) -> None:
    person_id = consented(database, now)

    def since(session: Session) -> datetime | None:
        return session.scalar(select(queries.blocked_since(person_id)))

    database.write(services.mark_blocked, callers.clock(now), platform="telegram", external_id=501)
    database.write(services.mark_blocked, callers.clock(now + timedelta(days=1)), platform="telegram", external_id=501)
    assert database.read(since) == now
    database.write(services.mark_back, platform="telegram", external_id=501)
    assert database.read(since) is None


def test_what_a_colleague_typed_is_not_offered_before_it_is_confirmed(database: Database, now: datetime) -> None:
    first, second = consented(database, now, 601), consented(database, now, 602)
    for person_id in (first, second):
        database.write(services.type_field, callers.person(person_id, now), field="municipality", text="челябинск")
    database.write(services.own_organisation, callers.person(first), name="Частная школа «Росток»")
    offered = database.read(queries.options, field="organisation", person_id=second)
    assert "Частная школа «Росток»" not in {option.name for option in offered}
    form = database.write(
        services.type_field, callers.person(second, now), field="organisation", text="частная школа росток"
    )
    assert form.saved is None


# --- what there is to choose between ---


def test_what_a_region_has_one_of_or_none_of_is_not_asked(database: Database, now: datetime) -> None:
    """A district is one municipality: its newcomers chose from a list of one; without categories one was asked for."""

    def one_place(session: Session) -> int:
        kept = session.scalars(select(Municipality.id).where(Municipality.code == "ashinsky-mr")).one()
        session.execute(delete(SiteComponent))
        session.execute(delete(Site))
        session.execute(delete(Organisation).where(Organisation.municipality_id != kept))
        session.execute(delete(Municipality).where(Municipality.id != kept))
        session.execute(delete(Term).where(Term.kind == TermKind.QUALIFICATION))
        return kept

    place = database.write(one_place)
    person_id = consented(database, now)
    form = database.write(services.type_field, callers.person(person_id, now), field="full_name", text="Иванова Анна")
    assert form.profile.asked == ("full_name", "organisation", "position", "subject", "experience")
    assert (form.field, form.profile.municipality) == ("organisation", "Ашинский МР")
    assert {option.name for option in form.options} >= {"МБОУ «СОШ № 3»"}
    forged = database.read(queries.form, callers.person(person_id, now), field="municipality")
    assert forged.field == "organisation"
    assert database.read(lambda session: session.get_one(Person, person_id).municipality_id) == place
