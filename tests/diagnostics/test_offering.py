"""Several instruments side by side: the position decides which, and nothing of one is mixed with another's."""

import asyncio
import copy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.sandbox.client import Message
from db.database import AsyncDatabase, Database
from db.diagnostics import offering, queries, rules, services, staff_services, sweeps
from db.diagnostics.models import Attempt, ComponentScore, Instrument
from db.diagnostics.notices import RETEST
from db.diagnostics.queries import DiagnosticsHome
from db.dictionaries.models import Audience, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.errors import DomainError
from db.notices.models import Notice
from db.packs import load_pack
from db.people.models import Person
from tests.diagnostics.walking import NOW, complete, start, teacher, twos
from tests.support import callers
from tests.support.town import Town, person_of

METHODISTS, MANAGERS = "methodist", "manager"


def another(audience: str) -> dict[str, Any]:
    """An instrument for others, as short as one can be."""
    content = copy.deepcopy(load_pack("chelyabinsk").instruments()[0])
    component = content["components"][0]
    component["code"] = f"{audience}s_work"
    for number, item in enumerate(component["items"], 1):
        item["code"] = f"{audience}_{number}"
    return {**content, "key": audience, "whom": audience, "title": f"Для {audience}", "components": [component]}


def hold(session: Session, *, person_id: int, position: str) -> None:
    held = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == position).scalar_subquery()
    session.execute(update(Person).where(Person.id == person_id).values(position_id=held))


def instrument(session: Session, *, key: str) -> int:
    return session.scalars(select(Instrument.id).where(Instrument.key == key)).one()


@pytest.fixture
def by_key(database: Database) -> dict[str, int]:
    """Three instruments side by side."""
    for audience in (METHODISTS, MANAGERS):
        database.write(staff_services.publish, callers.clock(NOW), content=another(audience))
    return {key: database.read(instrument, key=key) for key in ("teacher", METHODISTS, MANAGERS)}


def in_position(database: Database, position: str, number: int = 7001) -> int:
    person_id = teacher(database, number)
    database.write(hold, person_id=person_id, position=position)
    return person_id


def home(database: Database, person_id: int, instrument_id: int | None = None) -> DiagnosticsHome:
    return database.read(queries.home, callers.person(person_id, NOW), instrument_id=instrument_id)


def walked(database: Database, person_id: int, instrument_id: int, **late: float) -> int:
    """A whole walk through one of the instruments; returns the attempt."""
    now = NOW + timedelta(**late)

    def all_at_once(session: Session) -> int:
        caller = callers.person(person_id, now)
        step = services.start_or_resume(session, caller, instrument_id=instrument_id)
        while step.item is not None:
            step = services.answer(
                session, caller, attempt_id=step.attempt_id, item=step.item.code, value=twos(step.item)
            )
        return services.finish(session, caller, attempt_id=step.attempt_id).attempt_id

    return database.write(all_at_once)


@pytest.mark.parametrize(
    ("own", "published", "offered"),
    [
        (Audience.TEACHER, set(Audience), [Audience.TEACHER]),
        (Audience.METHODIST, set(Audience), [Audience.METHODIST, Audience.TEACHER]),
        (Audience.METHODIST, {Audience.TEACHER}, [Audience.TEACHER]),
        (Audience.MANAGER, set(Audience), [Audience.MANAGER]),
        (Audience.MANAGER, {Audience.TEACHER, Audience.METHODIST}, [Audience.TEACHER]),
    ],
)
def test_the_position_decides_which_are_offered(
    own: Audience, published: set[Audience], offered: list[Audience]
) -> None:
    assert list(rules.offered(own, published)) == offered


def test_a_methodist_is_offered_two_a_teacher_and_a_head_one(database: Database, by_key: dict[str, int]) -> None:
    expected = {"teacher": ["teacher"], "methodist": ["methodist", "teacher"], "head": ["manager"]}
    for number, (position, keys) in enumerate(expected.items()):
        person = in_position(database, position, 7100 + number)
        assert [one.instrument_id for one in home(database, person).offers] == [by_key[key] for key in keys]


def test_what_is_for_others_can_not_be_begun(database: Database, by_key: dict[str, int]) -> None:
    person = in_position(database, "teacher")
    for key in (METHODISTS, MANAGERS):
        with pytest.raises(DomainError) as refused:
            database.write(services.start_or_resume, callers.person(person, NOW), instrument_id=by_key[key])
        assert refused.value.code == "diagnostics_not_offered"
    assert start(database, person).questionnaire.key == "teacher"


def test_each_instrument_has_its_own_attempt_last_result_and_time(database: Database, by_key: dict[str, int]) -> None:
    person = in_position(database, "methodist")
    own = walked(database, person, by_key[METHODISTS])
    with pytest.raises(DomainError) as refused:  # the same again is too early, the other is not
        walked(database, person, by_key[METHODISTS], days=1)
    assert refused.value.code == "diagnostics_too_early"
    first = walked(database, person, by_key["teacher"], days=1)
    again = walked(database, person, by_key[METHODISTS], days=120)
    latest = database.read(
        lambda session: set(session.scalars(select(ComponentScore.attempt_id).where(ComponentScore.latest)))
    )
    assert latest == {first, again}
    for attempt, last, before in ((own, False, False), (again, True, True), (first, True, False)):
        result = database.read(queries.result, callers.person(person, NOW), attempt_id=attempt)
        assert (result.last, result.previous_at is not None) == (last, before)
    rows = database.read(offering.history, callers.person(person, NOW), instrument_id=by_key[METHODISTS])
    assert [row.attempt_id for row in rows] == [again, own]


def test_one_walk_under_way_does_not_stop_the_other(database: Database, by_key: dict[str, int]) -> None:
    person = in_position(database, "methodist")
    started = [
        database.write(services.start_or_resume, callers.person(person, NOW), instrument_id=by_key[key]).attempt_id
        for key in (METHODISTS, "teacher", METHODISTS)
    ]
    assert started[0] == started[2] != started[1]
    assert [one.open_id for one in home(database, person).offers] == started[:2]


async def test_ten_starts_at_once_by_two_instruments_are_two_attempts(
    database: Database, database_url: str, by_key: dict[str, int]
) -> None:
    person = in_position(database, "methodist")
    door = AsyncDatabase(database_url)
    wanted = [by_key[METHODISTS], by_key["teacher"]] * 5
    try:
        steps = await asyncio.gather(
            *(door.write(services.start_or_resume, callers.person(person, NOW), instrument_id=one) for one in wanted)
        )
    finally:
        await door.close()
    assert len({step.attempt_id for step in steps}) == 2
    assert len(database.read(lambda session: session.scalars(select(Attempt)).all())) == 2


def test_who_changes_position_ends_what_was_begun_and_begins_no_other(
    database: Database, by_key: dict[str, int]
) -> None:
    person = in_position(database, "methodist")
    attempt = database.write(
        services.start_or_resume, callers.person(person, NOW), instrument_id=by_key[METHODISTS]
    ).attempt_id
    database.write(hold, person_id=person, position="teacher")
    assert walked(database, person, by_key[METHODISTS]) == attempt
    assert home(database, person, by_key[METHODISTS]).result
    with pytest.raises(DomainError) as refused:
        walked(database, person, by_key[METHODISTS], days=200)
    assert refused.value.code == "diagnostics_not_offered"


def test_each_instrument_reminds_of_itself(database: Database, by_key: dict[str, int]) -> None:
    person = in_position(database, "methodist")
    own, later = walked(database, person, by_key[METHODISTS]), walked(database, person, by_key["teacher"], days=30)

    def sweep(session: Session, *, days: int) -> list[Any]:
        sweeps.sweep(session, callers.clock(NOW + timedelta(days=days)), rules=region_rules(session))
        found = session.scalars(select(Notice).where(Notice.kind == RETEST).order_by(Notice.id))
        return [notice.params["attempt_id"] for notice in found]

    assert database.write(sweep, days=190) == [own], "the later walk by the other instrument is no answer to it"
    assert database.write(sweep, days=220) == [own, later]


async def test_a_methodist_chooses_and_a_teacher_is_asked_nothing(town: Town) -> None:
    town.write(staff_services.publish, callers.clock(town.clock.now()), content=another(METHODISTS))
    person = await town.teacher()

    async def said(text: str = "", *, tap: str = "") -> Message:
        await (person.send(text) if text else person.tap(tap))
        await person.settle()
        texts = [one for one in await person.messages() if one.outgoing and one.kind == "text"]
        return texts[-1]  # the picture of a result may come below

    assert "не экзамен" in (await said("/diagnostics")).text
    me = town.read(person_of, external_id=2001)
    town.write(hold, person_id=me, position="methodist")
    screen = await said("/diagnostics")
    assert screen.buttons[:2] == ["Для methodist", "Самодиагностика педагога"]
    assert "Для methodist — можно начать" in screen.text
    await said(tap="Для methodist")
    assert "вопрос 1 из 6" in (await said(tap="Начать")).text
    await said(tap="Выйти")
    assert "вопрос 1 из 6" in (await said(tap="Продолжить")).text
    assert "Для methodist — ждёт продолжения" in (await said("/diagnostics")).text
    first = complete(town.database, me, now=town.clock.now() - timedelta(days=1))
    assert first.questionnaire.key == METHODISTS
    screen = await said("/diagnostics")
    assert "результат от" in screen.text
    screen = await said(tap="Для methodist")
    assert "Ваш результат" in screen.text and "Для methodist" in screen.text
    assert "Какая самодиагностика" in (await said(tap="Другие самодиагностики")).text
