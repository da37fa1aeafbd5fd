"""A person's accounts in messengers: linked by the person alone, each with its language, none left by an erasure."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db import check, erasure
from db.clock import FrozenClock
from db.database import Database
from db.engine import make_engine, writing
from db.errors import DomainError, NotFoundError
from db.inbox import services as inbox
from db.inbox.models import Dialog, IncomingUpdate
from db.inbox.queries import Received
from db.migrate import downgrade, upgrade
from db.people import queries, services
from db.people.models import MessengerAccount, Person
from db.people.queries import Address
from tests.people.test_services import at_once, consented
from tests.support import callers
from tests.support.platforms import ONE, OTHER


@pytest.fixture
def now(clock: FrozenClock) -> datetime:
    return clock.now()


def link(database: Database, person_id: int, external_id: int = 501, locale: str = "en") -> None:
    there = {"platform": OTHER, "external_id": external_id, "locale": locale}
    database.write(services.link_account, callers.person(person_id), **there)


def locale_at(database: Database, platform: str) -> str:
    found = database.read(queries.visitor, platform=platform, external_id=501)
    assert found is not None
    return found.locale


def test_a_linked_person_is_known_in_both_and_speaks_the_language_of_each(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    assert database.read(queries.visitor, platform=OTHER, external_id=501) is None, "an equal number is nobody yet"
    for _ in range(2):
        link(database, person_id)
    found = [database.read(queries.visitor, platform=one, external_id=501) for one in (ONE, OTHER)]
    assert [one and (one.person_id, one.consented, one.locale) for one in found] == [
        (person_id, True, "ru"),
        (person_id, True, "en"),
    ]
    database.write(services.change_language, platform=ONE, external_id=501, locale="en")
    database.write(services.change_language, platform=OTHER, external_id=501, locale="ru")
    assert (locale_at(database, ONE), locale_at(database, OTHER)) == ("en", "ru")
    with pytest.raises(NotFoundError):
        database.write(services.change_language, platform=OTHER, external_id=502, locale="ru")


def test_somebody_elses_account_is_not_taken(database: Database, now: datetime) -> None:
    first, second = consented(database, now), consented(database, now, 502)
    link(database, first)
    with pytest.raises(DomainError, match="account_elsewhere"):
        link(database, second)
    assert database.read(queries.addresses, person_id=first) == [Address(ONE, 501), Address(OTHER, 501)]
    assert database.read(queries.addresses, person_id=second) == [Address(ONE, 502)]


def test_of_two_people_who_link_one_account_at_once_one_has_it(database: Database, now: datetime) -> None:
    people = [consented(database, now, number) for number in (501, 502)]
    outcomes = at_once(*(lambda one=one: link(database, one, 900) for one in people))
    assert sorted(str(one) for one in outcomes) == ["None", "account_elsewhere"]


def test_who_is_erased_links_nothing(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")
    with pytest.raises(NotFoundError):
        link(database, person_id)


def test_blocked_means_everywhere(database: Database, now: datetime) -> None:
    person_id = consented(database, now)
    link(database, person_id)

    def state(session: Session) -> tuple[bool | None, datetime | None]:
        return session.scalar(select(queries.reachable(person_id))), session.scalar(
            select(queries.blocked_since(person_id))
        )

    database.write(services.mark_blocked, callers.clock(now), platform=ONE, external_id=501)
    assert database.read(state) == (True, None)
    database.write(services.mark_blocked, callers.clock(now), platform=OTHER, external_id=501)
    assert database.read(state) == (False, now)
    consented(database, now)
    assert database.read(state) == (True, None), "a consent given anew says that they are back"


def test_an_erasure_leaves_nothing_of_either_messenger(database: Database, now: datetime) -> None:
    person_id, other = consented(database, now), consented(database, now, 502)
    link(database, person_id)
    for platform in (ONE, OTHER):
        database.write(inbox.save_dialog, key=f"{platform}:1:501:501", state="s", data={"typed": "слово"}, now=now)
        updates = [Received(1, 501, "слово")]
        database.write(inbox.receive, platform=platform, updates=updates, now=now)
        database.write(inbox.quarantine, platform=platform, update_id=1, now=now)
    exported = database.read(erasure.export, person_id=person_id)["accounts"]
    assert [(one["platform"], one["external_id"], one["locale"]) for one in exported] == [
        (ONE, 501, "ru"),
        (OTHER, 501, "en"),
    ]
    database.write(erasure.erase, callers.clock(now), person_id=person_id, requested_by="person")

    def left(session: Session) -> tuple[Any, ...]:
        dialogs = session.scalar(select(func.count()).select_from(Dialog))
        return session.scalars(select(MessengerAccount.person_id)).all(), dialogs

    assert database.read(left) == ([other], 0)
    assert (
        database.read(lambda s: s.execute(select(IncomingUpdate.chat_key, IncomingUpdate.payload)).all())
        == [(0, None)] * 2
    )
    assert [database.read(queries.visitor, platform=one, external_id=501) for one in (ONE, OTHER)] == [None, None]
    anew = consented(database, now)
    assert database.read(queries.addresses, person_id=anew) == [Address(ONE, 501)], "the other messenger is not linked"


def test_an_account_of_an_erased_person_is_a_problem(database: Database, now: datetime, tmp_path: Any) -> None:
    person_id = consented(database, now)
    database.write(lambda session: setattr(session.get_one(Person, person_id), "erased_at", now))
    assert [one for one in check.problems(database.engine, tmp_path) if "messenger account" in one]


OLD = (
    "INSERT INTO person (id, platform, external_id, locale, full_name, reminders, blocked_at, erased_at, created_at) "
    "VALUES (1, 'telegram', 501, 'en', 'Одна', :yes, :then, NULL, :then), "
    "(2, 'telegram', NULL, 'ru', 'На бумаге', :yes, NULL, NULL, :then), "
    "(3, 'carrier-pigeon', 501, 'ru', 'Другой', :yes, NULL, NULL, :then), "
    "(4, 'telegram', NULL, 'ru', NULL, :yes, :then, :then, :then)"
)


def test_what_people_had_is_where_it_belongs_after_the_upgrade_and_after_a_way_back(
    empty_database_url: str, now: datetime
) -> None:
    upgrade(empty_database_url, "0008")
    engine = make_engine(empty_database_url)
    then = now.replace(tzinfo=None) if engine.dialect.name == "sqlite" else now
    kept = "platform, external_id, locale, blocked_at"
    old = f"SELECT id, {kept} FROM person WHERE external_id IS NOT NULL ORDER BY id"
    new = f"SELECT person_id, {kept} FROM messenger_account ORDER BY id"

    def rows(query: str) -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    try:
        with writing(engine).begin() as connection:
            connection.execute(text(OLD), {"yes": True, "then": then})
        before = rows(old)
        assert [row[:3] for row in before] == [(1, ONE, 501), (3, OTHER, 501)]
        upgrade(empty_database_url, "0009")
        assert rows(new) == before
        assert rows("SELECT count(*) FROM person") == [(4,)]
        downgrade(empty_database_url, "0008")
        assert rows(old) == before
        assert rows("SELECT DISTINCT locale, platform FROM person WHERE id IN (2, 4)") == [("ru", ONE)]
    finally:
        engine.dispose()
