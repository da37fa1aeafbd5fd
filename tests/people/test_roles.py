"""A role given in the panel: the person hears of it, and Telegram's own menu has what comes with it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Term
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import StaffRole
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import Town, add_teacher, on_paper_only


def methodist(database: Database, clock: FrozenClock, folder: Path) -> Visitor:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, folder))
    visitor.sign_in("region")
    return visitor


@pytest.mark.parametrize(
    ("locale", "words", "described"),
    [("ru", "Вы теперь наставник", "Мои подопечные"), ("en", "You are a mentor now", "My mentees")],
)
async def test_a_new_mentor_hears_of_it_and_finds_the_command(
    town: Town, tmp_path: Path, locale: str, words: str, described: str
) -> None:
    vera = await town.teacher(locale=locale)
    person_id = town.read(lambda session: session.scalars(select(Person.id)).one())
    panel = methodist(town.database, town.clock, tmp_path)
    assert "mentees" not in {command["command"] for command in await vera.commands()}
    panel.post(f"/people/{person_id}/roles", {"role": "mentor"})
    message = await vera.wait_for(words)
    assert message.buttons
    own = {command["command"]: command["description"] for command in await vera.commands()}
    assert own["mentees"] == described
    panel.post(f"/people/{person_id}/roles", {"role": "mentor"})
    assert len(notices(town.database)) == 1, "who has the role already hears nothing"


async def test_a_menu_that_telegram_refuses_keeps_no_word_back(town: Town, tmp_path: Path) -> None:
    vera = await town.teacher()
    person_id = town.read(lambda session: session.scalars(select(Person.id)).one())
    await town.client.fault("error", status=400, methods=["setMyCommands"], times=5)
    town.database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=town.clock.now())
    administrator = Visitor(make_panel(town.database, town.clock, tmp_path))
    administrator.sign_in("admin")
    direction = town.read(lambda session: session.scalars(select(Term.id).where(Term.kind == "direction")).first())
    order = {"direction": direction, "order": "17-к", "reason": "Заменяет ушедшего методиста"}
    administrator.post(f"/active/appoint/{person_id}", order)
    await vera.wait_for("Вы теперь в методическом активе")


def test_a_role_that_was_taken_back_at_once_is_not_announced(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    person_id = database.write(add_teacher, external_id=7, name="Тестова Вера", now=clock.now())
    panel = methodist(database, clock, tmp_path)
    panel.post(f"/people/{person_id}/roles", {"role": "mentor"})
    panel.post(f"/people/{person_id}/roles/take", {"role": "mentor"})
    panel.post(f"/people/{person_id}/roles", {"role": "mentor"})
    assert notices(database) == [NoticeStatus.CANCELLED, NoticeStatus.PENDING], "the second time is a word of its own"


def test_whoever_is_not_in_the_bot_gets_no_undeliverable_word(
    database: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    person_id = database.write(add_teacher, external_id=7, name="Тестова Вера", now=clock.now())
    database.write(on_paper_only, person_id=person_id)
    methodist(database, clock, tmp_path).post(f"/people/{person_id}/roles", {"role": "mentor"})
    assert notices(database) == []


def notices(database: Database) -> list[NoticeStatus]:
    return list(database.read(lambda session: session.scalars(select(Notice.status).order_by(Notice.id)).all()))
