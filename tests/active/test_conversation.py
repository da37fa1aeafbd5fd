"""An active member in the chat: what they have to do stands in the menu, and nobody offers them to apply."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.nouns import Audience
from bot.ui.commands import commands
from db.active.models import Membership
from db.dictionaries.models import Term, TermKind
from db.mentoring.models import Pair
from db.people.models import Person, Role
from db.plans.models import PlanLine, PlanResponsible
from tests.support.town import Town, add_teacher


def given(session: Session, *, town: Town) -> None:
    """The one member has a direction, a term, a line of the plan and somebody they accompany."""
    person = session.scalars(select(Person.id)).first() or 0
    direction = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code == "7")
    until = town.clock.now().date() + timedelta(days=400)
    values = {"direction_id": session.scalars(direction).one(), "until": until}
    session.execute(update(Membership).values(**values))
    line = session.scalars(select(PlanLine.id)).first()
    mentee = add_teacher(session, external_id=2002, name="Юная Ольга", now=town.clock.now())
    moments = {"started_at": town.clock.now(), "last_contact_at": town.clock.now()}
    session.add_all(
        [PlanResponsible(line_id=line, person_id=person), Pair(mentor_id=person, mentee_id=mentee, **moments)]
    )


async def test_the_menu_of_a_member_says_what_there_is_to_do(town: Town) -> None:
    person = await town.teacher(roles=[Role.ACTIVE_MEMBER])
    await (await person.send("/menu")).settle()
    menu = await person.last()
    assert "Заявка в актив" not in menu.buttons and "Мой актив" in menu.buttons
    await person.tap("Мой актив")
    await person.settle()
    empty = await person.last()
    assert "Пока ничего не ждёт" in empty.text and "срок в приказе не указан" in empty.text
    town.database.write(given, town=town)
    await (await person.send("/menu")).settle()
    assert "1 строка плана · 1 подопечный" in (await person.last()).text
    await (await person.send("/active")).settle()
    own = await person.last()
    assert "7. Сопровождение систем воспитания" in own.text and "до 6 апреля 2027" in own.text
    await person.tap("Наставничество")
    await person.settle()
    assert "Юная Ольга" in (await person.last()).text + " ".join((await person.last()).buttons)


async def test_who_is_no_member_is_told_the_way_in(town: Town) -> None:
    person = await town.teacher()
    await (await person.send("/menu")).settle()
    menu = await person.last()
    assert "Заявка в актив" in menu.buttons and "Мой актив" not in menu.buttons
    await (await person.send("/active")).settle()
    assert "Вы пока не в методическом активе" in (await person.last()).text


def test_commands_follow_the_role() -> None:
    for roles, own in (((), "apply"), ((Role.ACTIVE_MEMBER,), "active")):
        names = {one.command for one in commands("ru", Audience(roles, selections=True))}
        assert names & {"apply", "active"} == {own}
