"""A newcomer of the sandbox sees a contest as it goes: its results, a diploma, the word in the chat, the indicator."""

from collections import Counter
from pathlib import Path

from sqlalchemy import select

from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.dictionaries.models import Term
from db.events.certificate import verify
from db.events.models import Certificate, Event, Registration
from db.notices.models import Notice, NoticeStatus
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, make_panel
from tests.support.region import sheet
from tests.support.town import Town, person_of

CODE, TITLE = "konkurs-kopilka", "Методическая копилка"


async def test_the_sandboxs_contest_has_results_a_diploma_and_an_indicator(clock: FrozenClock, tmp_path: Path) -> None:
    town = await Town(demo_copy(tmp_path), clock, data_dir=tmp_path / "data").open()
    marina = town.read(person_of, external_id=1002)
    theirs = select(Registration).join(Event).where(Event.code == CODE)
    rows = town.read(lambda session: session.scalars(theirs).all())
    names = dict(town.read(lambda session: session.execute(select(Term.id, Term.name)).all()))
    given = Counter(names.get(row.result_id) for row in rows if row.attended_at)
    assert {name: count for name, count in given.items() if name} == {"победитель": 1, "призёр": 2, "лауреат": 2}
    assert given[None] > 0, "somebody only took part"
    assert all(row.result_id == row.told_result_id for row in rows), "nobody hears of it now"
    (mine,) = (row for row in rows if row.person_id == marina)
    number = town.read(
        lambda session: session.scalars(select(Certificate.number).where(Certificate.registration_id == mine.id)).one()
    )
    paper = town.read(verify, number=number)
    assert paper is not None and paper.result == "призёр"
    told = select(Notice.status).where(Notice.kind == "events.result")
    assert town.read(lambda session: session.scalars(told).all()) == [NoticeStatus.SENT]

    chat = await town.client.person(1002)
    await (await chat.send("/my")).settle()
    await chat.tap("Прошедшие")
    await chat.settle()
    assert "ваш итог: призёр" in (await chat.last()).text
    await chat.tap("Конкурс")
    await chat.settle()
    assert "Получить диплом" in (await chat.last()).buttons

    panel = Visitor(make_panel(town.database, clock, tmp_path))
    panel.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    assert "Диплом подлинный." in panel.text(f"/verify/{number}"), "a diploma was called «сертификат»"
    assert panel.text(f"/events/{mine.event_id}/results").count(" selected") == 5
    row = next(one for one in sheet(panel, "/reports/monitoring.xlsx") if "лауреаты конкурсов" in str(one))
    assert "5" in [str(value) for value in row]
    await town.close()


def test_an_active_member_of_the_sandbox_accompanies_two(clock: FrozenClock, tmp_path: Path) -> None:
    """ACCEPTANCE, chelyabinsk 11: the line says how many have a route, and opens them."""
    database = Database.connect(demo_copy(tmp_path))
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in(DEMO_LOGIN, DEMO_PASSWORD)
    page = panel.text("/routes/?show=accompanied")
    assert "ИОМ у сопровождаемых методистами актива: 1 из 2" in page
    assert "Рябов Кирилл" in page and "Лосева Ирина" in page and "Рогова Дарья" not in page
    assert "Лосева Ирина" in panel.text("/routes/?show=without") and "Рябов" not in panel.text("/routes/?show=without")
    coordinator = Visitor(panel.app)
    assert coordinator.sign_in("coordinator", DEMO_PASSWORD).status_code == 302
    assert coordinator.get("/applications/").status_code == 200 and coordinator.get("/plan/").status_code == 200
    database.close()
