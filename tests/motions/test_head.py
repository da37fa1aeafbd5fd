"""A head of a group proposes by its levels in the bot: four taps and a text, and the answer comes back."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.erasure import erase
from db.errors import DomainError, NotFoundError
from db.groups.models import GroupScore
from db.motions import services, staff_queries, staff_services
from db.motions.models import FigureSource, Motion, MotionStatus
from db.motions.staff_queries import MotionFilter
from db.overviews import figures
from db.scope import Scope, StaffRole
from tests.groups.conftest import Union, united
from tests.groups.test_conversation import council, say, tap
from tests.motions.support import COUNCIL, levels_and_council
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import Town

TEXT = "Провести практикум по цифровым средствам"


def made(session: Session) -> Motion:
    return session.scalars(select(Motion)).one()


async def test_four_taps_and_a_text_and_the_answer_comes_back(town: Town) -> None:
    head = await council(town)
    _, target = town.write(levels_and_council, now=town.clock.now())
    await say(head, "/menu")
    await tap(head, "Моё объединение")
    await tap(head, "Совет молодых")
    await tap(head, "Уровни вместе")
    asked = await tap(head, "Предложить: Ц")
    assert "40 из 100" in asked and COUNCIL in asked and "Что предлагаете" in asked
    assert "хотя бы три знака" in await say(head, "а")
    assert "Ответ придёт сюда" in await say(head, TEXT)
    row = town.read(made)
    assert (row.group_id, row.change, row.value, row.people, row.status) == (target, TEXT, 40, 7, "submitted")

    def answered(session: Session) -> None:
        one = made(session)
        one.status, one.meeting_id = MotionStatus.CONSIDERED, None
        session.flush()
        staff_id = add_staff(session, login="boss", role=StaffRole.REGIONAL_METHODIST, now=town.clock.now())
        region = callers.staff(Scope(staff_id, StaffRole.REGIONAL_METHODIST, None), town.clock.now())
        staff_services.decide(session, region, motion_id=one.id, accepted=True, answer="Проведём в мае")

    town.write(answered)
    town.move(days=1)
    await town.sweep()
    await head.settle()
    assert "Проведём в мае" in (await head.last()).text


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database.connect(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def union(database: Database, clock: FrozenClock) -> Union:
    return united(database, clock)


def propose(union: Union, target: int, *, person: int = 0, change: str = TEXT, component: str = "digital") -> int:
    asked = {"group_id": union.group, "component": component, "target_id": target, "change": change}
    return union.database.write(services.propose, union.person(person), **asked)


def test_only_a_head_proposes_by_what_is_told_and_once(union: Union) -> None:
    _, target = union.database.write(levels_and_council, now=union.clock.now())
    for wrong in ({"person": 1}, {"component": "subject"}):
        with pytest.raises(NotFoundError):
            propose(union, target, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        propose(union, union.group)
    with pytest.raises(DomainError, match="motion_change"):
        propose(union, target, change="а")
    propose(union, target)
    with pytest.raises(DomainError, match="motion_waits"):
        propose(union, target)
    propose(union, target, component="methodical")


def test_the_figure_now_is_the_groups_own_and_no_account_proposes_by_it(union: Union) -> None:
    _, target = union.database.write(levels_and_council, now=union.clock.now())
    propose(union, target)
    row = union.database.read(staff_queries.motions, union.staff, wanted=MotionFilter()).rows[0]
    assert row.author == row.motion.unit_name and row.target == COUNCIL
    then = row.figure
    assert union.database.read(figures.figure_now, union.staff, then=then) == then
    union.database.write(lambda session: session.execute(update(GroupScore).values(deficit=7 * 30 * 100)))
    now = union.database.read(figures.figure_now, union.staff, then=then)
    assert now is not None and now.value == 70
    union.database.write(lambda session: session.execute(delete(GroupScore)))
    assert union.database.read(figures.figure_now, union.staff, then=then) is None
    with pytest.raises(NotFoundError):
        union.database.read(figures.figure, union.staff, source=FigureSource.GROUP, asked=dict(then.asked))


def test_an_erased_head_takes_back_what_waits(union: Union) -> None:
    _, target = union.database.write(levels_and_council, now=union.clock.now())
    propose(union, target)
    union.database.write(erase, union.staff, person_id=union.people[0], requested_by="operator")
    row = union.database.read(made)
    assert (row.status, row.proposer_id, row.change) == (MotionStatus.WITHDRAWN, None, "")


def test_two_texts_at_once_are_one_proposal(union: Union) -> None:
    """The second one waits for the first, and is told of it."""
    _, target = union.database.write(levels_and_council, now=union.clock.now())

    async def both() -> list[object]:
        calls = (asyncio.to_thread(propose, union, target) for _ in range(2))
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(both())
    assert sorted(type(one).__name__ for one in results) == ["DomainError", "int"]
