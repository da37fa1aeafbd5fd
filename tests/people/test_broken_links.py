"""A link that leads nowhere any more: each kind says so in its own words, and goes on from there."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.dispatch.deep_links import LINKS
from db.accounts import services as accounts
from db.accounts.models import LinkPurpose, Staff
from db.dictionaries.models import Organisation
from db.events.models import Event, EventStatus
from db.people import claims
from db.people.models import Person, Role
from db.people.staff_services import invite
from db.scope import StaffRole
from tests.diagnostics.walking import complete
from tests.events.support import door, make_event
from tests.people.test_claims import record
from tests.people.test_first_meeting import walk
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import Town, person_of, quarantined

GONE = "По этой ссылке ничего не открылось"
SAYS = {
    "ev_": ("Такого события уже нет", "Фильтры"),
    "ci_": ("код отметки не действует", "Самодиагностика"),
    "inv_": ("приглашение больше не действует", "Самодиагностика"),
    "cl_": ("Попросите у методиста новую", "Самодиагностика"),
    "org_": (GONE, "Самодиагностика"),
    "st_": ("попросите новую ссылку у администратора", "Самодиагностика"),
    "result_": (GONE, "Начать"),
    "retest_": (GONE, "К самодиагностике"),
    "step_": (GONE, "К самодиагностике"),
    "pair_": (GONE, "Хочу наставника"),
    "group_": (GONE, "В меню"),
    "practice_": (GONE, "Предложить свою"),
}
"""What is said of a link of each kind that leads nowhere, and a button of what is shown below."""
RESTS = ("", "x", "nothing", "0", "999999", "-1", "9" * 40, "_")


def test_every_kind_of_link_is_tried() -> None:
    assert {*SAYS, "files"} == set(LINKS.by_prefix)


@pytest.mark.parametrize("prefix", SAYS)
async def test_a_link_that_leads_nowhere_says_so_by_its_kind(town: Town, prefix: str) -> None:
    """Of a record, a result or a step it was «Откройте раздел заново из меню» above the very section."""
    vera = await town.teacher()
    said, button = SAYS[prefix]
    for rest in RESTS:
        screen = await walk(vera, f">/start {prefix}{rest}")
        assert said in screen.text and any(button in one for one in screen.buttons), f"{prefix}{rest}: {screen}"
    assert not town.read(quarantined)


@pytest.mark.parametrize("rest", ["", "_over", "_nothing", "0"])
async def test_the_way_back_from_the_page_of_files_leads_somewhere_whatever_stands_behind_it(
    town: Town, rest: str
) -> None:
    screen = await walk(await town.teacher(), f">/start files{rest}")
    assert any("аявк" in one for one in [screen.text, *screen.buttons])


@pytest.mark.parametrize("payload", ["zz_123", "garbage", "EV", "1", "_"])
async def test_a_link_of_no_kind_is_not_promised_to_a_stranger_for_later(town: Town, payload: str) -> None:
    """«Ссылка не потеряется: откроется сразу после знакомства» stood over a link that nothing opens."""
    screen = await walk(await town.person(2009), f">/start {payload}")
    assert "Эта ссылка уже не работает" in screen.text and "не потеряется" not in screen.text
    assert screen.button("Познакомиться")


# --- what once led somewhere ---


async def test_an_event_that_is_over_called_off_or_not_announced(town: Town) -> None:
    now, vera = town.clock.now(), await town.teacher()
    event_id = town.write(make_event, now=now)

    def link(session: Session) -> tuple[str, str]:
        return session.get_one(Event, event_id).code, door(session, event_id=event_id, now=town.clock.now()).token

    code, token = town.read(link)
    screen = await walk(vera, f">/start ev_{code[:-1]}")
    assert "Такого события уже нет" in screen.text, "a code that was cut"
    assert "код" in (await walk(vera, f">/start ci_{token[:-1]}")).text
    states = ((EventStatus.DRAFT, "Такого события уже нет"), (EventStatus.CANCELLED, "отменено"))
    for status, said in states:
        town.write(lambda session, status=status: session.execute(update(Event).values(status=status)))
        assert said in (await walk(vera, f">/start ev_{code}")).text
        screen = await walk(vera, f">/start ci_{town.read(link)[1]}")
        assert screen.buttons and "отмечены" not in screen.text, screen
    town.write(lambda session: session.execute(update(Event).values(status=EventStatus.PUBLISHED)))
    town.move(days=4)
    screen = await walk(vera, f">/start ev_{code}")
    assert "уже прошло" in screen.text and "Записаться" not in screen.buttons
    assert "Отметка уже закрыта" in (await walk(vera, f">/start ci_{town.read(link)[1]}")).text


def invitation(session: Session, staff_id: int, now: datetime) -> str:
    return "inv_" + invite(session, callers.administrator(now, staff_id), role=Role.MENTOR)


def claim(session: Session, staff_id: int, now: datetime) -> str:
    person_id = record(session, now=now)
    return "cl_" + claims.issue(session, callers.administrator(now, staff_id), person_id=person_id)


def connecting(session: Session, staff_id: int, now: datetime) -> str:
    return "st_" + accounts.issue_link(session, callers.clock(now), staff_id=staff_id, purpose=LinkPurpose.CONNECT)


@pytest.mark.parametrize("made", [invitation, claim, connecting])
async def test_a_link_of_one_use_that_was_cut_ran_out_or_whose_author_left(
    town: Town, made: Callable[[Session, int, datetime], str]
) -> None:
    now, vera = town.clock.now(), await town.teacher()
    staff_id = town.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=now)
    payload = town.write(made, staff_id, now)
    said, button = SAYS[payload[: payload.index("_") + 1]]

    async def refused(payload: str) -> None:
        screen = await walk(vera, f">/start {payload}")
        assert said in screen.text and any(button in one for one in screen.buttons), screen

    await refused(payload[:-1])
    await refused(payload[: payload.index("_") + 1] + payload[payload.index("_") + 1 :].swapcase())
    town.write(lambda session: session.execute(update(Staff).values(active=False)))
    await refused(payload)
    town.write(lambda session: session.execute(update(Staff).values(active=True)))
    town.move(days=100)
    await refused(payload)


async def test_a_record_or_a_school_that_is_no_more(town: Town) -> None:
    now, vera = town.clock.now(), await town.teacher()
    staff_id = town.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=now)
    payload = town.write(claim, staff_id, now)

    def drop(session: Session) -> int:
        number = session.scalars(select(Person.id).order_by(Person.id.desc())).first() or 0
        session.get_one(Person, number).erased_at = now
        used = select(Person.organisation_id).where(Person.organisation_id.is_not(None))
        place = session.scalars(select(Organisation.id).where(Organisation.id.not_in(used))).first()
        session.execute(delete(Organisation).where(Organisation.id == place))
        return place or 0

    place = town.write(drop)
    assert GONE in (await walk(vera, f">/start {payload}")).text
    assert GONE in (await walk(vera, f">/start org_{place}")).text


async def test_a_colleagues_result_by_the_link_of_a_paper_is_nobodys(town: Town) -> None:
    vera, anna = await town.teacher(), await town.teacher(2002, "Вторая Анна Павловна")
    attempt = complete(town.database, town.read(person_of, external_id=2001), now=town.clock.now()).attempt_id
    assert GONE not in (await walk(vera, f">/start result_{attempt}")).text
    screen = await walk(anna, f">/start result_{attempt}")
    assert GONE in screen.text and screen.button("Начать")
