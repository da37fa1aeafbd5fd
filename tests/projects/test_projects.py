"""Belgorod's portfolio and recommendations are the document's; a centre enters its own and no other's."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from db.database import Database
from db.dictionaries.models import Centre, Municipality, Organisation
from db.errors import ConflictError, DomainError
from db.projects.models import (
    CellStatus,
    Project,
    ProjectStatus,
    ProjectTask,
    Recommendation,
    RecommendationCell,
)
from db.projects.rules import PROJECT, late
from db.projects.staff_services import CellDraft, save_cell
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor
from tests.support.region import NOW, Enter, another, sheet

THREE = (
    "Формирование единого методического пространства Белгородской области",
    "Наставничество в сфере образования: путь к совершенству",
    "Траектория профессионального роста педагога",
)


def centre_of(database: Database, code: str) -> int:
    return database.read(lambda session: session.scalars(select(Centre.id).where(Centre.code == code)).one())


def town_of(database: Database, code: str) -> int:
    found = select(Municipality.id).where(Municipality.code == code)
    return database.read(lambda session: session.scalars(found).one())


def chernyanka(visitor: Visitor, database: Database) -> Visitor:
    """The account of the Чернянский centre."""
    centre = centre_of(database, "chernyansky-mr")
    return another(visitor, database, "centre", StaffRole.MUNICIPAL_METHODIST, centre_id=centre)


def enter_project(visitor: Visitor, **values: Any) -> Any:
    sent = {"title": "Методический автобус", "status": "running", "parent_id": "0", **values}
    return visitor.post("/projects/new", sent)


@pytest.mark.parametrize(
    ("status", "ends", "told"),
    [
        (ProjectStatus.RUNNING, date(2026, 3, 1), True),
        (ProjectStatus.PLANNED, date(2026, 3, 1), True),
        (ProjectStatus.RUNNING, date(2026, 3, 2), False),
        (ProjectStatus.DONE, date(2026, 3, 1), False),
        (ProjectStatus.RUNNING, None, False),
    ],
)
def test_a_project_is_late_the_day_after_its_last(status: ProjectStatus, ends: date | None, told: bool) -> None:
    assert late(status, ends, today=date(2026, 3, 2)) is told


def test_a_finished_project_is_not_stopped() -> None:
    with pytest.raises(ConflictError):
        PROJECT.check(ProjectStatus.DONE, ProjectStatus.STOPPED)


def test_belgorods_three_projects_stand_with_their_term_and_both_names_of_the_portfolio(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    page = visitor.text("/projects/")
    for name in ("Изменение", "Формирование"):
        assert f"«{name} архитектуры методического пространства региона»" in page
    assert all(title in page for title in THREE) and "к декабрю 2021года" in page
    _, *rows = sheet(visitor, "/projects.xlsx")
    assert [(row[0], row[4]) for row in rows] == [(title, "к декабрю 2021года") for title in THREE]
    about = str(sheet(visitor, "/projects.xlsx", 1))
    assert "Изменение архитектуры" in about and "Формирование архитектуры" in about
    first = database.read(lambda session: session.scalars(select(Project.id).order_by(Project.id)).first())
    assert "«Формирование архитектуры" in visitor.text(f"/projects/{first}/card")


def test_eight_recommendations_by_nine_centres_are_seventy_two_cells_in_page_and_file(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    page = visitor.text("/projects/recommendations/")
    assert "72 ячейки" in page and "не начато 72" in page
    assert len(set(re.findall(r'href="(/projects/recommendations/\d+/\d+)"', page))) == 72
    head, *rows = sheet(visitor, "/projects/recommendations.xlsx")
    assert len(head) == 1 + 9 and len(rows) == 8
    assert sum(cell == "не начато" for row in rows for cell in row[1:]) == 72
    assert rows[6][0] == (
        "7. Вносить предложения по внесению изменений в дополнительные профессиональные программы по результатам "
        "мониторингов."
    )
    assert len(sheet(visitor, "/projects/recommendations.xlsx", 1)) == 1 + 72
    cell = f"/projects/recommendations/1/{centre_of(database, 'gubkinsky-go')}"
    sent = {"status": "fulfilled", "word": "Проект утверждён", "done_on": "2026-02-20", "link": "https://example.org/1"}
    assert visitor.save(cell, sent).status_code == 302
    page = visitor.text("/projects/recommendations/")
    assert "не начато 71" in page and "выполнено 1" in page and "20.02.2026" in page
    grid = sheet(visitor, "/projects/recommendations.xlsx")
    assert [row[1:].count("выполнено") for row in grid[1:]] == [1, *[0] * 7]
    (told,) = [row for row in sheet(visitor, "/projects/recommendations.xlsx", 1) if row[2] == "выполнено"]
    assert told[1].endswith("Губкинский городской округ")
    assert told[3:] == ["20.02.2026", "Проект утверждён", "", "https://example.org/1"]
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert "Проект утверждён" not in reader.text("/projects/recommendations/")
    assert "Проект утверждён" not in str(sheet(reader, "/projects/recommendations.xlsx", 1))
    assert reader.get(cell).status_code == 403


def test_a_centre_changes_its_own_column_and_sees_no_other(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    own, foreign = centre_of(database, "chernyansky-mr"), centre_of(database, "gubkinsky-go")
    centre = chernyanka(visitor, database)
    assert centre.save(f"/projects/recommendations/3/{own}", {"status": "in_progress"}).status_code == 302
    assert "8 ячеек" in centre.text("/projects/recommendations/")
    assert sheet(centre, "/projects/recommendations.xlsx")[0][1:] == [
        "Межмуниципальный методический центр: Чернянский муниципальный район"
    ]
    assert centre.get(f"/projects/recommendations/3/{foreign}").status_code == 404
    assert (
        centre.post(f"/projects/recommendations/3/{foreign}", {"status": "fulfilled", "word": "Да"}).status_code == 404
    )
    town = another(visitor, database, "town", StaffRole.MUNICIPAL_METHODIST, municipalities=("volokonovsky-mr",))
    assert "8 ячеек" in town.text("/projects/recommendations/")
    assert town.get(f"/projects/recommendations/3/{own}").status_code == 403, "one district is not its centre"
    assert town.post(f"/projects/recommendations/3/{own}", {"status": "fulfilled", "word": "Да"}).status_code == 403
    cells = database.read(lambda session: session.scalars(select(RecommendationCell)).all())
    assert [(one.centre_id, one.status) for one in cells] == [(own, CellStatus.IN_PROGRESS)]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"status": "fulfilled"}, "Чем выполнено?"),
        ({"status": "fulfilled", "word": "Сделано", "done_on": "2026-03-03"}, "ещё не наступил"),
        ({"status": "fulfilled", "word": "Сделано", "done_on": "2026-02-30"}, "Такого дня нет: 2026-02-30"),
        ({"status": "in_progress", "link": "example.org"}, "начинается с https://"),
    ],
)
def test_a_cell_that_cannot_be_so_is_refused_and_stays_as_it_was(enter: Enter, sent: dict[str, str], told: str) -> None:
    visitor, database = enter("belgorod")
    cell = f"/projects/recommendations/1/{centre_of(database, 'gubkinsky-go')}"
    answer = visitor.save(cell, sent)
    assert answer.status_code == 200 and told in answer.text
    assert sent.get("word", "") in answer.text
    assert database.read(lambda session: session.scalars(select(RecommendationCell)).all()) == []


def test_whoever_saves_a_cell_second_is_told_of_the_first(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    cell = f"/projects/recommendations/1/{centre_of(database, 'chernyansky-mr')}"
    centre = chernyanka(visitor, database)
    version = re.search(r'name="version" value="([^"]+)"', centre.text(cell))
    assert version
    assert visitor.save(cell, {"status": "in_progress", "word": "Слова института"}).status_code == 302
    sent = {"status": "fulfilled", "word": "Слова центра", "version": version[1]}
    answer = centre.post(cell, sent)
    assert answer.status_code == 200
    assert "Слова института" in answer.text and "Слова центра" in answer.text
    again = re.search(r'name="version" value="([^"]+)"', answer.text)
    assert again
    assert centre.post(cell, {**sent, "version": again[1]}).status_code == 302
    assert "Слова центра" in centre.text(cell)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
def test_of_many_who_write_a_cell_at_once_one_succeeds(database: Database) -> None:
    """Each had looked at it empty: the others are told, and nobody's words are lost unseen."""

    def begin(session: Any) -> tuple[int, int]:
        centre, advice = Centre(code="c", name="Центр"), Recommendation(code="r", position=1, text="Участвовать")
        session.add_all([centre, advice])
        session.flush()
        return centre.id, advice.id

    centre_id, advice_id = database.write(begin)

    def one(number: int) -> str:
        draft = CellDraft(
            status=CellStatus.IN_PROGRESS, word=f"Слово {number}", done_on=None, document_id=None, link="", revision=0
        )
        try:
            database.write(
                save_cell, callers.administrator(NOW), recommendation_id=advice_id, centre_id=centre_id, draft=draft
            )
        except DomainError as refusal:
            return refusal.code
        return "saved"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, range(6)))
    assert sorted(told) == [*["cell_moved_on"] * 5, "saved"]
    (row,) = database.read(lambda session: session.scalars(select(RecommendationCell)).all())
    assert (row.revision, row.word) == (1, f"Слово {told.index('saved')}")


def test_a_centre_enters_its_municipal_project_under_one_of_the_three(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    centre = chernyanka(visitor, database)
    parent = database.read(lambda session: session.scalars(select(Project).where(Project.title == THREE[1])).one().id)
    own, town = centre_of(database, "chernyansky-mr"), town_of(database, "novooskolsky-go")
    form = centre.text("/projects/new")
    assert f'value="centre-{own}"' in form and f'value="municipality-{town}"' in form
    assert "Губкинский" not in form and 'value="region"' not in form
    made = enter_project(centre, unit=f"municipality-{town}", parent_id=parent, term="до мая", ends="2026-02-27")
    assert made.status_code == 302
    card = centre.text(made.headers["Location"])
    assert THREE[1] in card and "Новооскольский городской округ" in card and "срок прошёл" in card
    _, *rows = sheet(visitor, f"/projects.xlsx?parent={parent}")
    assert [row[:4] for row in rows] == [
        ["Методический автобус", THREE[1], "Новооскольский городской округ", "Муниципалитета"]
    ]
    assert "связан 1 проект" in visitor.text("/projects/")
    assert len(sheet(visitor, "/projects.xlsx?level=region")) == 1 + 3


def test_a_foreign_project_is_not_there_and_the_regions_is_not_changed(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    centre = chernyanka(visitor, database)
    foreign = town_of(database, "gubkinsky-go")
    made = enter_project(visitor, title="Проект Губкина", unit=f"municipality-{foreign}")
    number = int(made.headers["Location"].split("/")[-2])
    assert [centre.get(address).status_code for address in (f"/projects/{number}/card", f"/projects/{number}")] == [
        404,
        404,
    ]
    assert centre.post(f"/projects/{number}/tasks", {"text": "Чужая задача"}).status_code == 404
    assert "Проект Губкина" not in centre.text("/projects/")
    assert "Проект Губкина" not in str(sheet(centre, "/projects.xlsx"))
    found = select(Project.id).where(Project.title == THREE[0])
    region = database.read(lambda session: session.scalars(found).one())
    assert centre.get(f"/projects/{region}/card").status_code == 200
    assert centre.get(f"/projects/{region}").status_code == 403
    for unit in (f"municipality-{foreign}", "region", ""):
        assert enter_project(centre, unit=unit).status_code == 200, "refused, and the form is there again"
    titles = database.read(lambda session: session.scalars(select(Project.title)).all())
    assert sorted(titles) == sorted([*THREE, "Проект Губкина"])
    assert database.read(lambda session: session.scalars(select(ProjectTask)).all()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "а"}, "хотя бы три знака"),
        ({"starts": "2026-05-01", "ends": "2026-04-01"}, "Последний день раньше первого"),
        ({"starts": "2026-02-30"}, "Такого дня нет"),
        ({"link": "example.org"}, "начинается с https://"),
        ({"organisation": "Школа на Луне"}, "такой организации нет"),
    ],
)
def test_a_project_that_cannot_be_so_is_refused_at_its_field(enter: Enter, change: dict[str, str], told: str) -> None:
    visitor, database = enter("belgorod")
    unit = f"municipality-{town_of(database, 'gubkinsky-go')}"
    answer = enter_project(visitor, unit=unit, about="Долго писали", **change)
    assert answer.status_code == 200 and told in answer.text and "Долго писали" in answer.text
    assert len(database.read(lambda session: session.scalars(select(Project)).all())) == 3


def test_a_schools_project_names_it_and_its_tasks_are_done_with_results(enter: Enter) -> None:
    visitor, database = enter("belgorod")
    town = town_of(database, "gubkinsky-go")
    database.write(lambda session: session.add(Organisation(municipality_id=town, name="Школа № 5", confirmed=True)))
    made = enter_project(visitor, unit=f"municipality-{town}", organisation="школа № 5")
    card = made.headers["Location"]
    assert "Школа № 5, Губкинский городской округ" in visitor.text(card)
    number = int(card.split("/")[-2])
    assert visitor.post(f"/projects/{number}/tasks", {"text": "Собрать команду"}).status_code == 302
    task = database.read(lambda session: session.scalars(select(ProjectTask.id)).one())
    done = f"/projects/{number}/tasks/{task}/done"
    visitor.post(done, {"done_on": "2026-03-03", "result": "Завтра"})
    assert "ещё не наступил" in visitor.text(card) and "0 из 1" in visitor.text(card)
    visitor.post(done, {"done_on": "2026-02-30", "result": "Нет такого"})
    assert "Такого дня нет" in visitor.text(card)
    visitor.post(done, {"done_on": "2026-03-01", "result": "Команда из пяти"})
    assert "1 из 1" in visitor.text(card) and "Команда из пяти" in visitor.text(card)
    assert sheet(visitor, "/projects.xlsx?q=автобус")[1][8:10] == [1, 1]
    visitor.post(f"/projects/{number}/tasks/{task}/reopen", {})
    assert "0 из 1" in visitor.text(card)
    visitor.post(f"/projects/{number}/tasks/{task}/drop", {})
    assert "Задач пока нет" in visitor.text(card)


def test_a_region_without_projects_says_so_kindly(enter: Enter) -> None:
    visitor, _ = enter("sverdlovsk")
    assert "Проектов нет" in visitor.text("/projects/")
    assert "Рекомендаций по центрам нет" in visitor.text("/projects/recommendations/")
