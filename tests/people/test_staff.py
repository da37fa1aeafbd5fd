"""Accounts of the panel: passwords, one-time links, scope."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from db.accounts import services, staff_queries
from db.accounts import staff_services as accounts_staff_services
from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.people import services as people_services
from db.people import staff_queries as people_staff_queries
from db.people import staff_services
from db.people.models import Role
from db.scope import StaffRole
from tests.support.town import add_teacher

PASSWORD = "correct horse battery"


@pytest.fixture
def number(database: Database, clock: FrozenClock) -> int:
    """An administrator's account."""
    return database.write(
        accounts_staff_services.create_staff,
        login="Admin",
        name=" Анна  Ивановна ",
        role=StaffRole.ADMINISTRATOR,
        password=PASSWORD,
        now=clock.now(),
    )


def test_a_password_fits_whatever_the_case_of_the_login(database: Database, number: int) -> None:
    assert database.read(services.authenticate, login=" ADMIN ", password=PASSWORD) == number
    assert database.read(services.authenticate, login="admin", password=PASSWORD + "x") is None
    assert database.read(services.authenticate, login="nobody", password=PASSWORD) is None
    stored = database.read(lambda session: session.get(Staff, number))
    assert stored is not None
    assert stored.name == "Анна Ивановна"
    assert "m=19456,t=2,p=1" in (stored.password_hash or "")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"login": "a"}, "staff_login"),
        ({"login": "with space"}, "staff_login"),
        ({"login": "ADMIN"}, "staff_login_taken"),
        ({"name": " "}, "staff_name"),
        ({"password": "short"}, "staff_password"),
        ({"role": StaffRole.MUNICIPAL_METHODIST}, "staff_municipality"),
        ({"municipality_codes": ["atlantis"]}, "staff_municipality_unknown"),
    ],
)
def test_a_wrong_account_is_refused_by_name(
    database: Database, clock: FrozenClock, number: int, values: dict[str, object], code: str
) -> None:
    right = {"login": "second", "name": "Вторая", "role": StaffRole.READER, "password": PASSWORD, "now": clock.now()}
    with pytest.raises(DomainError) as refusal:
        database.write(accounts_staff_services.create_staff, **{**right, **values})  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_of_two_hundred_at_once_one_spends_the_link(database: Database, clock: FrozenClock, number: int) -> None:
    token = database.write(services.issue_link, staff_id=number, purpose=LinkPurpose.SIGN_IN, now=clock.now())

    def spend(_: int) -> int | None:
        try:
            return database.write(services.consume_link, token=token, purpose=LinkPurpose.SIGN_IN, now=clock.now())
        except DomainError as refusal:
            assert refusal.code == "link_spent"
            return None

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(spend, range(200)))
    assert [outcome for outcome in outcomes if outcome is not None] == [number]


def test_a_link_is_kept_as_a_hash_and_ends(database: Database, clock: FrozenClock, number: int) -> None:
    old = database.write(services.issue_link, staff_id=number, purpose=LinkPurpose.SIGN_IN, now=clock.now())
    token = database.write(services.issue_link, staff_id=number, purpose=LinkPurpose.SIGN_IN, now=clock.now())
    row = database.read(lambda session: session.scalars(select(OneTimeLink)).one())
    assert token not in row.token_hash
    assert len(token) >= 43
    late = clock.now() + timedelta(minutes=10)
    for spent, purpose, now in (
        (old, LinkPurpose.SIGN_IN, clock.now()),
        (token, LinkPurpose.CONNECT, clock.now()),
        (token, LinkPurpose.SIGN_IN, late),
        ("", LinkPurpose.SIGN_IN, clock.now()),
    ):
        with pytest.raises(DomainError, match="link_spent"):
            database.write(services.consume_link, token=spent, purpose=purpose, now=now)
    assert database.write(services.consume_link, token=token, purpose=LinkPurpose.SIGN_IN, now=clock.now()) == number


def test_a_link_of_an_account_that_was_switched_off_is_dead(
    database: Database, clock: FrozenClock, number: int
) -> None:
    other = database.write(
        accounts_staff_services.create_staff, login="reader", name="Читатель", role=StaffRole.READER, now=clock.now()
    )
    token = database.write(services.issue_link, staff_id=other, purpose=LinkPurpose.SIGN_IN, now=clock.now())
    database.write(
        accounts_staff_services.update_staff,
        staff_id=other,
        name="Читатель",
        role=StaffRole.READER,
        active=False,
        municipality_ids=[],
    )
    with pytest.raises(DomainError, match="link_spent"):
        database.write(services.consume_link, token=token, purpose=LinkPurpose.SIGN_IN, now=clock.now())
    with pytest.raises(NotFoundError):
        database.write(services.issue_link, staff_id=other, purpose=LinkPurpose.SIGN_IN, now=clock.now())


def test_an_account_is_tied_to_one_person(database: Database, clock: FrozenClock, number: int) -> None:
    person = database.write(add_teacher, external_id=5, name="Тестова Вера", now=clock.now())
    token = database.write(services.issue_link, staff_id=number, purpose=LinkPurpose.CONNECT, now=clock.now())
    assert database.write(people_services.connect_person, token=token, person_id=person, now=clock.now()) == number
    other = database.write(
        accounts_staff_services.create_staff, login="other", name="Другая", role=StaffRole.READER, now=clock.now()
    )
    token = database.write(services.issue_link, staff_id=other, purpose=LinkPurpose.CONNECT, now=clock.now())
    with pytest.raises(DomainError, match="staff_connected"):
        database.write(people_services.connect_person, token=token, person_id=person, now=clock.now())
    database.write(accounts_staff_services.disconnect_person, staff_id=number)
    assert database.write(people_services.connect_person, token=token, person_id=person, now=clock.now()) == other


def test_the_reach_of_each_role(database: Database, clock: FrozenClock, number: int) -> None:
    foreign = database.write(
        add_teacher, external_id=5, name="Тестова Вера", municipality="varnensky-mr", now=clock.now()
    )

    def scope(login: str, role: StaffRole, codes: tuple[str, ...] = ()) -> staff_queries.Scope:
        made = database.write(
            accounts_staff_services.create_staff,
            login=login,
            name=login,
            role=role,
            municipality_codes=codes,
            now=clock.now(),
        )
        account = database.read(staff_queries.signed_in, staff_id=made)
        assert account is not None
        return account.scope

    town = scope("town", StaffRole.MUNICIPAL_METHODIST, ("chelyabinsky-go",))
    region = scope("region", StaffRole.REGIONAL_METHODIST)
    reader = scope("reader", StaffRole.READER)
    assert not town.sees(None)
    assert region.sees(None)
    assert region.municipality_ids is None
    with pytest.raises(NotFoundError):
        database.read(people_staff_queries.within, scope=town, person_id=foreign)
    with pytest.raises(ForbiddenError):
        database.write(staff_services.give_role, scope=reader, person_id=foreign, role=Role.MENTOR, now=clock.now())
    assert database.write(staff_services.give_role, scope=region, person_id=foreign, role=Role.MENTOR, now=clock.now())
    assert not database.write(
        staff_services.give_role, scope=region, person_id=foreign, role=Role.MENTOR, now=clock.now()
    )
