"""Sites and programmes in the panel: what the document names, word for word, and a group that a methodist opens."""

import json
from datetime import timedelta

from sqlalchemy import select

from db.events.models import Event
from db.overviews.today import today
from db.presence.models import EventSession
from db.programmes.models import Programme, ProgrammeRun
from db.scope import StaffRole
from db.sites.models import Site, SiteMaster
from tests.events.support import REGION
from tests.programmes.support import TITLE, make_programme, make_run
from tests.support import callers
from tests.support.region import NOW, Enter, another, sheet

NAMES = (
    "Формирование методических компетенций педагогов",
    "Развитие проектно-исследовательских компетенций",
    "Развитие компетенций педагогов в оценке качества образования",
    "Ступеньки успеха: психолого-педагогические компетенции",
    "Системно-деятельностный метод обучения: методология, методика, практика",
    "ИКТ-компетенции",
    "Формирование здоровьесберегающих компетенций педагогов",
    "Компетенции в области проектирования предметно-развивающей среды",
)
UNSAID = "Какая программа на какой площадке — документ не говорит"


def test_six_internship_sites_and_one_that_supports(enter: Enter) -> None:
    """ACCEPTANCE, timashevsk 1."""
    visitor, _ = enter("timashevsk")
    rows = sheet(visitor, "/sites.xlsx")[1:]
    internship = sorted(row[2] for row in rows if row[1] == "Стажировочная площадка")
    assert internship == sorted(f"МБОУ СОШ № {number}" for number in (1, 2, 4, 5, 11, 13))
    assert [row[2] for row in rows if row[1] == "Опорная площадка"] == ["МБДОУ д/с № 7"]
    page = visitor.text("/sites/")
    assert "7 площадок" in page
    assert "Стажировочная площадка: 6" in page and "Опорная площадка: 1" in page
    nothing = visitor.text("/sites/?q=Нигде")
    assert "Ничего не нашлось" in nothing and "Добавьте первую" not in nothing


def test_eight_programmes_verbatim_of_twelve_to_eighteen_months(enter: Enter) -> None:
    """ACCEPTANCE, timashevsk 2; without examples of ours there are no modules, and the page says so."""
    visitor, database = enter("timashevsk")
    rows = sheet(visitor, "/sites/programmes.xlsx")[1:]
    assert tuple(row[0] for row in rows) == NAMES
    assert {(row[1], row[2]) for row in rows} == {(12, 18)}
    page = visitor.text("/sites/programmes/")
    assert UNSAID in page and all(name in page for name in NAMES)
    number = database.read(lambda s: s.scalars(select(Programme.id).order_by(Programme.position)).first())
    assert "В документе модулей нет" in visitor.text(f"/sites/programmes/{number}/card")


def test_what_one_regions_document_leaves_unsaid_is_not_said_of_another(enter: Enter) -> None:
    """The panel and the bot said of any region which programme is where «документ не говорит»."""
    visitor, database = enter("belgorod")
    programme_id = database.write(make_programme, now=NOW)
    for address in ("/sites/programmes/", f"/sites/programmes/{programme_id}/card"):
        assert TITLE in visitor.text(address) and UNSAID not in visitor.text(address)


def test_modules_of_a_programme_sum_to_its_hours_and_a_lesson_keeps_to_them(enter: Enter) -> None:
    """ACCEPTANCE, timashevsk 2 and 4: a group and a personal way of one programme differ in their days."""
    visitor, database = enter("timashevsk")
    programme = database.read(lambda s: s.scalars(select(Programme.id).order_by(Programme.position)).first())
    card = f"/sites/programmes/{programme}/card"
    modules = {"module": ["", ""], "title": ["Замысел урока", "Разбор урока"], "hours": ["4", "6"]}
    assert visitor.post(f"/sites/programmes/{programme}/modules", modules).status_code == 302
    assert "10 часов" in visitor.text(card)
    site = database.read(lambda s: s.scalars(select(Site.id).order_by(Site.id)).first())
    for way, ends in (("group", "2027-04-30"), ("personal", "2026-12-25")):
        form = {"site": site, "way": way, "starts": "2026-03-16", "ends": ends, "capacity": "8"}
        assert visitor.post(f"/sites/programmes/{programme}/runs/new", form).status_code == 302
    runs = database.read(
        lambda s: s.execute(
            select(ProgrammeRun.personal, Event.capacity, Event.ends_at, Event.id)
            .join(Event, Event.id == ProgrammeRun.event_id)
            .order_by(Event.id)
        ).all()
    )
    assert [(row[0], row[1]) for row in runs] == [(False, 8), (True, 1)]
    assert runs[0][2] != runs[1][2]
    page = visitor.text(card)
    assert "групповой" in page and "индивидуальный" in page
    too_long = {"site": site, "way": "group", "starts": "2026-03-16", "ends": "2028-04-30"}
    answer = visitor.post(f"/sites/programmes/{programme}/runs/new", too_long)
    assert "Группа дольше программы" in answer.text
    event_id = runs[0][3]
    module = database.read(lambda s: s.get_one(Programme, programme).modules[0].id)
    lesson = {"module": module, "day": "2026-03-20", "from": "15:00", "to": "16:30", "hours": "9"}
    visitor.post(f"/sites/programmes/runs/{event_id}/lessons", lesson)
    assert "осталось 4" in visitor.text(f"/sites/programmes/runs/{event_id}")
    visitor.post(f"/sites/programmes/runs/{event_id}/lessons", lesson | {"hours": "4"})
    page = visitor.text(f"/sites/programmes/runs/{event_id}")
    assert "4 из 10" in page and "Замысел урока" in page


def test_a_site_shows_its_working_group_and_a_reader_learns_no_names(enter: Enter) -> None:
    """ACCEPTANCE, timashevsk 4."""
    visitor, database = enter("timashevsk")
    site = database.read(lambda s: s.scalars(select(Site.id).order_by(Site.id)).first())
    assert visitor.post(f"/sites/{site}/masters", {"called": "Опытная Анна", "role": "leader"}).status_code == 302
    visitor.post(f"/sites/{site}/masters", {"called": "Опытная Анна"})
    page = visitor.text(f"/sites/{site}/card")
    assert page.count("Опытная Анна") == 1, "twice is once"
    assert "рабочие группы педагогов-мастеров" in page and "руководит группой" in page
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert "Опытная" not in reader.text(f"/sites/{site}/card")
    assert "Опытная" not in json.dumps(sheet(reader, "/sites.xlsx"), ensure_ascii=False, default=str)
    assert reader.post(f"/sites/{site}/masters", {"called": "Другая Вера"}).status_code == 403
    master = database.read(lambda s: s.scalars(select(SiteMaster.id)).one())
    visitor.post(f"/sites/{site}/masters/{master}/drop", {})
    assert "Опытная Анна" not in visitor.text(f"/sites/{site}/card")


def test_a_programme_of_months_stood_among_todays_events_and_the_weeks(enter: Enter) -> None:
    """«ИКТ-компетенции, 08:00–21:00» today and «21 сентября» this week; what is ahead is a lesson, on its day."""
    _, database = enter("timashevsk")
    event_id = database.write(make_run, now=NOW - timedelta(days=8))
    at = NOW + timedelta(days=2, hours=2)
    lesson = EventSession(
        event_id=event_id, title="Разбор урока", starts_at=at, ends_at=at + timedelta(hours=3), hours=4
    )
    database.write(lambda session: session.add(lesson))
    staff = callers.staff(REGION, NOW)
    shown = database.read(today, staff)
    assert [one.title for one in shown.today if one.title == TITLE] == []
    assert [one.starts_at for one in shown.soon if one.title == TITLE] == [at]
