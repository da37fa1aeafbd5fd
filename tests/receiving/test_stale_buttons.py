"""An old screen's buttons change nothing: whatever writes, its copy on a screen that another followed does not."""

import inspect
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.dispatch.routing import _prefix
from bot.sandbox.client import Message, SandboxPerson
from db.accounts.models import Staff
from db.applications import services as applications
from db.applications.models import Application, ApplicationStatus
from db.base import Base
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.models import Answer, Attempt, AttemptStatus
from db.dictionaries.models import Term, TermKind
from db.events import seats
from db.events.models import Registration, RegistrationStatus
from db.mentoring import services, staff_services
from db.people.models import Role
from db.plans import services as plans
from db.plans import staff_services as plan_staff
from db.plans.models import PlanLine
from db.scope import StaffRole
from tests.applications.support import World, add_staff
from tests.diagnostics.walking import complete, walk
from tests.events.support import REGION, heard, make_event
from tests.support import callers
from tests.support.databases import copy_sqlite
from tests.support.town import MONDAY, Town, add_teacher

ORGANISATION = ("pef:organisation:0:0", "Гимназия тишины и солнца")
NAME = ("pef:full_name:0:0", "Новaя Вера Ивановна")  # a Latin letter inside
CHANGED = {
    "aps": "aps:{campaign}",
    "apdp": "apdp:{draft}:{other_direction}",
    "apcp": "apcp:{draft}:{other_category}",
    "apqc": "apqc:{draft}:6:no",
    "apj": "apj:{draft}:1",
    "apw": "apw:{draft}:1",
    "apfr": "apfr:{draft}:4:1",
    "apx": "apx:{draft}:1",
    "apb": "apb:{draft}:1",
    "dg_b": "dg_b",
    "dg_a": "dg_a:{attempt}:subject_1:4",
    "dg_f": "dg_f:{attempt}",
    "dg_sh": "dg_sh:{result}:methodist:1",
    "ev_r": "ev_r:{free}:",
    "ev_a": "ev_a:{offered}",
    "ev_x": "ev_x:{seated}:1",
    "ev_s": "ev_s:{attended}:5",
    "ev_d": "ev_d:{attended}",
    "me_a": "me_a:{own_pair}",
    "me_t": "me_t:{pair}:0:{day}:600",
    "me_x": "me_x:{ahead}:1",
    "me_g": "me_g:{over}:1",
    "me_y": "me_y:{pair}:{today}",
    "me_u": "me_u:{unplanned}",
    "pl_d": "pl_d:{line}:0",
    "pl_u": "pl_u:{done_line}:0",
    "nor": "nor:0",
    "pep": "pep:experience:33",
    "peo": "peo",
    "pex": "pex:full_name",
    "pet": "pet:reminders:off",
    "pen": "pen",
    "pem": "pem:withdraw_yes",
    "pem_erase": "pem:erase_yes",
}
"""What each writing button would change, by its prefix."""
TYPED_BEFORE = {"peo": ORGANISATION, "pex": NAME}
CHANGES_NOTHING_TWICE = {"pec", "pes"}  # a consent that was given, a profile that was saved
NOT_LOOKED_AT = {"dialog", "incoming_update"}


class Chat:
    """Somebody with something of everything."""

    def __init__(self, town: Town, person: SandboxPerson, numbers: dict[str, int]) -> None:
        self.town, self.person, self.numbers = town, person, numbers

    async def say(self, text: str) -> Message:
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def press(self, data: str, screen: Message) -> None:
        await self.person.forge(data.format(**self.numbers), screen.id)
        await self.person.settle(answer_is_enough=True)

    async def prepare(self, name: str) -> None:
        """A fresh screen on which the button would change something."""
        if name in FIRST:
            self.town.write(FIRST[name])
        await self.say("/menu")
        if name in TYPED_BEFORE:
            tap, text = TYPED_BEFORE[name]
            await self.press(tap, await self.person.last())
            await self.say(text)

    async def seen(self, screen: Message) -> Message:
        return next(one for one in await self.person.messages() if one.id == screen.id)

    def kept(self) -> dict[str, list[Any]]:
        """All that the product keeps of people."""

        def rows(session: Session) -> dict[str, list[Any]]:
            tables = [table for table in Base.metadata.sorted_tables if table.name not in NOT_LOOKED_AT]
            return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}

        return self.town.read(rows)


def plant(database: Database, now: datetime) -> dict[str, int]:
    """Two mentors and a third, the first with something of everything; returns the numbers of it all."""
    first: dict[str, Any] = {"roles": [Role.MENTOR], "now": now}
    me = database.write(add_teacher, external_id=2001, name="Тестова Вера Ивановна", **first)
    other = database.write(add_teacher, external_id=2002, name="Юная Ольга", **first)
    third = database.write(add_teacher, external_id=2003, name="Новая Анна", now=now)
    staff, own = callers.staff(REGION, now), callers.person(me, now)
    numbers = {"result": complete(database, me, now=now - timedelta(days=200)).attempt_id}
    numbers["attempt"] = walk(database, me, now=now)
    draft = World(database, now).complete(me)
    database.write(applications.answer_text, own, application_id=draft.id, number=1, text="Иначе сказано.")
    numbers |= {"draft": draft.id, "campaign": draft.campaign.id}
    numbers["free"], numbers["offered"], numbers["seated"] = (
        database.write(make_event, now=now, capacity=1, days=days) for days in (3, 4, 5)
    )
    numbers["attended"] = database.write(make_event, now=now - timedelta(days=3), days=2)
    for name in ("offered", "seated", "attended"):
        early = callers.person(me, now - timedelta(days=3))
        database.write(seats.register, early, event_id=numbers[name])
    offer = {"status": RegistrationStatus.OFFERED, "offered_until": now + timedelta(hours=5)}
    database.write(registered, event_id=numbers["offered"], **offer)
    database.write(registered, event_id=numbers["attended"], attended_at=now - timedelta(days=1))
    numbers["pair"] = database.write(staff_services.create_pair, staff, mentor_id=me, mentee_id=other)
    numbers["own_pair"] = database.write(staff_services.create_pair, staff, mentor_id=other, mentee_id=me)
    at = now + timedelta(days=2)
    numbers["ahead"] = database.write(services.plan_meeting, own, pair_id=numbers["pair"], at=at)
    before = callers.person(me, now - timedelta(days=2))
    numbers["over"] = database.write(
        services.plan_meeting, before, pair_id=numbers["pair"], at=now - timedelta(hours=3)
    )
    scope = database.write(add_staff, login="m", role=StaffRole.REGIONAL_METHODIST, now=now)
    database.write(
        lambda session: session.execute(update(Staff).where(Staff.id == scope.staff_id).values(person_id=me))
    )
    numbers["line"], numbers["done_line"] = database.read(
        lambda session: session.scalars(select(PlanLine.id).limit(2)).all()
    )
    for line_id in (numbers["line"], numbers["done_line"]):
        database.write(plan_staff.name_responsible, staff, line_id=line_id, person_id=me)
    database.write(plans.done, own, line_id=numbers["done_line"], slot=0)
    numbers["today"] = now.date().toordinal()
    numbers["pair_before"] = database.write(staff_services.create_pair, staff, mentor_id=me, mentee_id=third)
    numbers["unplanned"] = database.write(services.log_unplanned, own, pair_id=numbers["pair_before"], day=now.date())
    numbers["day"] = now.date().toordinal() + 3
    terms = database.read(lambda session: {
        kind: session.scalars(select(Term.id).where(Term.kind == kind).order_by(Term.position.desc())).first()
        for kind in (TermKind.DIRECTION, TermKind.SUPPORT_CATEGORY)
    })  # fmt: skip
    numbers["other_direction"] = terms[TermKind.DIRECTION] or 0
    numbers["other_category"] = terms[TermKind.SUPPORT_CATEGORY] or 0
    database.write(heard, now=now)
    return numbers


@pytest.fixture(scope="module")
def planted(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """A database to copy with all that `plant` makes, and its numbers."""
    file = tmp_path_factory.mktemp("planted") / "template.db"
    database = Database.connect(copy_sqlite(_sqlite_template, file))
    numbers = plant(database, MONDAY)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file, numbers


@pytest.fixture
async def chat(planted: tuple[Path, dict[str, int]], clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Chat]:
    template, numbers = planted
    town = await Town(copy_sqlite(template, tmp_path / "opora.db"), clock, data_dir=tmp_path / "data").open()
    person = await town.client.person(2001, first_name="Вера", started=True)
    yield Chat(town, person, numbers)
    await town.close()


def registered(session: Session, *, event_id: int, **fields: Any) -> None:
    session.execute(update(Registration).where(Registration.event_id == event_id).values(**fields))


def withdrawn(session: Session) -> None:
    session.execute(update(Application).values(status=ApplicationStatus.WITHDRAWN))


def nothing_begun(session: Session) -> None:
    begun = select(Attempt.id).where(Attempt.status == AttemptStatus.IN_PROGRESS)
    session.execute(delete(Answer).where(Answer.attempt_id.in_(begun)))
    session.execute(delete(Attempt).where(Attempt.status == AttemptStatus.IN_PROGRESS))


def writes(handler: Callable[..., Any]) -> bool:
    """Whether a handler changes something, itself or by a private function beside it."""
    source = inspect.getsource(handler)
    beside = inspect.getmodule(handler)
    helpers = [getattr(beside, name) for name in re.findall(r"await (_\w+)\(", source)]
    return ".write(" in source or "erase(" in source or any(writes(one) for one in helpers if one is not handler)


def test_no_button_that_writes_is_left_out(town: Town) -> None:
    handlers = town.bot.dispatcher.callback_query.handlers
    writing = {prefix for one in handlers if (prefix := _prefix(one)) and writes(one.callback)}
    assert writing == {name.partition("_erase")[0] for name in CHANGED} | CHANGES_NOTHING_TWICE


FIRST = {"aps": withdrawn, "dg_b": nothing_begun}


@pytest.mark.parametrize("name", CHANGED)
async def test_a_button_changes_nothing_from_an_old_screen_and_the_same_from_the_live_one_does(
    chat: Chat, name: str
) -> None:
    old = await chat.say("/help")
    await chat.prepare(name)
    live = await chat.person.last()
    assert not (await chat.seen(old)).buttons, "whatever another screen followed loses its buttons"
    before = chat.kept()
    await chat.press(CHANGED[name], old)
    assert chat.kept() == before
    assert "устарела" in (await chat.person.toasts())[-1]["text"]
    fresh = await chat.seen(old)
    assert fresh.text != old.text and fresh.buttons, "a fresh screen stands there"
    assert not (await chat.seen(live)).buttons, "and no other is live"

    await chat.prepare(name)
    before = chat.kept()
    await chat.press(CHANGED[name], await chat.person.last())
    assert chat.kept() != before, "a control: it does change something"


async def test_a_question_that_stays_is_answered_once(chat: Chat) -> None:
    """The notices «Как прошло?» and «Оцените» stay in the chat.

    What they asked is not answered anew by a wrong tap weeks later, and what was answered can be put right on the fresh
    screen.
    """
    old = await chat.say("/help")
    for first, later in (("!ev_s:{attended}:5", "!ev_s:{attended}:1"), ("!me_g:{over}:1", "!me_g:{over}:0")):
        await chat.press(first, old)
        before = chat.kept()
        await chat.press(later, old)
        assert chat.kept() == before, later
        assert "устарела" in (await chat.person.toasts())[-1]["text"]
        fresh = await chat.person.last()
        correcting = "Ваша оценка" if "ev_s" in first else "Не получилось"
        assert any(correcting in text for text in fresh.buttons), fresh
        await chat.person.tap(correcting)
        await chat.person.settle()
    assert chat.kept() != before


async def test_a_list_of_directions_that_words_answered_does_not_change_the_draft(town: Town) -> None:
    """A direction was found by typing; a tap on the list above it silently made the draft another's."""
    person = await town.teacher()
    await (await person.send("/apply")).settle()
    await person.tap("Подать заявку")
    await person.settle()
    old = await person.last()
    other = old.callbacks[1]
    await (await person.send("грамотность")).settle()
    await person.tap("Функциональная грамотность")
    await person.settle()
    chosen = town.read(lambda session: session.scalars(select(Application.direction_id)).one())
    assert not next(one for one in await person.messages() if one.id == old.id).buttons
    await person.forge(other, old.id)
    await person.settle()
    assert town.read(lambda session: session.scalars(select(Application.direction_id)).one()) == chosen
    assert "Продолжить заявку" in next(one for one in await person.messages() if one.id == old.id).buttons


async def test_the_live_screen_is_known_after_a_restart(chat: Chat) -> None:
    old = await chat.say("/help")
    await chat.say("/menu")
    await chat.town.kill_bot()
    before = chat.kept()
    await chat.press(CHANGED["apb"], old)
    assert chat.kept() == before
