"""A teacher's route in the chat: a step by one tap, a day and a class, asked about once, closed with a word."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.sandbox.client import SandboxPerson
from db.database import Database
from db.dictionaries.rules import Rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.models import Registration, RegistrationStatus
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import is_quiet
from db.routes import personal, queries, services, sweeps
from db.routes.models import ItemStatus, Route, RouteItem, RouteStatus, StepOutcome, StepSetting
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import NOW, ZONE, complete, teacher
from tests.events.support import heard, make_event
from tests.support import callers
from tests.support.town import Town, person_of


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


def items(session: Session) -> list[RouteItem]:
    return list(session.scalars(select(RouteItem).order_by(RouteItem.id)))


@pytest.fixture
async def person(town: Town) -> SandboxPerson:
    """A teacher with a finished self-diagnosis."""
    found = await town.teacher(2001, "Мудрая Нина Павловна")
    complete(town.database, town.read(person_of, external_id=2001), mixed, town.clock.now())
    town.write(heard, now=town.clock.now())
    return found


async def test_a_step_of_the_result_gets_a_day_and_a_class_and_is_asked_about_once_after_lessons(
    town: Town, person: SandboxPerson
) -> None:
    town.clock.moment = NOW
    told = await say(person, "/diagnostics")
    assert "Когда попробуете?" in await tap(person, "Взять этот шаг")
    (step,) = town.read(items)
    assert step.text in told, "the step is the one that the result named"
    days = (await person.last()).buttons
    assert "Где?" in await tap(person, days[1])
    told = await tap(person, "5–6 класс")
    assert "После занятия спрошу" in told
    (step,) = town.read(items)
    assert (step.planned_on, step.setting) == (date(2026, 3, 3), StepSetting.MIDDLE)
    for _ in range(36):
        town.move(hours=1)
        await town.sweep()
    await person.wait_for("Как прошёл ваш шаг?")
    asked = [one for one in await person.messages() if "Как прошёл ваш шаг?" in one.text]
    assert len(asked) == 1
    await person.tap("Получилось")
    await person.settle()
    assert "Что вы заметили?" in (await person.last()).text
    assert "Ваши слова: Дети сами предложили пары" in await say(person, "Дети сами предложили пары")
    (step,) = town.read(items)
    assert (step.status, step.outcome, step.word) == (ItemStatus.DONE, StepOutcome.WORKED, "Дети сами предложили пары")
    assert "Уже сделано: 1 шаг" in await say(person, "/route")


async def test_an_event_of_the_route_is_done_by_being_there_and_waits_for_a_word(
    town: Town, person: SandboxPerson
) -> None:
    """ACCEPTANCE, chelyabinsk 13."""
    town.clock.moment = NOW
    starts = NOW + timedelta(days=2)
    who = town.read(person_of, external_id=2001)
    weakest = town.read(queries.last_result, callers.person(who, NOW))
    assert weakest is not None
    assert weakest.priorities
    serves = [weakest.priorities[0].component.code]
    event_id = town.write(make_event, now=NOW, title="Работа в парах", starts_at=starts, components=serves)
    assert "Мой маршрут" in await say(person, "/route")
    (button,) = [one for one in (await person.last()).buttons if "Работа в парах" in one]
    assert "Событие в маршруте" in await tap(person, button)
    town.write(_was_there, event_id, who, starts)
    town.clock.moment = starts + timedelta(hours=3)
    await town.sweep()
    await person.wait_for("событие из вашего маршрута")
    await town.sweep()
    assert "выполнено, ждёт вашего слова" in await say(person, "/route")
    asked = [one for one in await person.messages() if "событие из вашего маршрута" in one.text]
    assert len(asked) == 1
    await person.tap("Написать пару слов")
    await person.settle()
    assert "Сохранил" in await say(person, "Возьму приём «карусель»")
    (item,) = town.read(items)
    assert (item.status, item.word) == (ItemStatus.DONE, "Возьму приём «карусель»")


def _was_there(session: Session, event_id: int, person_id: int, at: object) -> None:
    session.add(
        Registration(
            event_id=event_id,
            person_id=person_id,
            status=RegistrationStatus.SEATED,
            sequence=1,
            registered_at=NOW,
            attended_at=at,
        )
    )


async def test_who_has_no_result_is_led_to_the_self_diagnosis(town: Town) -> None:
    person = await town.teacher(2001, "Мудрая Нина Павловна")
    assert "начинается с самодиагностики" in await say(person, "/route")
    assert "К самодиагностике" in (await person.last()).buttons
    await say(person, "/menu")
    assert "Мой маршрут" not in (await person.last()).buttons


def taken(database: Database, person_id: int, number: int = 0) -> RouteItem:
    caller = callers.person(person_id, NOW)
    attempt_id, offers = database.read(queries.offers, caller)
    item, _ = database.write(services.take_step, caller, attempt_id=attempt_id, item=offers[number].item.code)
    return item


def test_a_route_holds_three_open_steps_and_the_same_tap_twice_makes_one(database: Database) -> None:
    who = teacher(database)
    result = complete(database, who, mixed)
    first = taken(database, who)
    again, _ = database.write(
        services.take_step, callers.person(who, NOW), attempt_id=result.attempt_id, item=first.item or ""
    )
    assert again.id == first.id
    taken(database, who), taken(database, who)
    with pytest.raises(DomainError, match="route_full"):
        taken(database, who)
    database.write(services.drop, callers.person(who, NOW), item_id=first.id)
    assert taken(database, who).item != first.item, "what was dropped is not offered again at once"
    with pytest.raises(DomainError, match="route_full"):
        database.write(services.reopen, callers.person(who, NOW), item_id=first.id)


def test_nobody_takes_a_step_of_anothers_result_or_touches_anothers_route(database: Database) -> None:
    who, other = teacher(database), teacher(database, 7002)
    result = complete(database, who, mixed)
    item = taken(database, who)
    stranger = callers.person(other, NOW)
    with pytest.raises(NotFoundError):
        database.write(services.take_step, stranger, attempt_id=result.attempt_id, item=item.item or "")
    for use_case, more in (
        (services.drop, {}),
        (services.say, {"word": "Чужое"}),
        (services.report, {"outcome": StepOutcome.WORKED}),
        (services.plan, {"day": date(2026, 3, 3), "setting": StepSetting.UPPER}),
        (services.reopen, {}),
    ):
        with pytest.raises(NotFoundError):
            database.write(use_case, stranger, item_id=item.id, **more)  # type: ignore[operator]
    with pytest.raises(NotFoundError):
        database.read(queries.item, stranger, item_id=item.id)


def test_a_step_is_not_put_on_a_day_off_or_a_closed_one_on_any_day(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    caller, item = callers.person(who, NOW), taken(database, who)
    with pytest.raises(DomainError, match="route_day"):
        database.write(services.plan, caller, item_id=item.id, day=date(2026, 3, 8), setting=StepSetting.UPPER)
    database.write(services.report, caller, item_id=item.id, outcome=StepOutcome.WORKED)
    with pytest.raises(ConflictError):
        database.write(services.plan, caller, item_id=item.id, day=date(2026, 3, 3), setting=StepSetting.UPPER)


def asked(database: Database, *, taken_back: bool = False) -> list[Notice]:
    found = select(Notice).where(Notice.kind == "routes.how").order_by(Notice.id)
    if not taken_back:
        found = found.where(Notice.status != NoticeStatus.CANCELLED)
    return database.read(lambda session: list(session.scalars(found)))


def test_a_month_of_hours_asks_once_a_chosen_day_never_at_night_and_not_in_a_pause(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    item = taken(database, who)
    moment, planned = NOW, 0
    for hour in range(24 * 28):
        moment = NOW + timedelta(hours=hour)
        caller = callers.person(who, moment)
        if hour % 96 == 3 and hour <= 24 * 20 + 3:
            days = database.read(queries.days, caller, item_id=item.id)[1]
            database.write(services.plan, caller, item_id=item.id, day=days[1], setting=StepSetting.UPPER)
            planned += 1
        if hour == 24 * 20 + 4:
            database.write(services.pause, caller)
        database.write(sweeps.ask_how_it_went, callers.clock(moment), rules=Rules())
    found = asked(database, taken_back=True)
    assert len(found) == planned - 1 == 5, "what was planned before the pause is not asked about in it"
    assert not [one for one in found if is_quiet(one.due_at, rules=Rules(), zone=ZONE)]
    assert all(later.due_at - before.due_at >= timedelta(hours=24) for before, later in pairwise(found))


def test_a_moved_step_is_asked_about_on_its_new_day_only(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    item, caller = taken(database, who), callers.person(who, NOW)
    database.write(services.plan, caller, item_id=item.id, day=date(2026, 3, 2), setting=StepSetting.UPPER)
    database.write(sweeps.ask_how_it_went, callers.clock(NOW + timedelta(hours=8)), rules=Rules())
    assert len(asked(database)) == 1
    later = callers.person(who, NOW + timedelta(hours=8))
    database.write(services.plan, later, item_id=item.id, day=date(2026, 3, 4), setting=StepSetting.UPPER)
    assert asked(database) == [], "the old question is taken back"
    database.write(sweeps.ask_how_it_went, callers.clock(NOW + timedelta(days=2, hours=8)), rules=Rules())
    assert len(asked(database)) == 1


def test_an_erased_person_has_no_route_and_a_withdrawn_one_is_asked_nothing(database: Database) -> None:
    who = teacher(database)
    complete(database, who, mixed)
    item, caller = taken(database, who), callers.person(who, NOW)
    database.write(services.plan, caller, item_id=item.id, day=date(2026, 3, 3), setting=StepSetting.UPPER)
    database.write(services.say, caller, item_id=item.id, word="Провела с Ольгой")
    assert database.read(personal.export, person_id=who)["routes"][0]["items"][0]["word"] == "Провела с Ольгой"
    database.write(personal.stop, callers.clock(NOW), person_id=who)
    database.write(sweeps.ask_how_it_went, callers.clock(NOW + timedelta(days=3)), rules=Rules())
    assert asked(database) == []
    assert database.read(lambda session: session.scalars(select(Route.status)).all()) == [RouteStatus.CANCELLED]
    database.write(personal.forget, callers.clock(NOW), person_id=who)
    assert database.read(items) == []
    assert database.read(lambda session: session.scalars(select(Route)).all()) == []


def test_of_two_routes_of_one_person_one_goes_on_and_no_item_is_lost(database: Database) -> None:
    kept, gone = teacher(database), teacher(database, 7002)
    for one in (kept, gone):
        complete(database, one, mixed)
        taken(database, one)
    database.write(personal.merge, callers.clock(NOW), kept_id=kept, gone_id=gone)
    routes = database.read(lambda session: session.scalars(select(Route).order_by(Route.id)).all())
    assert [(one.person_id, one.status) for one in routes] == [
        (kept, RouteStatus.ACTIVE),
        (kept, RouteStatus.CANCELLED),
    ]
    assert len(database.read(items)) == 2
