"""Who may open what: declared for every route, judged at every request."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from admin.access import of_endpoint, undeclared
from db.accounts import staff_services
from db.accounts.models import Staff
from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff

Enter = Callable[[str], Visitor]
# What a reader may send: a form that leaves the region's data as they are.
HARMLESS = ["/logout", "/logout/everywhere", "/password"]


def url_of(rule: Rule) -> str:
    """An address that fits the rule and leads to nothing."""
    parts = []
    for is_dynamic, data in rule._trace:
        if is_dynamic:
            converter = rule._converters[data]
            if isinstance(converter, IntegerConverter):
                parts.append("999999")
            else:
                parts.append(min(converter.items) if isinstance(converter, AnyConverter) else "x")
        else:
            parts.append(data.lstrip("|"))
    return "".join(parts)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    assert undeclared(app) == []


def test_a_route_says_whose_id_it_takes(app: Flask) -> None:
    """`application_id`, never `number`, which is what a person sees: a certificate's number is a text."""
    wrong = [
        f"{rule.rule}: {name}"
        for rule in rules(app)
        for name, converter in rule._converters.items()
        if isinstance(converter, IntegerConverter) != name.endswith("_id")
    ]
    assert not wrong


def test_a_stranger_meets_the_sign_in_page_everywhere(app: Flask, stranger: Visitor) -> None:
    token = stranger.token()
    for rule in rules(app):
        access = of_endpoint(app, rule.endpoint)
        assert access is not None
        if access.allowed is None:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = stranger.client.open(url_of(rule), method=method, data={"csrf_token": token})
            assert answer.status_code == 302, (rule.rule, method, answer.status_code)
            assert answer.headers["Location"].startswith("/login"), rule.rule


# What a role may not open is refused before the database is asked. What opens, tests/trust/test_scope_matrix.py opens.
@pytest.mark.parametrize(
    ("database_url", "login"),
    [("sqlite", "admin"), ("postgres", "region"), ("sqlite", "town"), ("postgres", "reader")],
    indirect=["database_url"],
)
def test_every_route_refuses_whom_its_declaration_leaves_out(
    app: Flask, signed_in: Enter, login: str, database: Database
) -> None:
    role = {
        "admin": StaffRole.ADMINISTRATOR,
        "region": StaffRole.REGIONAL_METHODIST,
        "town": StaffRole.MUNICIPAL_METHODIST,
        "reader": StaffRole.READER,
    }[login]
    visitor = signed_in(login)
    token = visitor.token()
    for rule in rules(app):
        access = of_endpoint(app, rule.endpoint)
        assert access is not None
        if access.allowed is None or rule.endpoint.startswith("auth.logout"):
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            may = access.permits(role, can_write=role is not StaffRole.READER, method=method)
            if not may:
                answer = visitor.client.open(url_of(rule), method=method, data={"csrf_token": token})
                assert answer.status_code == 403, (rule.rule, method, answer.status_code)


def test_a_reader_changes_nothing(app: Flask) -> None:
    open_to_readers = [
        rule.rule
        for rule in rules(app)
        if "POST" in (rule.methods or set())
        and (access := of_endpoint(app, rule.endpoint)) is not None
        and access.allowed is not None
        and access.permits(StaffRole.READER, can_write=False, method="POST")
    ]
    assert sorted(open_to_readers) == HARMLESS


def test_an_account_that_is_switched_off_is_out_at_once(database: Database, signed_in: Enter) -> None:
    visitor = signed_in("region")
    assert visitor.get("/").status_code == 200
    database.write(lambda session: session.execute(update(Staff).where(Staff.login == "region").values(active=False)))
    assert visitor.get("/").headers["Location"] == "/login"
    assert visitor.get("/people/").headers["Location"].startswith("/login")


def test_a_role_that_is_taken_counts_from_the_next_request(database: Database, signed_in: Enter) -> None:
    visitor = signed_in("admin")
    assert visitor.get("/audit/").status_code == 200
    database.write(
        lambda session: session.execute(update(Staff).where(Staff.login == "admin").values(role=StaffRole.READER))
    )
    assert visitor.get("/audit/").status_code == 403
    assert visitor.post("/people/invite", {"role": "mentor"}).status_code == 403


def test_a_new_password_ends_the_sessions_of_the_old_one(
    database: Database, signed_in: Enter, staff_ids: dict[str, int]
) -> None:
    visitor = signed_in("region")
    database.write(
        staff_services.set_password,
        callers.administrator(),
        staff_id=staff_ids["region"],
        password="another long password",
    )
    assert visitor.get("/").status_code == 302


def test_a_municipal_methodist_loses_a_municipality_at_once(
    database: Database, signed_in: Enter, staff_ids: dict[str, int], clock: FrozenClock
) -> None:
    from tests.support.town import add_teacher

    number = database.write(add_teacher, external_id=7, name="Соседова Вера Ивановна", now=clock.now())
    visitor = signed_in("town")
    assert visitor.get(f"/people/{number}").status_code == 200

    def move(session) -> None:  # type: ignore[no-untyped-def]
        places = staff_services._by_codes(session, ["varnensky-mr"])
        staff_services.update_staff(
            session,
            callers.administrator(),
            staff_id=staff_ids["town"],
            name="Town",
            role=StaffRole.MUNICIPAL_METHODIST,
            active=True,
            municipality_ids=list(places),
        )

    database.write(move)
    assert visitor.get(f"/people/{number}").status_code == 404


def test_what_is_not_declared_stays_shut(database: Database, clock: FrozenClock, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from tests.support.panel import make_panel

    database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now())
    app = make_panel(database, clock, tmp_path)
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert undeclared(app) == ["/forgotten"]
    visitor = Visitor(app)
    visitor.sign_in("admin")
    assert visitor.get("/forgotten").status_code == 403
