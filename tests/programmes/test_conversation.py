"""A young teacher opens «Площадки» in the chat, enrols, has lessons among the own events and a paper at the end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.sandbox.client import SandboxPerson
from db.calendar import queries as calendar
from db.calendar import services as feeds
from db.events import certificate, seats
from db.events.models import Certificate, Registration, RegistrationStatus
from db.people.models import Person
from db.presence import staff_services as presence
from db.sites.models import MasterRole, Site
from db.sites.staff_services import name_master
from tests.events.support import REGION, heard, make_event, make_people
from tests.programmes.support import TITLE, lessons, make_run
from tests.support import callers
from tests.support.town import Town, person_of


async def say(person: SandboxPerson, text: str) -> str:
    await (await person.send(text)).settle()
    return (await person.last()).text


async def tap(person: SandboxPerson, text: str) -> str:
    await person.tap(text)
    await person.settle()
    return (await person.last()).text


@pytest.fixture
async def person(town: Town) -> SandboxPerson:
    """A teacher with one year of experience."""
    found = await town.teacher(2001, "Юная Вера Ивановна")
    town.write(lambda session: session.execute(update(Person).values(experience_years=1)))
    return found


def site(session: Session) -> Site:
    return session.scalars(select(Site).where(Site.active).order_by(Site.id).limit(1)).one()


async def test_a_young_teacher_enrols_sits_in_every_lesson_and_has_a_paper_that_verifies(
    town: Town, person: SandboxPerson
) -> None:
    """ACCEPTANCE, timashevsk 3 and 4."""
    now = town.clock.now()
    event_id = town.write(make_run, now=now, capacity=8)
    others = town.write(make_people, count=8, now=now)
    for one in others[:7]:
        town.write(seats.register, callers.person(one, now), event_id=event_id)
    at = town.read(site)
    for role, called in ((MasterRole.LEADER, "Опытная Анна"), (MasterRole.MASTER, "Мудрая Нина")):
        town.write(name_master, callers.staff(REGION, now), site_id=at.id, role=role, called=called)
    town.write(heard, now=now)
    assert "Выберите вид площадки" in await say(person, "/sites")
    await tap(person, "Стажировочная")
    while not any(one.startswith(at.organisation[:20]) for one in (await person.last()).buttons):
        await tap(person, "›")
    told = await tap(person, at.organisation[:20])
    assert "Опытная Анна, педагог-мастер, руководит группой" in told
    assert "Мудрая Нина, педагог-мастер" in told
    told = await tap(person, "Группа с")
    assert TITLE in told
    assert re.search(r"🗓 \d+ \w+ 20\d\d\sг\. – \d+ \w+ 20\d\d\sг\.", told), "a year's group is told by its years"
    await tap(person, "Записаться")
    assert "за день." in (await person.last()).text, "its hour is no hour of a lesson"
    town.write(seats.register, callers.person(others[7], now), event_id=event_id)
    waiting = town.read(
        lambda s: s.scalars(
            select(Registration.person_id).where(Registration.status == RegistrationStatus.WAITING)
        ).all()
    )
    assert waiting == [others[7]], "the ninth of eight is first in the queue"
    told = await say(person, "/my")
    assert "Замысел урока" in told and "Разбор урока" in told
    assert re.search(rf"^с \d+ \w+ · {TITLE}", told, re.MULTILINE)
    assert "Кабинет 5" in told
    who = town.read(person_of, external_id=2001)
    secret = town.write(feeds.address, callers.person(who, now))
    entries = town.read(calendar.feed, callers.clock(now), secret=secret)
    assert [one.title for one in entries] == ["Замысел урока", "Разбор урока"], "an entry a lesson, none of a year"
    place = town.read(lambda s: s.scalars(select(Registration.id).where(Registration.person_id == who)).one())
    later = now + timedelta(days=40)
    for part in town.read(lessons, event_id=event_id):
        town.write(
            presence.sit_in,
            callers.staff(REGION, later),
            event_id=event_id,
            session_id=part.id,
            registration_ids=[place],
        )
    town.move(days=260)
    town.write(heard, now=town.clock.now())
    await say(person, "/my")
    await tap(person, "Прошедшие")
    await tap(person, TITLE[:12])
    await person.tap("Получить сертификат")
    await person.settle()
    number = town.read(lambda s: s.scalars(select(Certificate.number)).one())
    paper = town.read(certificate.verify, number=number)
    assert paper is not None
    assert (paper.hours, paper.name) == (8, "Юная Вера Ивановна")


async def test_a_programme_stands_in_the_calendar_by_its_next_lesson(town: Town, person: SandboxPerson) -> None:
    """«8 дек, 08:00» was said of a lesson at 15:00, and a group under way stood first under its first day."""
    town.write(make_run, now=town.clock.now())  # from the 5th of March; lessons on the 5th and the 12th at 13:00
    town.write(make_event, now=town.clock.now(), days=8, title="Семинар")
    assert "5 мар, 13:00" in await say(person, "/events")
    town.move(days=5)  # the first lesson is over
    shown = await say(person, "/events")
    assert "12 мар, 13:00" in shown and "5 мар" not in shown
    assert shown.index("Семинар") < shown.index(TITLE[:30])
    town.move(days=7)  # no lesson is ahead, the group goes on
    assert "с 5 мар" in await say(person, "/events")
