"""Accounts of the panel: passwords, one-time links, scope."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import services, staff_queries
from db.accounts import staff_services as accounts_staff_services
from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.notices import roles
from db.people import services as people_services
from db.people import staff_queries as people_staff_queries
from db.people.models import Role
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.town import add_teacher

PASSWORD = "correct horse battery"


@pytest.fixture
def number(database: Database, clock: FrozenClock) -> int:
    """An administrator's account."""
    return database.write(
        accounts_staff_services.create_staff,
        callers.clock(clock.now()),
        login="Admin",
        name=" Анна  Ивановна ",
        role=StaffRole.ADMINISTRATOR,
        password=PASSWORD,
    )


@pytest.mark.usefixtures("slow_passwords")
def test_a_password_fits_whatever_the_case_of_the_login(database: Database, number: int) -> None:
    known = database.read(services.authenticate, login=" ADMIN ", password=PASSWORD)
    assert known is not None and known.staff_id == number
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
    right = {"login": "second", "name": "Вторая", "role": StaffRole.READER, "password": PASSWORD}
    with pytest.raises(DomainError) as refusal:
        database.write(accounts_staff_services.create_staff, callers.clock(clock.now()), **{**right, **values})  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_of_two_hundred_at_once_one_spends_the_link(database: Database, clock: FrozenClock, number: int) -> None:
    token = database.write(
        services.issue_link, callers.clock(clock.now()), staff_id=number, purpose=LinkPurpose.SIGN_IN
    )

    def spend(_: int) -> int | None:
        try:
            return database.write(
                services.consume_link, callers.clock(clock.now()), token=token, purpose=LinkPurpose.SIGN_IN
            )
        except DomainError as refusal:
            assert refusal.code == "link_spent"
            return None

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(spend, range(200)))
    assert [outcome for outcome in outcomes if outcome is not None] == [number]


def test_a_link_is_kept_as_a_hash_and_ends(database: Database, clock: FrozenClock, number: int) -> None:
    old = database.write(services.issue_link, callers.clock(clock.now()), staff_id=number, purpose=LinkPurpose.SIGN_IN)
    token = database.write(
        services.issue_link, callers.clock(clock.now()), staff_id=number, purpose=LinkPurpose.SIGN_IN
    )
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
        with pytest.raises(DomainError, match="connect_spent" if purpose is LinkPurpose.CONNECT else "link_spent"):
            database.write(services.consume_link, callers.clock(now), token=spent, purpose=purpose)
    assert (
        database.write(services.consume_link, callers.clock(clock.now()), token=token, purpose=LinkPurpose.SIGN_IN)
        == number
    )


def test_a_link_of_an_account_that_was_switched_off_is_dead(
    database: Database, clock: FrozenClock, number: int
) -> None:
    other = database.write(
        accounts_staff_services.create_staff,
        callers.clock(clock.now()),
        login="reader",
        name="Читатель",
        role=StaffRole.READER,
    )
    token = database.write(services.issue_link, callers.clock(clock.now()), staff_id=other, purpose=LinkPurpose.SIGN_IN)
    database.write(
        accounts_staff_services.update_staff,
        callers.administrator(clock.now()),
        staff_id=other,
        name="Читатель",
        role=StaffRole.READER,
        active=False,
        municipality_ids=[],
    )
    with pytest.raises(DomainError, match="link_spent"):
        database.write(services.consume_link, callers.clock(clock.now()), token=token, purpose=LinkPurpose.SIGN_IN)
    with pytest.raises(NotFoundError):
        database.write(services.issue_link, callers.clock(clock.now()), staff_id=other, purpose=LinkPurpose.SIGN_IN)


def test_an_account_is_tied_to_one_person(database: Database, clock: FrozenClock, number: int) -> None:
    person = database.write(add_teacher, external_id=5, name="Тестова Вера", now=clock.now())
    token = database.write(
        services.issue_link, callers.clock(clock.now()), staff_id=number, purpose=LinkPurpose.CONNECT
    )
    assert database.write(people_services.connect_person, callers.person(person, clock.now()), token=token) == number
    other = database.write(
        accounts_staff_services.create_staff,
        callers.clock(clock.now()),
        login="other",
        name="Другая",
        role=StaffRole.READER,
    )
    token = database.write(services.issue_link, callers.clock(clock.now()), staff_id=other, purpose=LinkPurpose.CONNECT)
    with pytest.raises(DomainError, match="staff_connected"):
        database.write(people_services.connect_person, callers.person(person, clock.now()), token=token)
    database.write(accounts_staff_services.disconnect_person, callers.administrator(clock.now()), staff_id=number)
    assert database.write(people_services.connect_person, callers.person(person, clock.now()), token=token) == other


def test_the_reach_of_each_role(database: Database, clock: FrozenClock, number: int) -> None:
    foreign = database.write(
        add_teacher, external_id=5, name="Тестова Вера", municipality="varnensky-mr", now=clock.now()
    )

    def scope(login: str, role: StaffRole, codes: tuple[str, ...] = ()) -> Scope:
        made = database.write(
            accounts_staff_services.create_staff,
            callers.clock(clock.now()),
            login=login,
            name=login,
            role=role,
            municipality_codes=codes,
        )
        account = database.read(staff_queries.signed_in, callers.clock(), staff_id=made)
        assert account is not None
        return account.scope

    town = scope("town", StaffRole.MUNICIPAL_METHODIST, ("chelyabinsky-go",))
    region = scope("region", StaffRole.REGIONAL_METHODIST)
    reader = scope("reader", StaffRole.READER)
    assert not town.sees(None)
    assert region.sees(None)
    assert region.municipality_ids is None
    with pytest.raises(NotFoundError):
        database.read(people_staff_queries.within, callers.staff(town), person_id=foreign)
    with pytest.raises(ForbiddenError):
        database.write(roles.give, callers.staff(reader, clock.now()), person_id=foreign, role=Role.MENTOR)
    assert database.write(roles.give, callers.staff(region, clock.now()), person_id=foreign, role=Role.MENTOR)
    assert not database.write(roles.give, callers.staff(region, clock.now()), person_id=foreign, role=Role.MENTOR)


def test_what_becomes_of_an_account_is_in_the_journal_and_an_administrators_doing(
    database: Database, clock: FrozenClock, number: int
) -> None:
    def actions(session: Session) -> list[tuple[str, str, int | None]]:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.object_type == "staff").order_by(AuditEntry.id))
        return [(row.action, row.actor, row.object_id) for row in rows]

    caller = callers.administrator(clock.now(), staff_id=number)
    methodist = callers.staff(replace(caller.scope, role=StaffRole.REGIONAL_METHODIST), clock.now())
    made = {"login": "other", "name": "Другая", "role": StaffRole.READER}
    changed = {"name": "Другая", "role": StaffRole.READER, "active": True, "municipality_ids": []}
    other = database.write(accounts_staff_services.create_staff, caller, **made)  # type: ignore[arg-type]
    deeds: list[tuple[Any, dict[str, Any]]] = [
        (accounts_staff_services.update_staff, {"staff_id": other, **changed}),
        (accounts_staff_services.set_password, {"staff_id": other, "password": PASSWORD}),
        (accounts_staff_services.issue_connect_link, {"staff_id": other}),
        (accounts_staff_services.disconnect_person, {"staff_id": other}),
    ]
    for deed, values in deeds:
        with pytest.raises(ForbiddenError):
            database.write(deed, methodist, **values)
        database.write(deed, caller, **values)
    with pytest.raises(ForbiddenError):
        database.write(accounts_staff_services.create_staff, methodist, **{**made, "login": "third"})  # type: ignore[arg-type]
    told = ["staff.create", "staff.change", "staff.password", "staff.connect_link", "staff.disconnect"]
    assert database.read(actions) == [
        ("staff.create", "system", number),
        *((action, f"staff:{number}", other) for action in told),
    ]
