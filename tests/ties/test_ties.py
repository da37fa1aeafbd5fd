"""Who is close by the own word: named without learning who is here, and never brought together nor made a judge."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.applications.models import Application
from db.clock import FrozenClock
from db.commission.reviews import is_close
from db.database import Database
from db.errors import DomainError, NotFoundError
from db.mentoring import proposals
from db.mentoring import services as mentoring
from db.mentoring import staff_services as mentoring_staff
from db.mentoring.models import EndReason
from db.people.models import Person
from db.practices import staff_queries as practice_queries
from db.practices import staff_services as practice_staff
from db.requests.matching import fits
from db.requests.models import HelpRequest
from db.ties import personal, queries, rules, services
from db.ties.models import Tie, TieKind
from tests.commission.conftest import chamber  # noqa: F401  fixtures
from tests.commission.support import Chamber
from tests.mentoring.conftest import duo  # noqa: F401
from tests.mentoring.test_base import Base, base  # noqa: F401
from tests.mentoring.test_conversation import say, tap
from tests.mentoring.test_services import at_once
from tests.practices.conftest import Circle, circle, make_circle  # noqa: F401
from tests.requests.conftest import add_member
from tests.support import callers
from tests.support.town import Town, add_teacher

RELATIVE = {"kind": TieKind.RELATIVE}


def named(database: Database, clock: FrozenClock, person_id: int, name: str) -> None:
    database.write(services.declare, callers.person(person_id, clock.now()), name=name, **RELATIVE)


@pytest.mark.parametrize(
    "name", ["Мария", "", "И. Мария", "А Б", "раз два три четыре пять шесть", "Ю" * 121 + " Мария"]
)
def test_what_is_no_full_name_is_asked_for_again(name: str) -> None:
    with pytest.raises(DomainError, match="tie_name"):
        rules.key(name)


def test_a_name_means_its_person_whichever_way_it_is_written() -> None:
    keys = rules.keys("Соловьёва Мария Петровна")
    for written in ("соловьева мария петровна", "Мария Соловьева", "Мария  Петровна СОЛОВЬЁВА"):
        assert rules.key(written) in keys
    assert rules.key("Соловьёва Мария Ивановна") not in keys and rules.keys(None) == []


def test_both_ways_by_name_and_whoever_comes_later(database: Database, clock: FrozenClock) -> None:
    """Whether there is such a person is not told, so it is found out anew each time two may be brought together."""
    vera = database.write(add_teacher, external_id=1, name="Ким Вера Андреевна", now=clock.now())
    named(database, clock, vera, "Ким Ольга")

    def near(one: int, other: int) -> bool:
        return other in database.read(queries.close, person_id=one, other_ids=[other])

    olga = database.write(add_teacher, external_id=2, name="Ким Ольга Ивановна", now=clock.now())
    other = database.write(add_teacher, external_id=3, name="Акимова Ольга", now=clock.now())
    assert near(vera, olga) and near(olga, vera)
    assert not near(vera, other) and not near(other, vera), "a part of a surname is another surname"
    (tie,) = database.read(queries.own, callers.person(vera, clock.now()))
    assert not database.read(queries.own, callers.person(olga, clock.now())), "who is named is told nothing"
    with pytest.raises(NotFoundError):
        database.write(services.withdraw, callers.person(olga, clock.now()), tie_id=tie.id)
    for _ in range(2):
        database.write(services.withdraw, callers.person(vera, clock.now()), tie_id=tie.id)
    assert not near(vera, olga) and not near(olga, vera)


def test_there_are_no_more_than_so_many_and_the_same_name_is_one(
    database_url: str, database: Database, clock: FrozenClock
) -> None:
    vera = database.write(add_teacher, external_id=1, name="Ким Вера", now=clock.now())
    for number in range(rules.MOST - 1):
        named(database, clock, vera, f"Родная Анна{'а' * number}")
    caller = callers.person(vera, clock.now())
    errors = at_once(
        database_url,
        *[
            lambda door, name=name: door.write(services.declare, caller, name=name, **RELATIVE)
            for name in ("Двадцатая Анна", "Двадцать Первая")
        ],
    )
    assert [getattr(one, "code", one) for one in errors] == ["tie_many"]
    database.write(services.declare, caller, name="родная анна", kind=TieKind.OTHER)
    found = database.read(queries.own, caller)
    assert len(found) == rules.MOST and found[0].kind is TieKind.OTHER


def test_a_relative_is_never_proposed_as_a_mentor(base: Base) -> None:  # noqa: F811
    olga, nina = base.teacher(50, "Ищущая Ольга"), base.mentor(11, "Близкая Нина")
    base.mentor(12, "Чужая Анна")
    base.does(nina, services.declare, name="Ольга Ищущая", **RELATIVE)
    assert base.names(olga) == ["Чужая Анна"]
    for use_case in (proposals.propose, mentoring_staff.create_pair):
        with pytest.raises(DomainError, match="mentoring_relative"):
            base.staff(use_case, mentor_id=nina, mentee_id=olga)


def test_relatives_who_were_a_pair_are_close_from_then_on(base: Base) -> None:  # noqa: F811
    two = base.duo
    base.does(two.mentee, mentoring.part, pair_id=two.pair, reason=EndReason.RELATIVE)
    (tie,) = base.database.read(queries.own, callers.person(two.mentee, two.clock.now()))
    assert (tie.other_id, tie.kind) == (two.mentor, TieKind.RELATIVE)
    with pytest.raises(DomainError, match="mentoring_relative"):
        two.create()
    base.does(two.mentee, services.withdraw, tie_id=tie.id)
    assert two.create(), "it was a wrong tap"


def test_a_relative_is_never_asked(database: Database, clock: FrozenClock) -> None:
    vera = database.write(add_teacher, external_id=1, name="Ким Вера", now=clock.now())
    olga = database.write(add_member, external_id=2, name="Ким Ольга", now=clock.now())
    other = database.write(add_member, external_id=3, name="Другая Анна", now=clock.now())
    named(database, clock, vera, "Ким Ольга")

    def may(session: Session) -> list[bool]:
        request = HelpRequest(person_id=vera, component="subject", question="Как?", created_at=clock.now())
        session.add(request)
        session.flush()
        return [fits(session, request, one) for one in (olga, other)]

    assert database.write(may) == [False, True]


def test_a_relative_of_an_author_is_no_expert(circle: Circle) -> None:  # noqa: F811
    number = circle.sent()
    expert = circle.people[1]
    of_expert = update(Person).where(Person.id == expert).values(full_name="Близкая Жанна Ильинична")
    circle.database.write(lambda session: session.execute(of_expert) and None)
    asked = {"practice_id": number, "text": "Близкая"}
    assert circle.database.read(practice_queries.experts_like, circle.staff, **asked)
    circle.database.write(services.declare, circle.person(0), name="Жанна Близкая", **RELATIVE)
    assert not circle.database.read(practice_queries.experts_like, circle.staff, **asked)
    with pytest.raises(DomainError, match="practice_expert_close"):
        circle.database.write(practice_staff.appoint, circle.staff, practice_id=number, person_id=expert)


def test_a_relative_of_an_author_reviews_no_application(chamber: Chamber) -> None:  # noqa: F811
    """The commission has declarations of its own, of accounts and schools; this one is asked as well."""
    chamber.begin("near", "free", "other")
    sent = chamber.sent()
    near = chamber.teacher(3001, "Близкая Анна")
    chamber.is_person("near", near)
    chamber.database.write(
        services.declare, callers.person(sent.person_id, chamber.now), name="Анна Близкая", **RELATIVE
    )
    assert chamber.assign().given == 2
    assert chamber.reviewers(sent.id) == {"free", "other"}

    def close(login: str) -> bool:
        caller = chamber.caller(login)
        return chamber.database.read(lambda s: is_close(s, caller, s.get_one(Application, sent.id)))

    assert close("near") and not close("free")


def test_who_leaves_takes_the_ties_along(database: Database, clock: FrozenClock) -> None:
    vera = database.write(add_teacher, external_id=1, name="Ким Вера", now=clock.now())
    olga = database.write(add_teacher, external_id=2, name="Ким Ольга", now=clock.now())
    named(database, clock, vera, "Ким Ольга")
    database.write(services.keep, callers.clock(clock.now()), person_id=olga, other_id=vera)
    exported = database.read(personal.export, person_id=vera)
    assert [one["name"] for one in exported["ties"]] == ["Ким Ольга"] and len(exported["declared_by_others"]) == 1
    assert "Ким Ольга" not in str(exported["declared_by_others"])
    database.write(personal.forget, callers.clock(clock.now()), person_id=vera)
    assert not database.read(lambda session: session.scalars(select(Tie.id)).all())


async def test_a_relative_is_named_and_taken_back_in_the_bot(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    assert "только вы" in await say(person, "/ties")
    await tap(person, "Назвать родственника")
    assert "полностью" in await say(person, "Мария")
    assert "Мудрая Мария" in await say(person, "Мудрая Мария Павловна")
    assert "Убрали" in await tap(person, "Убрать: Мудрая Мария")
    assert "Мудрая Мария" not in (await person.last()).text
