"""Tokens of the read API: made once, kept as a hash, ended by whatever ends their account."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from db.accounts import staff_services as accounts
from db.api import queries, staff_queries, staff_services, sweeps
from db.api.models import ApiReading, ApiToken
from db.api.rules import LONGEST, TOKEN, fresh_token, lasts_too_long
from db.api.staff_queries import TokenState
from db.audit.models import AuditEntry
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError, ForbiddenError
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff


@pytest.fixture
def admin(database: Database, clock: FrozenClock) -> StaffCaller:
    staff_id = database.write(add_staff, login="boss", role=StaffRole.ADMINISTRATOR, now=clock.now())
    return callers.staff(Scope(staff_id, StaffRole.ADMINISTRATOR, None), clock.now())


@pytest.fixture
def reader(database: Database, clock: FrozenClock) -> int:
    return database.write(add_staff, login="tables", role=StaffRole.READER, now=clock.now())


Issue = Callable[..., str]


@pytest.fixture
def issue(database: Database, clock: FrozenClock, admin: StaffCaller, reader: int) -> Issue:
    def make(**changed: object) -> str:
        wanted: dict[str, object] = {"name": "Таблица", "staff_id": reader, "last_day": today(clock)} | changed
        return database.write(staff_services.issue_token, admin, **wanted)  # type: ignore[arg-type]

    return make


def today(clock: FrozenClock) -> date:
    return clock.now().astimezone(callers.clock(clock.now()).zone).date()


def opens(database: Database, clock: FrozenClock, token: str) -> bool:
    return database.read(queries.bearer, callers.clock(clock.now()), token=token) is not None


def test_a_token_is_known_by_its_hash_alone(database: Database, clock: FrozenClock, issue: Issue) -> None:
    token = issue()
    assert TOKEN.fullmatch(token) and fresh_token() != token
    row = database.read(lambda session: session.scalars(select(ApiToken)).one())
    assert token not in str(vars(row)) and len(row.token_hash) == 64
    assert opens(database, clock, token)
    assert not opens(database, clock, token[:-1]) and not opens(database, clock, fresh_token())
    assert not opens(database, clock, row.token_hash)


def test_the_journal_knows_who_made_a_token_and_not_the_token(database: Database, issue: Issue) -> None:
    token = issue()
    lines = database.read(lambda session: session.scalars(select(AuditEntry)).all())
    assert [line.action for line in lines if line.action.startswith("api.")] == ["api.issue"]
    assert token not in str([vars(line) for line in lines])


@pytest.mark.parametrize("days", [-1, LONGEST.days + 1])
def test_a_term_is_a_year_at_most(clock: FrozenClock, issue: Issue, days: int) -> None:
    with pytest.raises(DomainError) as refused:
        issue(last_day=today(clock) + timedelta(days=days))
    assert refused.value.code == "api_token_term"
    assert not lasts_too_long(today(clock) + LONGEST, today(clock))


def test_a_token_needs_a_name_a_term_and_an_account_that_sees_reports(
    database: Database, clock: FrozenClock, issue: Issue
) -> None:
    coordinator = database.write(add_staff, login="coordinator", role=StaffRole.COORDINATOR, now=clock.now())
    for wrong, code in (
        ({"name": " "}, "api_token_name"),
        ({"name": "x" * 101}, "api_token_name"),
        ({"last_day": None}, "api_token_term"),
        ({"staff_id": None}, "api_token_account"),
        ({"staff_id": 10**6}, "api_token_account"),
        ({"staff_id": coordinator}, "api_token_account"),
    ):
        with pytest.raises(DomainError) as refused:
            issue(**wrong)
        assert refused.value.code == code


def test_it_ends_after_its_last_day(database: Database, clock: FrozenClock, issue: Issue) -> None:
    token = issue()
    clock.moment += timedelta(days=1)
    assert not opens(database, clock, token)


def test_a_revoked_token_opens_nothing_and_is_revoked_once(
    database: Database, clock: FrozenClock, issue: Issue, admin: StaffCaller
) -> None:
    token, other = issue(), issue()
    first = database.read(lambda session: session.scalars(select(ApiToken.id).order_by(ApiToken.id)).first())
    database.write(staff_services.revoke_token, admin, token_id=first or 0)
    assert (opens(database, clock, token), opens(database, clock, other)) == (False, True)
    with pytest.raises(DomainError) as refused:
        database.write(staff_services.revoke_token, admin, token_id=first or 0)
    assert refused.value.code == "api_token_revoked"


@pytest.mark.parametrize("end", ["sign_out", "set_password", "update_staff"])
def test_whatever_ends_an_account_s_sessions_ends_its_tokens(
    database: Database, clock: FrozenClock, issue: Issue, admin: StaffCaller, reader: int, end: str
) -> None:
    """A restored backup draws new epochs too, so a token that was revoked since does not come back with it."""
    token = issue()
    more: dict[str, object] = {"set_password": {"password": "long enough it is"}}.get(end, {})
    if end == "update_staff":
        more = {"name": "Reader", "role": StaffRole.READER, "active": False, "municipality_ids": []}
    database.write(getattr(accounts, end), admin, staff_id=reader, **more)
    assert not opens(database, clock, token)
    assert [row.state for row in database.read(staff_queries.tokens, admin)] == [TokenState.ENDED]


def test_only_an_administrator_makes_lists_and_revokes(database: Database, clock: FrozenClock, reader: int) -> None:
    other = callers.staff(Scope(reader, StaffRole.REGIONAL_METHODIST, None), clock.now())
    for use_case, more in (
        (staff_services.issue_token, {"name": "x", "staff_id": reader, "last_day": today(clock)}),
        (staff_services.revoke_token, {"token_id": 1}),
        (staff_queries.tokens, {}),
        (staff_queries.accounts, {}),
    ):
        with pytest.raises(ForbiddenError):
            database.write(use_case, other, **more)  # type: ignore[arg-type]


def test_old_counts_are_forgotten_and_new_ones_kept(database: Database, clock: FrozenClock, issue: Issue) -> None:
    issue()
    old, new = today(clock) - timedelta(days=401), today(clock) - timedelta(days=399)
    database.write(
        lambda session: session.add_all(
            ApiReading(token_id=session.scalars(select(ApiToken.id)).one(), day=day, report="deficits", times=1)
            for day in (old, new)
        )
    )
    database.write(sweeps.forget_readings, callers.clock(clock.now()))
    assert database.read(lambda session: session.scalars(select(ApiReading.day)).all()) == [new]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_panel_shows_a_token_once(
    database: Database, clock: FrozenClock, admin: StaffCaller, reader: int, make_app: Callable[[], Flask]
) -> None:
    visitor = Visitor(make_app())
    visitor.sign_in("boss")
    form = {"name": "Таблица", "account": str(reader), "last_day": today(clock).isoformat()}
    page = visitor.post("/settings/tokens/", form).get_data(as_text=True)
    found = TOKEN.search(page)
    assert found and opens(database, clock, found[0])
    assert found[0] not in visitor.text("/settings/tokens/") and "Таблица" in visitor.text("/settings/tokens/")
    assert visitor.get("/settings/tokens.xlsx").status_code == 200
    assert "от 2 до 100" in visitor.post("/settings/tokens/", {**form, "name": ""}).get_data(as_text=True)
    visitor.post("/settings/tokens/1/revoke")
    assert not opens(database, clock, found[0]) and "отозван" in visitor.text("/settings/tokens/")
