"""«/summary»: whoever has an account of the panel gets the day's figures in the chat, within its reach."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.diagnostics import screens_radar
from bot.reports import screens
from bot.sandbox.client import Message, SandboxPerson
from db.accounts.models import Staff
from db.diagnostics import blocks
from db.overviews import summary
from db.overviews.summary import Summary
from db.people.models import Person
from db.scope import StaffRole
from locales import translator
from tests.reports.test_units import schools, walked
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import Town

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
VERA = "Тестова Вера Ивановна"


def tie(session: Session, *, town: Town, role: StaffRole, places: tuple[str, ...] = (), **more: object) -> int:
    """An account for Vera."""
    person = session.scalars(select(Person.id).where(Person.full_name == VERA)).one()
    now = town.clock.now()
    return add_staff(session, login="hers", role=role, now=now, municipalities=places, person_id=person, **more)


def publish(session: Session, *, town: Town) -> None:
    """Eight results in one town, seven in another, told as groups."""
    now = town.clock.now()
    for place, count, deficit in ((HOME, 8, 70.0), (FOREIGN, 7, 20.0)):
        (school,) = schools(session, place, 1)
        walked(session, now, school=school, count=count, deficit=deficit)
    for days in (8, 16, 24):
        blocks.publish(session, callers.clock(now + timedelta(days=days)))


async def ask(person: SandboxPerson) -> Message:
    await person.send("/summary")
    await person.settle()
    return await person.last()


async def test_a_methodist_gets_a_picture_and_a_few_lines_within_reach(town: Town) -> None:
    vera = await town.teacher()
    town.write(publish, town=town)
    town.write(tie, town=town, role=StaffRole.MUNICIPAL_METHODIST, places=(HOME,))
    told = await ask(vera)
    assert told.kind == "photo"
    assert "Сводка на" in told.text and "70 из 100" in told.text and "результатом: 8" in told.text
    assert len(told.text) <= 700


async def test_where_too_little_is_published_words_say_so(town: Town) -> None:
    vera = await town.teacher()
    town.write(tie, town=town, role=StaffRole.REGIONAL_METHODIST)
    told = await ask(vera)
    assert told.kind == "text" and "результатов пока мало" in told.text
    await vera.send("/menu")
    await vera.settle()
    await vera.tap("Сводка")
    await vera.settle()
    assert "Сводка на" in (await vera.last()).text


@pytest.mark.parametrize("right", ["none", "blocked", "coordinator"])
async def test_who_sees_no_reports_gets_no_figures(town: Town, right: str) -> None:
    """A right that was taken a second ago is gone: the account is asked at every time."""
    vera = await town.teacher()
    if right != "none":
        role = StaffRole.COORDINATOR if right == "coordinator" else StaffRole.ADMINISTRATOR
        staff_id = town.write(tie, town=town, role=role)
        active = right != "blocked"
        town.write(lambda session: session.execute(update(Staff).where(Staff.id == staff_id).values(active=active)))
    told = await ask(vera)
    assert "доступ к отчётам панели" in told.text and "Сводка на" not in told.text


async def test_the_same_figures_are_drawn_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    vera = await town.teacher()
    town.write(publish, town=town)
    town.write(tie, town=town, role=StaffRole.REGIONAL_METHODIST)
    drawn: list[object] = []
    draw = screens_radar.render
    monkeypatch.setattr(screens_radar, "render", lambda chart: drawn.append(chart) or draw(chart))
    await ask(vera)
    pictures = len(drawn)
    assert (await ask(vera)).kind == "photo" and len(drawn) == pictures


async def test_the_figures_of_a_small_group_are_in_no_summary(town: Town) -> None:
    await town.teacher()
    now = town.clock.now()

    def few(session: Session) -> Summary:
        (school,) = schools(session, HOME, 1)
        walked(session, now, school=school, count=4)
        blocks.publish(session, callers.clock(now + timedelta(days=30)))
        tie(session, town=town, role=StaffRole.REGIONAL_METHODIST)
        person = session.scalars(select(Person.id).where(Person.full_name == VERA)).one()
        return summary.summary(session, callers.person(person, now + timedelta(days=31)))

    found = town.write(few)
    assert found.people == 0 and all(value is None for _, value in found.deficits)
    assert screens.chart(translator("ru"), found) is None
