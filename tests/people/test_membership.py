"""One way into the methodical active: a decision of the region. The exception is an administrator's, by an order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from db.accounts.models import Staff
from db.active import staff_services as by_order
from db.active.queries import lines_of
from db.active.staff_services import Exceptional
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError
from db.notices import roles as by_hand
from db.people import services, staff_services
from db.people.models import Invitation, Role, RoleGrant
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import add_teacher

ORDER = {"order_number": "17-к", "reason": "Заменяет ушедшего методиста до конца отбора"}


@pytest.fixture
def person_id(database: Database, clock: FrozenClock) -> int:
    return database.write(add_teacher, external_id=2001, name="Тестова Вера Ивановна", now=clock.now())


@pytest.fixture
def account(database: Database, clock: FrozenClock) -> Callable[[StaffRole], Scope]:
    def make(role: StaffRole) -> Scope:
        towns = ("chelyabinsky-go",) if role is StaffRole.MUNICIPAL_METHODIST else ()
        number = database.write(add_staff, login=role.value, role=role, now=clock.now(), municipalities=towns)
        from db.accounts.staff_queries import signed_in

        found = database.read(signed_in, callers.clock(), staff_id=number)
        assert found
        return found.scope

    return make


def active(database: Database) -> list[RoleGrant]:
    live = (RoleGrant.role == Role.ACTIVE_MEMBER, RoleGrant.revoked_at.is_(None))
    return list(database.read(lambda session: session.scalars(select(RoleGrant).where(*live)).all()))


@pytest.mark.parametrize("role", [StaffRole.MUNICIPAL_METHODIST, StaffRole.REGIONAL_METHODIST])
def test_no_methodist_makes_or_excludes_an_active_member_past_a_decision(
    database: Database, clock: FrozenClock, person_id: int, account: Callable[[StaffRole], Scope], role: StaffRole
) -> None:
    caller = callers.staff(account(role), clock.now())
    given = {"person_id": person_id, "role": Role.ACTIVE_MEMBER}
    for by_role in (by_hand.give, by_hand.take):
        with pytest.raises(DomainError, match="membership_by_decision"):
            database.write(by_role, caller, **given)
    with pytest.raises(DomainError, match="membership_by_decision"):
        database.write(staff_services.invite, caller, role=Role.ACTIVE_MEMBER)
    with pytest.raises(ForbiddenError):
        database.write(by_order.appoint, caller, person_id=person_id, draft=exceptional(database))
    assert active(database) == []


def test_an_invitation_into_the_active_from_before_gives_nothing(
    database: Database, clock: FrozenClock, person_id: int, account: Callable[[StaffRole], Scope]
) -> None:
    author = account(StaffRole.REGIONAL_METHODIST)
    row = {"role": Role.ACTIVE_MEMBER, "created_by": author.staff_id, "expires_at": clock.now() + timedelta(days=1)}
    database.write(
        lambda session: session.execute(insert(Invitation).values(token_hash=services.token_hash("old"), **row))
    )
    with pytest.raises(DomainError, match="invitation_over"):
        database.write(services.accept_invitation, callers.person(person_id, clock.now()), token="old")
    assert active(database) == []


def exceptional(database: Database, **more: Any) -> Exceptional:
    """What an administrator writes of somebody without a selection."""
    direction = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code == "3")
    known = {"direction_id": database.read(lambda session: session.scalars(direction).one()), "category_id": None}
    return Exceptional(**ORDER | known | {"until": None} | more)


def test_an_administrators_exception_names_an_order_a_reason_and_a_direction(
    database: Database, clock: FrozenClock, person_id: int, account: Callable[[StaffRole], Scope]
) -> None:
    caller = callers.staff(account(StaffRole.ADMINISTRATOR), clock.now())
    wrong = {
        "membership_order": ({"order_number": ""}, {"reason": ""}),
        "membership_direction": ({"direction_id": None}, {"direction_id": 10**6}),
        "membership_term": ({"until": clock.now().date() - timedelta(days=1)},),
    }
    for code, drafts in wrong.items():
        for more in drafts:
            with pytest.raises(DomainError, match=code):
                database.write(by_order.appoint, caller, person_id=person_id, draft=exceptional(database, **more))
    assert active(database) == []
    draft = exceptional(database)
    assert database.write(by_order.appoint, caller, person_id=person_id, draft=draft)
    assert not database.write(by_order.appoint, caller, person_id=person_id, draft=draft), "once"
    [grant] = active(database)
    assert (grant.order_number, grant.reason, grant.granted_by) == (*ORDER.values(), caller.scope.staff_id)
    [line] = database.read(lines_of, person_ids=[person_id])[person_id]
    with pytest.raises(DomainError, match="membership_reason"):
        database.write(by_order.exclude, caller, membership_id=line.id, reason="")
    database.write(by_order.exclude, caller, membership_id=line.id, reason="По собственному желанию")
    with pytest.raises(ConflictError, match="membership_over"):
        database.write(by_order.exclude, caller, membership_id=line.id, reason="Ещё раз")
    assert active(database) == []
    noted = database.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "active.appoint")).first()
    )
    assert noted and noted.details["order"] == "17-к" and "Заменяет" not in str(noted.details)


def test_nobody_makes_oneself_an_active_member_or_lengthens_the_own_term(
    database: Database, clock: FrozenClock, person_id: int, account: Callable[[StaffRole], Scope]
) -> None:
    scope = account(StaffRole.ADMINISTRATOR)
    database.write(
        lambda session: session.execute(update(Staff).where(Staff.id == scope.staff_id).values(person_id=person_id))
    )
    with pytest.raises(DomainError, match="membership_own"):
        database.write(
            by_order.appoint, callers.staff(scope, clock.now()), person_id=person_id, draft=exceptional(database)
        )
    untied = update(Staff).where(Staff.id == scope.staff_id)
    database.write(lambda session: session.execute(untied.values(person_id=None)))
    caller = callers.staff(scope, clock.now())
    database.write(by_order.appoint, caller, person_id=person_id, draft=exceptional(database))
    [line] = database.read(lines_of, person_ids=[person_id])[person_id]
    database.write(lambda session: session.execute(untied.values(person_id=person_id)))
    longer = {"until": clock.now().date() + timedelta(days=900), "coordinator_id": None}
    with pytest.raises(DomainError, match="membership_own"):
        database.write(by_order.keep, caller, membership_id=line.id, **longer)
    with pytest.raises(DomainError, match="membership_own"):
        database.write(by_order.exclude, caller, membership_id=line.id, reason="Сам")


def test_the_database_keeps_no_active_member_without_an_order(
    database: Database, clock: FrozenClock, person_id: int
) -> None:
    row = {"person_id": person_id, "granted_at": clock.now()}
    database.write(lambda session: session.execute(insert(RoleGrant).values(role=Role.MENTOR, **row)))
    with pytest.raises(IntegrityError):
        database.write(lambda session: session.execute(insert(RoleGrant).values(role=Role.ACTIVE_MEMBER, **row)))
