"""Plans and documents say what the five documents say, on the page and in the file, and get noted as done."""

import re
from collections import Counter
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select

from db.plans.models import PlanFulfilment, PlanLine, PlanSection, Way
from db.scope import StaffRole
from tests.events.support import make_event
from tests.plans.conftest import YEAR_2020, Enter
from tests.plans.support import sheet, word_rows
from tests.support.panel import Visitor, add_staff


def listed(page: str) -> int:
    return page.partition("<main")[2].partition("</main>")[0].count("<li>")


def test_chelyabinsks_roadmap_has_the_five_columns_two_lines_and_nineteen_empty_sections(enter: Enter) -> None:
    visitor, _ = enter("chelyabinsk")
    page = visitor.text("/plan/")
    assert "Дорожная карта деятельности РМА Челябинской области на 2023 – 2024 годы" in page
    assert page.count("в документе строк нет") == 19
    head, *rows = sheet(visitor, "/plan.xlsx")
    assert head == [
        *("Наименование мероприятия/события", "Участники", "Исполнители/соисполнители"),
        *("Сроки", "Ожидаемый результат"),
    ]
    assert rows[0][0] == "Общие мероприятия для всех направлений"
    assert [row[3] for row in rows if row[3]] == [
        "I квартал (февраль-март)",
        "В течение года (в соотв. с регламентом работы в кабинете)",
    ]
    assert sum(row[0] == "в документе строк нет" for row in rows) == 19
    tasks = visitor.text("/plan/tasks")
    assert "включение профессионально-общественного объединения" in tasks
    assert listed(tasks) == 1 + 4 + 4


def test_a_line_that_is_added_to_a_direction_is_in_the_file(enter: Enter) -> None:
    visitor, database = enter("chelyabinsk")
    part = database.read(lambda session: session.scalar(select(PlanSection.id).where(PlanSection.code == "roadmap-7")))
    four = "Ответственные по направлениям\nМетодисты РМА\nРуководители и педагоги\nСпециалисты"
    sent = visitor.post(
        "/plan/new",
        {
            "section_id": part,
            "text": "Семинар по воспитанию",
            "participants": four,
            "term": "II квартал",
            "active": "1",
        },
    )
    assert sent.status_code == 302
    rows = sheet(visitor, "/plan.xlsx")
    (row,) = [row for row in rows if row[0] == "Семинар по воспитанию"]
    assert row[1].splitlines() == four.splitlines()
    assert visitor.text("/plan/").count("в документе строк нет") == 18


def test_tereks_measures_have_their_marks_and_oddities(enter: Enter) -> None:
    visitor, database = enter("terek")
    lines = database.read(lambda session: session.scalars(select(PlanLine)).all())
    assert len(lines) == 32
    assert Counter(mark for line in lines for mark in line.marks) == {"I": 25, "II": 28, "III": 29}
    marks = {line.text: line.marks for line in lines}
    assert marks["межшкольных модульные команды"] == ["II", "III"]
    assert marks["научно-методические лаборатории"] == ["III"]
    page = visitor.text("/plan/")
    assert page.count("в документе без отметки") == 3
    assert "Программа названа 2021–2023, третий этап — 2023-2024." in page
    head, *rows = sheet(visitor, "/plan.xlsx")
    assert head == ["№", "Направление деятельности", "Меры и мероприятия", "I", "II", "III"]
    assert [sum(row[column] == "+" for row in rows) for column in (3, 4, 5)] == [25, 28, 29]
    tasks = visitor.text("/plan/tasks")
    assert "15% общеобразовательных организациях" in tasks
    assert all(words in tasks for words in ("5 работ", "13 работ", "7 работ"))
    assert "второе полугодие 2021-2022 учебного года" in tasks
    documents = visitor.text("/documents/")
    assert all(word in documents for word in ("КЪЭБЭРДЕЙ-БАЛЪКЪЭР", "КЪАБАРТЫ-МАЛКЪАР", "КАБАРДИНО-БАЛКАРСКОЙ"))


def test_timashevsks_schedule_and_network_plan_are_the_documents(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    head, *rows = sheet(visitor, "/plan.xlsx")
    assert head == ["Год выполнения", "Перечень мероприятий", "Срок выполнения (начало-завершение)"]
    assert Counter(row[0] for row in rows) == {"2020": 15, "2021": 15, "2022": 16, "2023": 8}
    formed = database.read(
        lambda session: session.scalars(select(PlanLine).where(PlanLine.format_id.is_not(None))).all()
    )
    assert len(formed) == 30
    assert "срок в документе — Апрель 2020-июнь 2021, вне своего года" in visitor.text("/plan/?q=Выпуск+методических")
    head, *rows = sheet(visitor, "/plan.xlsx?plan=network")
    assert head == ["№", "Мероприятия", "Дата", "Целевая группа"]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6", "7", "8", "8", "9", "10"]
    assert rows[8][1:3] == ["Выставки, фестивали", "2 раза в год"]


def test_sverdlovsk_has_tasks_and_grounds_without_a_plan(enter: Enter) -> None:
    visitor, _ = enter("sverdlovsk")
    assert "Плана пока нет" in visitor.text("/plan/")
    assert visitor.get("/plan.xlsx").status_code == 302
    assert listed(visitor.text("/plan/tasks")) == 1 + 4 + 3
    assert len(sheet(visitor, "/documents.xlsx")) == 1 + 7


def test_chelyabinsks_documents_are_seven_with_their_numbers_and_days(enter: Enter) -> None:
    visitor, _ = enter("chelyabinsk", StaffRole.READER)
    page = visitor.text("/documents/")
    for number, day in {
        "№ Р-174": "16.12.2020",
        "№ АЗ – 1061/08": "10.12.2021",
        "№ 396": "19.01.2022",
        "№ 02/1090": "24.04.2023",
        "№ 01/1311": "24.05.2023",
        "№ 8654": "22.08.2023",
    }.items():
        assert number in page
        assert day in page
    assert [row[0] for row in sheet(visitor, "/documents.xlsx")][1:][5] == "№ 02/2066"
    assert len(sheet(visitor, "/documents.xlsx")) == 1 + 7


def test_a_council_that_meets_four_times_is_done_by_quarters_and_not_a_fifth_time(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    number = database.read(
        lambda session: session.scalar(select(PlanLine.id).where(PlanLine.code == "schedule-2020-2"))
    )
    assert "Срок прошёл" in visitor.text("/plan/?q=Координационного+совета&state=overdue")
    for done in range(1, 5):
        sent = visitor.post(f"/plan/{number}/done", {"done_on": "2020-08-09", "word": f"Заседание {done}"})
        assert sent.status_code == 302
        assert f"выполнено {done} из 4" in visitor.text(f"/plan/{number}")
    visitor.post(f"/plan/{number}/done", {"done_on": "2020-08-09", "word": "Пятое"})
    assert "уже отметили" in visitor.text("/plan/")
    made = database.read(lambda session: session.scalars(select(PlanFulfilment).order_by(PlanFulfilment.slot)).all())
    assert [one.slot for one in made] == [0, 1, 2, 3]
    visitor.post(f"/plan/{number}/done/{made[1].id}/undo", {})
    assert "выполнено 3 из 4" in visitor.text(f"/plan/{number}")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"done_on": "2020-08-11", "word": "Завтра"}, "ещё не наступил"),
        ({"done_on": "2020-08-09", "word": " "}, "одной строкой, что сделано"),
    ],
)
def test_what_cannot_be_noted_is_said_and_nothing_is_written(enter: Enter, sent: dict[str, str], told: str) -> None:
    visitor, database = enter("timashevsk")
    visitor.post("/plan/1/done", sent)
    assert told in visitor.text("/plan/1")
    assert database.read(lambda session: session.scalars(select(PlanFulfilment)).all()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"starts": "2020-09-01", "ends": "2020-08-01"}, "первый не позже последнего"),
        ({"starts": "2020-09-01", "ends": ""}, "Укажите оба дня"),
        ({"times": "13"}, "от 1 до 12"),
        ({"text": "а"}, "что делаем"),
    ],
)
def test_a_line_that_cannot_be_so_is_refused_at_its_field(enter: Enter, change: dict[str, str], told: str) -> None:
    visitor, database = enter("timashevsk")
    before = database.read(lambda session: session.get(PlanLine, 1).text)  # type: ignore[union-attr]
    answer = visitor.save("/plan/1", {"text": "Новые слова", **change})
    assert answer.status_code == 200
    assert told in answer.text
    assert database.read(lambda session: session.get(PlanLine, 1).text) == before  # type: ignore[union-attr]


def test_a_reader_sees_the_plan_and_changes_nothing(enter: Enter) -> None:
    visitor, _ = enter("timashevsk", StaffRole.READER)
    page = visitor.text("/plan/")
    assert "/plan/1" not in page
    assert visitor.get("/plan/1").status_code in (403, 404)


def test_a_readers_file_has_no_words_of_how_it_went(enter: Enter) -> None:
    """Whoever did it writes who was there; an account that learns no names had it in its file."""
    visitor, database = enter("chelyabinsk")
    (line, *_) = database.read(lambda session: session.scalars(select(PlanLine.id).order_by(PlanLine.id)).all())
    assert visitor.post(f"/plan/{line}/done", {"word": "Провела Кварцитова А. И."}).status_code == 302
    database.write(add_staff, login="reader", role=StaffRole.READER, now=YEAR_2020)
    reader = Visitor(visitor.app)
    assert reader.sign_in("reader").status_code == 302
    told, hidden = (str(sheet(one, "/plan.xlsx", 1)) for one in (visitor, reader))
    assert "Кварцитова" in told and "Кварцитова" not in hidden and "выполнено 1 из" in hidden


def test_a_line_becomes_an_event_with_one_click_and_is_done_by_it(enter: Enter) -> None:
    visitor, database = enter("timashevsk", now=datetime(2023, 10, 20, 5, tzinfo=UTC))
    line = database.read(
        lambda session: session.scalars(select(PlanLine).where(PlanLine.text.startswith("Выставка методических"))).one()
    )
    found = re.search(r'href="(/events/new\?[^"]*)"', visitor.text(f"/plan/{line.id}"))
    assert found
    form = visitor.text(unescape(found[1]))
    assert "Выставка методических материалов" in form
    assert re.search(rf'<option value="{line.format_id}" selected', form)

    event_id = database.write(make_event, now=datetime(2023, 10, 18, 9, tzinfo=UTC), days=0, title=line.text)
    assert line.text[:40] in visitor.text(f"/plan/{line.id}")
    visitor.post(f"/plan/{line.id}/done", {"done_on": "2023-10-18", "event": event_id})
    made = database.read(lambda session: session.scalars(select(PlanFulfilment)).one())
    assert (made.event_id, made.way) == (event_id, Way.EVENT)
    assert f"/events/{event_id}" in visitor.text(f"/plan/{line.id}")


def test_the_quarters_lines_are_those_that_are_due_in_it(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    rows = [row[2] for row in sheet(visitor, "/plan.xlsx?quarter=2023-4")[1:]]
    assert rows == ["Октябрь 2023", "Сентябрь-декабрь 2023"]


def test_the_word_file_has_the_sources_table_and_its_silent_sections(enter: Enter) -> None:
    visitor, _ = enter("chelyabinsk")
    head, *rows = word_rows(visitor, "/plan.docx")
    assert head == sheet(visitor, "/plan.xlsx")[0]
    assert rows[0] == ["Общие мероприятия для всех направлений"]
    assert rows.count(["в документе строк нет"]) == 19
    assert [row[3] for row in rows if len(row) == 5] == [
        "I квартал (февраль-март)",
        "В течение года (в соотв. с регламентом работы в кабинете)",
    ]
    narrowed = word_rows(visitor, "/plan.docx?q=комплекта")
    assert [len(row) for row in narrowed] == [5, 1, 5], "no section is called silent for what was not asked"


def test_the_word_file_of_measures_ticks_the_stages_as_the_source_does(enter: Enter) -> None:
    visitor, _ = enter("terek")
    head, *rows = word_rows(visitor, "/plan.docx")
    assert head == ["№", "Направление деятельности", "Меры и мероприятия", "I", "II", "III"]
    assert [sum(row[column] == "+" for row in rows if len(row) == 6) for column in (3, 4, 5)] == [25, 28, 29]


def test_papers_without_a_number_are_told_apart_where_one_is_chosen(enter: Enter) -> None:
    """«Документом» of every line offered «номер и дата в документе не указаны» eight times."""
    visitor, database = enter("timashevsk")
    line_id = database.read(lambda session: session.scalars(select(PlanLine.id).limit(1)).one())
    page = visitor.text(f"/plan/{line_id}")
    offered = [
        one.strip() for one in re.findall(r"<option[^>]*>([^<]*номер и дата в документе не указаны[^<]*)<", page)
    ]
    assert len(offered) == len(set(offered)) == 8
    assert any(one.startswith("Положение о ресурсном центре") for one in offered)
