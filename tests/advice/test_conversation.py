"""Advice in the chat: different for equal scores, signed and dated, online and nearby first; steps in staff's words."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.sandbox.client import SandboxPerson
from db.advice.models import AdviceCategory, CentreAdvice
from db.advice.staff_services import AdviceDraft, save_advice
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import staff_services
from db.diagnostics.content import Item
from db.dictionaries.models import Centre, Municipality, Term, TermKind
from db.errors import ForbiddenError, NotFoundError
from db.events.models import EventMode
from db.overviews.after_result import advised
from db.packs import load_pack
from db.packs.loading import load
from db.people.models import Person
from db.routes import queries as routes
from db.scope import Scope, StaffRole
from tests.diagnostics.test_screens import mixed
from tests.diagnostics.walking import NOW, complete
from tests.events.support import heard, make_event
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.town import Town, add_teacher, person_of

CENTRE = "Муниципальный ресурсный центр (название в документе не указано)"
REGION = Scope(1, StaffRole.REGIONAL_METHODIST, None)
PLACE = "municipality"


@pytest.fixture
async def sverdlovsk(empty: Path, tmp_path: Path, clock: FrozenClock) -> AsyncIterator[Town]:
    """The sandbox over the pack of Sverdlovsk, examples included as in any sandbox."""
    file = copy_sqlite(empty, tmp_path / "sverdlovsk.db")
    database = Database.connect(file)
    database.write(load, pack=load_pack("sverdlovsk"), now=clock.now())
    database.close()
    place = await Town(file, clock, data_dir=tmp_path / "data", region_pack="sverdlovsk").open()
    yield place
    await place.close()


def works_as(session: Session, *, person_id: int, position: str) -> None:
    term = select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == position).scalar_subquery()
    session.execute(update(Person).where(Person.id == person_id).values(position_id=term))


def varied(item: Item) -> int | None:
    """The same by any questionnaire: some things go well, some do not."""
    return sum(map(ord, item.code)) % 4


async def walked(town: Town, external_id: int, name: str, position: str) -> SandboxPerson:
    """A person in this position with the same answers as everybody here."""
    person = await town.teacher(external_id, name, municipality=PLACE)
    who = town.read(person_of, external_id=external_id)
    town.write(works_as, person_id=who, position=position)
    complete(town.database, who, varied, town.clock.now())
    town.write(heard, now=town.clock.now())
    return person


async def said(person: SandboxPerson) -> list[str]:
    """Every piece of advice that the result leads to, turned through to the end."""
    await (await person.send("/diagnostics")).settle()
    result = await person.last()
    (button,) = [one for one in result.buttons if one.startswith("Советы центра")]
    await person.tap(button)
    await person.settle()
    found = []
    for _ in range(int(button.rpartition(" ")[2])):
        screen = await person.last()
        found.append(screen.text)
        if "›" in screen.buttons:
            await person.tap("›")
            await person.settle()
    return found


async def test_equal_scores_and_different_advice_for_whoever_teaches_a_subject_and_whoever_raises_the_small_ones(
    sverdlovsk: Town,
) -> None:
    """ACCEPTANCE, sverdlovsk 4."""
    educator = await said(await walked(sverdlovsk, 3001, "Аргус Вера Ивановна", "educator"))
    subject = await said(await walked(sverdlovsk, 3002, "Берилл Анна Ивановна", "teacher"))
    assert 1 <= len(educator) <= 3 and 1 <= len(subject) <= 3
    assert educator[0] != subject[0] and not set(educator) & set(subject)
    for text in (*educator, *subject):
        assert f"Советует {CENTRE}, 2 февраля 2026" in text and "учебные данные" in text
        assert "Почему советуем:" in text and len(text) <= 700


async def test_a_head_and_a_deputy_get_the_managers(sverdlovsk: Town) -> None:
    """ACCEPTANCE, sverdlovsk 5."""
    head = await said(await walked(sverdlovsk, 3003, "Гранат Олег Ильич", "head"))
    deputy = await said(await walked(sverdlovsk, 3004, "Диабаз Инна Ильинична", "deputy-head"))
    teacher = await said(await walked(sverdlovsk, 3005, "Егоров Пётр Ильич", "teacher"))
    assert head == deputy and not set(head) & set(teacher)
    managers = sverdlovsk.read(texts_of, category="manager")
    assert all(any(text in one for text in managers) for one in head)


def texts_of(session: Session, *, category: str) -> list[str]:
    of = select(AdviceCategory.id).where(AdviceCategory.code == category).scalar_subquery()
    return list(session.scalars(select(CentreAdvice.text).where(CentreAdvice.category_id == of)))


async def test_the_event_beside_the_advice_is_online_before_nearby_before_far(sverdlovsk: Town) -> None:
    person = await walked(sverdlovsk, 3006, "Жадеит Нина Ильинична", "teacher")
    who, now = sverdlovsk.read(person_of, external_id=3006), sverdlovsk.clock.now()
    attempt = last_of(sverdlovsk, who)
    _, found = sverdlovsk.read(advised, callers.person(who, now), attempt_id=attempt)
    about = {"components": [found[0].component], "capacity": None}
    sverdlovsk.write(make_event, now=now, title="Далеко и раньше", days=1, **about)
    sverdlovsk.write(make_event, now=now, title="Рядом", days=2, municipality=PLACE, **about)
    online = {"mode": EventMode.ONLINE, "link": "https://example.org/room"}
    number = sverdlovsk.write(make_event, now=now, title="На экране", days=3, **about, **online)
    sverdlovsk.write(make_event, now=now, title="Занято", days=1, **about | {"capacity": 1, "seated": 1}, **online)
    _, found = sverdlovsk.read(advised, callers.person(who, now), attempt_id=attempt)
    assert found[0].event is not None and found[0].event.id == number
    await said(person)
    assert any("На экране" in button for button in (await person.last()).buttons)


def last_of(town: Town, person_id: int) -> int:
    found = town.read(routes.last_result, callers.person(person_id, town.clock.now()))
    assert found is not None
    return found.attempt_id


async def test_another_ones_result_leads_to_no_advice(sverdlovsk: Town) -> None:
    await walked(sverdlovsk, 3007, "Змеевик Инна Ильинична", "teacher")
    await walked(sverdlovsk, 3008, "Ильменит Олег Ильич", "teacher")
    theirs = last_of(sverdlovsk, sverdlovsk.read(person_of, external_id=3007))
    mine = sverdlovsk.read(person_of, external_id=3008)
    with pytest.raises(NotFoundError):
        sverdlovsk.read(advised, callers.person(mine, sverdlovsk.clock.now()), attempt_id=theirs)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_centres_advice_is_for_people_of_its_municipalities_alone(database: Database) -> None:
    inside, outside = (
        database.write(add_teacher, external_id=number, name="Вера", now=NOW, municipality=place)
        for number, place in ((7001, "chelyabinsky-go"), (7002, "varnensky-mr"))
    )
    attempts = {person: complete(database, person, mixed, NOW).attempt_id for person in (inside, outside)}

    def signed(session: Session) -> int:
        place = session.scalars(select(Municipality).where(Municipality.code == "chelyabinsky-go")).one()
        centre = Centre(code="own", name="Центр развития", municipalities=[place])
        session.add(centre)
        session.flush()
        session.add(
            CentreAdvice(
                code="own",
                centre_id=centre.id,
                levels=[],
                title="Свой совет",
                text="Приходите в среду",
                why="Мы рядом",
                signed_by="старое название",
                signed_on=date(2026, 2, 1),
            )
        )
        return centre.id

    database.write(signed)
    told = {
        person: database.read(advised, callers.person(person, NOW), attempt_id=attempt)[1]
        for person, attempt in attempts.items()
    }
    assert [one.signed_by for one in told[inside] if one.title == "Свой совет"] == ["Центр развития"]
    assert not [one for one in told[outside] if one.title == "Свой совет"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_step_in_staffs_words_is_in_the_result_and_the_route_and_given_back_by_an_empty_one(
    database: Database,
) -> None:
    person = database.write(add_teacher, external_id=7001, name="Вера", now=NOW)
    complete(database, person, mixed, NOW)
    caller = callers.person(person, NOW)
    before = database.read(routes.last_result, caller)
    assert before is not None and before.step is not None and before.step.hardest is not None
    item = before.step.hardest
    asked = {"instrument": "teacher", "item": item.code}
    staff = callers.staff(REGION)
    database.write(staff_services.save_step, staff, **asked, text="Спросите коллегу за чаем.")
    after = database.read(routes.last_result, caller)
    assert after is not None and after.step is not None and after.step.hardest is not None
    assert after.step.hardest.step == "Спросите коллегу за чаем."
    _, offers = database.read(routes.offers, caller)
    assert offers[0].item.step == "Спросите коллегу за чаем."
    assert after.questionnaire.components[0].form == before.questionnaire.components[0].form, "it asks the same"
    database.write(staff_services.save_step, staff, **asked, text="")
    again = database.read(routes.last_result, caller)
    assert again is not None and again.step is not None and again.step.hardest == item


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_step_of_no_question_and_one_by_a_town_are_refused(database: Database) -> None:
    town = callers.staff(Scope(2, StaffRole.MUNICIPAL_METHODIST, frozenset({1})))
    with pytest.raises(ForbiddenError):
        database.write(staff_services.save_step, town, instrument="teacher", item="digital_2", text="Иначе")
    for asked in ({"instrument": "teacher", "item": "digital_99"}, {"instrument": "none", "item": "digital_2"}):
        with pytest.raises(NotFoundError):
            database.write(staff_services.save_step, callers.staff(REGION), **asked, text="Иначе")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_loading_the_pack_again_keeps_what_staff_wrote_and_a_real_one_has_no_examples(database: Database) -> None:
    pack = load_pack("chelyabinsk")

    def first_of(session: Session) -> CentreAdvice:
        return session.scalars(select(CentreAdvice).order_by(CentreAdvice.id)).first() or CentreAdvice()

    def titles() -> list[str]:
        found = select(CentreAdvice.title).order_by(CentreAdvice.id)
        return database.read(lambda session: list(session.scalars(found)))

    row = database.read(first_of)
    draft = AdviceDraft(
        **{name: getattr(row, name) for name in ("text", "why", "category_id", "site_id", "document_id", "active")},
        title="Наше слово",
        component=row.component,
        levels=frozenset(),
        signed_by="Наш центр",
    )
    database.write(save_advice, callers.staff(REGION), advice_id=row.id, draft=draft)
    database.write(load, pack=pack.real, now=NOW + timedelta(days=1))
    assert titles() == ["Наше слово"], "examples have gone, what somebody wrote over is the operator's own"
    database.write(load, pack=pack, now=NOW + timedelta(days=2))
    assert len(titles()) == 8 and titles()[0] == "Наше слово"
