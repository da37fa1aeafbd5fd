"""Groups in the panel: what the documents say of them, minutes as a file, decisions, the report counted by hand."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from db.accounts.models import Staff
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from db.dictionaries.models import Centre, Municipality
from db.groups import staff_services
from db.groups.models import GroupDecision, GroupMeeting, GroupMember, MemberStatus, MethodicalGroup
from db.packs import load_pack
from db.packs.loading import load
from db.people.models import Person
from db.plans.models import PlanFulfilment, PlanLine, Way
from db.scope import StaffRole
from tests.groups.conftest import Union, make_group
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.panel import Visitor, add_staff, make_panel

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
Enter = Callable[[str], tuple[Visitor, Database]]


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def sheet(visitor: Visitor, address: str, number: int = 0) -> list[list[Any]]:
    answer = visitor.get(address)
    assert answer.status_code == 200
    page = load_workbook(BytesIO(answer.data)).worksheets[number]
    return [[cell.value for cell in row] for row in page.iter_rows()]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_sqlite(tmp_path_factory.getbasetemp())


@pytest.fixture
def enter(empty: Path, tmp_path: Path) -> Iterator[Enter]:
    """A regional methodist at the panel over a real installation's pack."""
    opened: list[Database] = []

    def make(pack: str) -> tuple[Visitor, Database]:
        database = Database.connect(copy_sqlite(empty, tmp_path / f"{pack}.db"))
        opened.append(database)
        database.write(load, pack=load_pack(pack).real, now=NOW)
        database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=NOW)
        visitor = Visitor(make_panel(database, FrozenClock(NOW), tmp_path, region_pack=pack))
        assert visitor.sign_in("one").status_code == 302
        return visitor, database

    yield make
    for database in opened:
        database.close()


def test_sverdlovsk_has_a_tree_of_three_kinds_with_seven_nine_and_three_functions(enter: Enter) -> None:
    visitor, _ = enter("sverdlovsk")
    page = words(visitor.text("/groups/"))
    chain = "школьные методические объединения → муниципальные ресурсные центры → научно-методический совет"
    assert chain in page
    assert all(text in page for text in ("7 функций", "9 функций", "3 функции"))
    counted = [visitor.text(f"/groups/kinds/{number}").partition("<ol>")[2].count("<li>") for number in (1, 2, 3)]
    assert counted == [7, 9, 3]
    centre = words(visitor.text("/groups/kinds/2"))
    assert "осуществляют поддержку школьных методических объединений" in centre
    rows = sheet(visitor, "/groups.xlsx", 1)
    assert len(rows) == 1 + 7 + 9 + 3
    assert [rows[1][2], rows[19][2]] == [
        "изучают и анализируют состояние преподавания учебного предмета или группы предметов для выявления"
        " профессиональных дефицитов",
        "способствует инновационным изменениям в соответствии с насущными потребностями педагогов",
    ]


def test_terek_has_its_three_unions_and_six_temporary_kinds_and_counts_them(enter: Enter) -> None:
    visitor, _ = enter("terek")
    page = words(visitor.text("/groups/"))
    for name in (
        *("(РМО)", "окружные методические объединения", "(ШМО)", "временные творческие объединения"),
        *("оперативные проблемные команды", "модульные команды", "пилотные группы"),
        *("межшкольных модульные команды", "научно-методические лаборатории"),
    ):
        assert name in page
    assert page.count(" временное ") == 6
    assert "в документе функции не перечислены" in page
    report = sheet(visitor, "/reports/groups.xlsx")
    assert len(report) == 1 + 9 + 1 and report[-1][1:] == [0] * 11
    assert "Анализ состояния и результатов методических объединений" in words(visitor.text("/reports/groups"))


@pytest.fixture
def methodist(unite: Callable[..., Union], tmp_path: Path) -> tuple[Visitor, Union]:
    """A regional methodist, and a union of five."""
    union = unite(5, quorum=3)
    union.database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=union.clock.now())
    visitor = Visitor(make_panel(union.database, union.clock, tmp_path))
    assert visitor.sign_in("one").status_code == 302
    return visitor, union


def test_minutes_decisions_and_a_centre_by_a_decision(methodist: tuple[Visitor, Union]) -> None:
    """Sverdlovsk 11: a council creates a resource centre, which stands in the tree with the protocol's number."""
    visitor, union = methodist
    form = {"day": "2026-03-01", "hour": "15:00", "place": "Кабинет 12", "agenda": "О центре"}
    made = visitor.post(f"/groups/{union.group}/meetings/new", form)
    address = made.headers["Location"]
    people = [str(one) for one in union.people]
    visitor.post(f"{address}/minutes", {"number": "7", "minutes": "Слушали о центре.", "came": people[:2]})
    assert "Нет кворума: пришло 2, нужно 3" in words(visitor.text(address))
    refused = visitor.post(f"{address}/decisions", {"text": "Создать ресурсный центр"})
    assert refused.status_code == 200 and "Нет кворума" in words(refused.get_data(as_text=True))
    visitor.post(f"{address}/minutes", {"number": "7", "minutes": "Слушали о центре.", "came": people[:3]})
    said = {"text": "Создать ресурсный центр", "responsible": people[1], "due_on": "2026-02-01"}
    early = visitor.post(f"{address}/decisions", said)
    assert "раньше заседания" in words(early.get_data(as_text=True))
    assert "Создать ресурсный центр" in early.get_data(as_text=True), "what was typed is still there"
    assert visitor.post(f"{address}/decisions", {**said, "due_on": "2026-03-20"}).status_code == 302
    page = visitor.text(address)
    found = re.search(r"/groups/new\?decision=(\d+)", page)
    assert found
    assert "по решению заседания" in words(visitor.text(f"/groups/new?decision={found[1]}"))
    draft = {"name": "Ресурсный центр", "kind_id": str(union.kind), "decision": found[1]}
    centre = visitor.post("/groups/new", draft).headers["Location"]
    assert "протокол № 7" in words(visitor.text(centre))
    assert "Ресурсный центр" in words(visitor.text(f"/groups/{union.group}"))
    again = visitor.post("/groups/new", draft)
    assert again.status_code == 200 and "уже создано" in words(again.get_data(as_text=True))
    first, second = (visitor.get(f"{address}.docx").data for _ in range(2))
    assert first == second
    word = Document(BytesIO(first))
    text = [one.text for one in word.paragraphs]
    assert text[0] == "Протокол 7" and "Слушали о центре." in text and "Присутствовали: 3 из 5" in text
    assert [cell.text for cell in word.tables[0].rows[1].cells] == [
        *("1", "Создать ресурсный центр", "Учебная Анна 1", "20.03.2026")
    ]
    actions = union.database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert actions.count("groups.decide") == 1 and actions.count("groups.write_minutes") == 2


def held(visitor: Visitor, union: Union, came: int) -> str:
    """A meeting with minutes to which so many came; its address."""
    form = {"day": "2026-03-01", "hour": "15:00", "place": "Кабинет 12", "agenda": "О центре"}
    address = visitor.post(f"/groups/{union.group}/meetings/new", form).headers["Location"]
    people = [str(one) for one in union.people]
    visitor.post(f"{address}/minutes", {"number": "7", "minutes": "Слушали о центре.", "came": people[:came]})
    return address


def test_a_decision_fulfils_a_line_of_the_plan_once_and_the_mark_is_taken_back_there(
    methodist: tuple[Visitor, Union],
) -> None:
    visitor, union = methodist
    address = held(visitor, union, 3)
    visitor.post(f"{address}/decisions", {"text": "Утвердить состав мастерской Кварцитовой"})
    number, line = union.database.read(
        lambda session: (
            session.scalars(select(GroupDecision.id)).one(),
            session.scalars(select(PlanLine).where(PlanLine.active).order_by(PlanLine.id)).first(),
        )
    )
    assert line is not None
    offered = visitor.text(f"{address}?decision={number}&words={line.text.split()[0]}")
    mark = f"/groups/decisions/{number}/line"
    assert mark in offered and line.text in unescape(offered)
    assert visitor.post(mark, {"line": str(line.id)}).status_code == 302
    assert "Выполнена строка плана" in visitor.text(address) and f"/plan/{line.id}" in visitor.text(address)
    made = union.database.read(lambda session: session.scalars(select(PlanFulfilment)).one())
    name = union.database.read(lambda session: session.get_one(MethodicalGroup, union.group).name)
    assert (made.done_on, made.way, made.word) == (date(2026, 3, 1), Way.HAND, name), "and no word of the decision"
    for act in ("line", "drop"):
        sent = visitor.post(f"/groups/decisions/{number}/{act}", {"line": str(line.id)}, follow_redirects=True)
        assert "сначала снимите её там" in sent.get_data(as_text=True), act
    assert union.database.read(lambda session: len(session.scalars(select(PlanFulfilment)).all())) == 1
    visitor.post(f"/plan/{line.id}/done/{made.id}/undo")
    assert "Выполнена строка плана" not in visitor.text(address)
    assert union.database.read(lambda session: session.get_one(GroupDecision, number).fulfilment_id) is None
    towns = {"role": StaffRole.MUNICIPAL_METHODIST, "municipalities": ("chelyabinsky-go",)}
    union.database.write(add_staff, login="town", now=union.clock.now(), **towns)
    town = Visitor(visitor.app)
    town.sign_in("town")
    assert town.post(mark, {"line": str(line.id)}).status_code in (302, 403, 404)
    assert union.database.read(lambda session: session.scalars(select(PlanFulfilment)).all()) == []


def test_a_decision_typed_while_another_took_the_quorum_away_stays_on_the_page(
    methodist: tuple[Visitor, Union],
) -> None:
    visitor, union = methodist
    address = held(visitor, union, 3)
    said = {"text": "Создать ресурсный центр", "responsible": str(union.people[0]), "due_on": "2026-03-20"}
    visitor.post(f"{address}/minutes", {"number": "7", "minutes": "Слушали.", "came": [str(union.people[0])]})
    refused = visitor.post(f"{address}/decisions", said).get_data(as_text=True)
    assert "Нет кворума: пришло 1, нужно 3" in words(refused)
    assert ">Создать ресурсный центр</textarea>" in refused and 'value="2026-03-20"' in refused, "nothing is lost"


def test_a_day_that_is_none_is_no_decision_without_a_term(methodist: tuple[Visitor, Union]) -> None:
    visitor, union = methodist
    address = held(visitor, union, 3)
    said = {"text": "Создать ресурсный центр", "due_on": "31.02.2026"}
    refused = visitor.post(f"{address}/decisions", said).get_data(as_text=True)
    assert "Такого дня нет: 31.02.2026" in words(refused) and ">Создать ресурсный центр</textarea>" in refused
    assert union.database.read(lambda session: session.scalars(select(GroupDecision)).all()) == []


def test_minutes_that_would_undo_a_decision_are_refused_and_stay_as_they_were_typed(
    methodist: tuple[Visitor, Union],
) -> None:
    visitor, union = methodist
    address = held(visitor, union, 3)
    visitor.post(f"{address}/decisions", {"text": "Создать ресурсный центр"})
    typed = {"number": "8", "minutes": "Иначе", "came": [str(union.people[4])]}
    refused = visitor.post(f"{address}/minutes", typed).get_data(as_text=True)
    assert "решени" in words(refused) and ">Иначе</textarea>" in refused and 'value="8"' in refused
    ticked = re.findall(r'name="came" value="(\d+)" checked', refused)
    assert ticked == [str(union.people[4])], "who was ticked too"
    kept = union.database.read(lambda session: session.scalars(select(GroupMeeting)).one())
    assert (kept.number, kept.minutes) == ("7", "Слушали о центре.")


def test_a_head_of_two_groups_of_a_kind_is_told_of_which_and_both_stay_as_they_were(
    methodist: tuple[Visitor, Union],
) -> None:
    visitor, union = methodist
    other = union.database.write(make_group, now=union.clock.now(), kind_id=union.kind, name="ШМО физиков")
    union.database.write(staff_services.add_member, union.staff, group_id=other, person_id=union.people[0], since=None)
    union.database.write(staff_services.add_member, union.staff, group_id=other, person_id=union.people[1], since=None)
    form = visitor.text(f"/groups/{other}").partition(f"/groups/{other}/head")[2].partition("</form>")[0]
    offered = [int(number) for number in re.findall(r'<option value="(\d+)"', form)]
    assert offered == [union.people[1]], "who heads one of the kind is not offered: it would be refused"
    visitor.post(f"/groups/{other}/head", {"person": str(union.people[0])})
    assert "уже руководит: «ШМО математиков»" in words(visitor.text(f"/groups/{other}"))
    heads = select(MethodicalGroup.head_id).order_by(MethodicalGroup.id)
    found = union.database.read(lambda session: session.scalars(heads).all())
    assert found == [union.people[0], None]


def test_a_head_leaves_and_the_list_says_so(methodist: tuple[Visitor, Union]) -> None:
    visitor, union = methodist
    visitor.post(f"/groups/{union.group}/head", {})
    page = words(visitor.text("/groups/?state=headless"))
    assert "1 объединение без руководителя" in page and "ШМО математиков" in page
    assert sheet(visitor, "/groups.xlsx?state=headless")[1][4] == "без руководителя"
    assert len(sheet(visitor, "/groups.xlsx?state=closed")) == 1
    visitor.post(f"/groups/{union.group}/close")
    assert len(sheet(visitor, "/groups.xlsx?state=closed")) == 2


def test_a_form_changes_a_group_and_nobody_saves_over_another(methodist: tuple[Visitor, Union]) -> None:
    visitor, union = methodist
    address = f"/groups/{union.group}/edit"
    place = union.database.read(lambda session: session.get_one(MethodicalGroup, union.group))
    form = {"name": "ШМО", "kind_id": str(union.kind), "municipality_id": str(place.municipality_id)}
    form |= {"organisation_id": str(place.organisation_id)}
    assert visitor.save(address, form).status_code == 302
    stale = visitor.post(address, {**form, "name": "Другое", "version": "0" * 16})
    assert stale.status_code == 200
    assert union.database.read(lambda session: session.get_one(MethodicalGroup, union.group).name) == "ШМО"
    wrong = visitor.save(address, {**form, "name": "Ш", "quorum": "0"})
    assert "хотя бы три знака" in words(wrong.get_data(as_text=True))


def test_the_report_is_the_hand_count(methodist: tuple[Visitor, Union]) -> None:
    visitor, union = methodist
    meeting = union.met(4)
    union.decide(meeting)
    union.decide(meeting, due_on=datetime(2026, 3, 1).date())
    visitor.post(f"/groups/{union.group}/results", {"year": "2026", "text": "Двадцать заданий"})
    row = sheet(visitor, "/reports/groups.xlsx")[1]
    assert row == ["вид union", 1, 0, 5, 1, 2, 0, 1, 1, 0, 0, 0]


def test_a_reader_sees_no_names_and_no_minutes(methodist: tuple[Visitor, Union], tmp_path: Path) -> None:
    _, union = methodist
    meeting = union.met(4)
    union.database.write(add_staff, login="reader", role=StaffRole.READER, now=union.clock.now())
    reader = Visitor(make_panel(union.database, union.clock, tmp_path))
    reader.sign_in("reader")
    for address in ("/groups/", f"/groups/{union.group}"):
        assert "Учебная" not in reader.text(address)
    assert "Учебная" not in str(sheet(reader, "/groups.xlsx"))
    assert reader.get(f"/groups/meetings/{meeting}").status_code == 403
    assert reader.get(f"/groups/meetings/{meeting}.docx").status_code == 403


def test_belgorods_working_group_has_members_of_three_centres_and_minutes(tmp_path: Path) -> None:
    """Belgorod 10, on the demo."""
    from db.demo.fill import fill

    database = Database.connect(copy_sqlite(migrated_sqlite(tmp_path), tmp_path / "demo.db"))
    pack = load_pack("belgorod")
    database.write(load, pack=pack, now=NOW)
    fill(database, pack=pack, data_dir=tmp_path, now=NOW)
    query = (
        select(Centre.code)
        .join(Municipality, Municipality.centre_id == Centre.id)
        .join(Person, Person.municipality_id == Municipality.id)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .where(GroupMember.status == MemberStatus.ACTIVE)
        .distinct()
    )
    centres = database.read(lambda session: session.scalars(query).all())
    assert len(centres) >= 3, centres
    visitor = Visitor(make_panel(database, FrozenClock(NOW), tmp_path, region_pack="belgorod"))
    assert database.read(lambda session: session.scalars(select(Staff.id)).first())
    assert visitor.sign_in(DEMO_LOGIN, DEMO_PASSWORD).status_code == 302
    page = words(visitor.text("/groups/1"))
    assert "по созданию «Дневника методиста»" in page and "учебные данные" in page
    meeting = database.read(lambda session: session.scalars(select(GroupMeeting.id).order_by(GroupMeeting.id)).first())
    word = Document(BytesIO(visitor.get(f"/groups/meetings/{meeting}.docx").data))
    assert "учебные данные" in [one.text for one in word.paragraphs]
    database.close()


def test_no_group_at_all_is_no_filter_that_finds_nothing(enter: Enter) -> None:
    """«Ничего не нашлось… снимите фильтры» was said where no filter was set."""
    visitor, _ = enter("terek")
    page = words(visitor.text("/groups/"))
    assert "Объединений пока нет" in page and "сбросьте фильтры" not in page
    assert "Ничего не нашлось" in words(visitor.text("/groups/?q=небывалое"))


def test_the_short_lists_open_on_one_that_is_not_empty(enter: Enter) -> None:
    """A service without directions opened an empty tab, and who may not add a row was told to add the first."""
    visitor, _ = enter("timashevsk")
    page = words(visitor.text("/settings/terms/"))
    assert "ничего нет" not in page
    found = re.search(r'href="(/settings/terms/list\.xlsx[^"]*)"', visitor.text("/settings/terms/"))
    assert found
    file = load_workbook(BytesIO(visitor.get(found[1]).data))
    assert len(list(file.active)) > 1, "the file is of that list"
    empty = words(visitor.text("/settings/terms/?kind=direction"))
    assert "ничего нет" in empty and "Добавьте первую" not in empty
