"""The panel's pages of a commission, and the protocol of the demo's decided selection with the source's figures."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from admin.commission.tables import protocol_word
from admin.panel import Panel
from admin.settings import AdminSettings
from db.applications.models import Campaign, Reason, Verdict
from db.clock import FrozenClock
from db.commission import staff_queries
from db.commission.models import MemberSeat
from db.commission.ranking import Rehearsal, ranking
from db.database import Database
from db.scope import Scope, StaffRole
from tests.applications.panel import Desk, give_password, panel
from tests.applications.support import campaign_id
from tests.commission.support import Chamber
from tests.support import callers

CANARY = "Пересмешникова"


@pytest.fixture
def app(database: Database, clock: FrozenClock, tmp_path: Path) -> Flask:
    return panel(database, clock, tmp_path / "data")


def desk(chamber: Chamber, app: Flask, login: str) -> Desk:
    """A member signed in."""
    return Desk(app, give_password(chamber.database, chamber.accounts[login]))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_offered_a_seat_that_is_refused_afterwards(chamber: Chamber, app: Flask) -> None:
    """The list of chairs had readers and a town's methodists, and saving said that the account may not sit there."""
    for role in (
        *(StaffRole.REGIONAL_METHODIST, StaffRole.MUNICIPAL_METHODIST),
        *(StaffRole.READER, StaffRole.COORDINATOR),
    ):
        chamber.accounts[role.value] = chamber.staff(role.value, role)
    campaign, home = chamber.database.read(campaign_id), "/commission/{}"
    chamber.accounts["admin"] = chamber.staff("admin", StaffRole.ADMINISTRATOR)
    admin = desk(chamber, app, "admin")

    def offered(name: str) -> dict[int, str]:
        page = admin.get(home.format(campaign))[1]
        found = re.search(rf'<select id="f-{name}".*?</select>', page, re.DOTALL)
        assert found is not None, page
        return {int(number): said for number, said in re.findall(r'value="(\d+)"[^>]*>([^<]*)', found[0])}

    ids = {login: scope.staff_id for login, scope in chamber.accounts.items()}
    assert set(offered("chair")) == {ids["admin"], ids["regional_methodist"]}
    admin.post(home.format(campaign) + "/begin", chair=ids["regional_methodist"], reviews=2, spread=5)
    seats = offered("staff")
    assert set(seats) == {ids[one] for one in ("admin", "regional_methodist", "municipal_methodist", "reader")}
    assert "только наблюдателем" in seats[ids["reader"]]
    assert "только не председателем" in seats[ids["municipal_methodist"]] and "—" not in seats[ids["admin"]]
    for login, seat in (("municipal_methodist", "member"), ("reader", "observer"), ("admin", "chair")):
        assert "Сохранено" in admin.post(home.format(campaign) + "/seat", staff=ids[login], seat=seat, cap=0)[1], login
    for login, seat in (("municipal_methodist", "chair"), ("reader", "member"), ("coordinator", "observer")):
        answer = admin.post(home.format(campaign) + "/seat", staff=ids[login], seat=seat, cap=0)[1]
        assert "Сохранено" not in answer, login


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_commission_is_begun_seated_and_reviews_in_the_panel(chamber: Chamber, app: Flask) -> None:
    for login, role in (("admin", StaffRole.ADMINISTRATOR), *((one, StaffRole.REGIONAL_METHODIST) for one in "abc")):
        chamber.accounts[login] = chamber.staff(login, role)
    ids = {login: scope.staff_id for login, scope in chamber.accounts.items()}
    sent = chamber.sent()
    campaign = sent.campaign.id
    admin = desk(chamber, app, "admin")
    assert "Собрать комиссию" in admin.get(f"/commission/{campaign}")[1]
    home = f"/commission/{campaign}"
    assert "Комиссия собрана" in admin.post(f"{home}/begin", chair=ids["a"], reviews=2, spread=5)[1]
    for login in "bc":
        admin.post(f"{home}/seat", staff=ids[login], seat="member", cap=5)
    chair = desk(chamber, app, "a")
    assert "Назначено 2 отзыва" in chair.post(f"{home}/assign")[1]
    first, second = desk(chamber, app, "b"), desk(chamber, app, "c")
    page = f"/applications/{sent.id}"
    for one, note in ((first, CANARY), (second, "Ладно")):
        text = one.get(page)[1]
        assert 'name="score-1"' in text and "Одобряет и отклоняет председатель" in text
        assert CANARY not in text, "the other is blind until both are in"
        given = {f"score-{number}": 2 for number in range(1, 7)}
        assert one.post(f"{page}/scores", quiet=1, **given)[0] == 204
        if one is first:
            assert "Сначала" not in one.post(f"/commission/reviews/{sent.id}/hand-in", note=note, keep=1)[1]
        assert "Отзыв сдан" in one.post(f"/commission/reviews/{sent.id}/hand-in", note=note)[1]
        if one is first:
            for other in (second, chair, admin):
                for where in (page, f"{home}/list", home):
                    assert CANARY not in other.get(where)[1], where
                book = load_workbook(io.BytesIO(other.client.get("/applications.xlsx").data)).worksheets[0]
                assert all(row[-1] != 12 for row in book.values)
    assert CANARY in second.get(page)[1] and CANARY in chair.get(page)[1]
    assert chair.get(f"{home}/list?reviewer=1&points=--5")[0] == 200, "a typed «--5» was a failure of ours"
    text = chair.get(f"{home}/list?cut=1")[1]
    assert "Граница 1: входят 1, меняет сторону 1." in text and "Методист b: 12" in text
    assert 'name="chosen"' in text and 'name="chosen"' not in first.get(f"{home}/list")[1]
    book = load_workbook(io.BytesIO(chair.client.get(f"{home}/list.xlsx").data)).worksheets[0]
    assert [row[5] for row in book.values][1] == 12
    assert first.post(f"{home}/decide", verdict="approve", chosen=sent.id, sure=1, typed=1)[0] == 200
    asked = chair.post(f"{home}/decide", verdict="approve", chosen=sent.id)[1]
    seal = asked.split('name="seal" value="')[1].split('"')[0]
    chair.clock.moment += chair.clock.moment.resolution * 1_200_000
    wrong = chair.post(f"{home}/decide", verdict="approve", chosen=sent.id, sure=1, seal=seal, typed=2)[1]
    assert "Впишите это число" in wrong
    done = chair.post(f"{home}/decide", verdict="approve", chosen=sent.id, sure=1, seal=seal, typed=1)[1]
    assert "Решение принято по 1 заявке" in done and "Одобрена" in chair.get(page)[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_interests_and_sittings_are_written_in_the_panel(chamber: Chamber, app: Flask) -> None:
    campaign = chamber.begin("one")
    person = chamber.teacher()
    home, one = f"/commission/{campaign}", desk(chamber, app, "one")
    assert "Тестова" in one.get(f"{home}?find=Тестова")[1]
    assert "эти заявки к вам не придут" in one.post(f"{home}/declare", person=person)[1]
    assert "Тестова Вера" in one.get(home)[1]
    chair = desk(chamber, app, "chair")
    seen = chair.get(home)[1]
    assert "Тестова Вера" not in seen, "whom a member is close to is the member's own"
    assert "Кто о ком сказал «не рассматриваю»" in seen and "Кто о ком" not in one.get(home)[1]
    with_reason = {"interest": 1, "reason": "Однофамилица"}
    assert "Своё «не рассматриваю» снять нельзя" not in chair.post(f"{home}/undeclare", interest=1)[1]
    assert "напишите, почему" in chair.post(f"{home}/undeclare", interest=1)[1]
    assert "Убрано" in chair.post(f"{home}/undeclare", **with_reason)[1]
    there = [chamber.accounts["one"].staff_id, chamber.accounts["chair"].staff_id]
    chamber.accounts["two"] = chamber.staff("two")
    chamber.seat("two", cap=5)
    sent = chamber.sent(2007)
    chamber.seat("one", cap=5)
    chamber.assign()
    again = {"staff": chamber.accounts["two"].staff_id, "seat": "observer"}
    assert "напишите, почему" in chair.post(f"{home}/seat", **again)[1]
    assert "Сохранено" in chair.post(f"{home}/seat", **again, reason="Командировка")[1]
    assert sent.id and "Почему" in chair.get(home)[1]
    (waited, _), *_ = chamber.desk("chair", sent.id).waited
    away = f"/commission/reviews/{waited}/take-away"
    assert 'name="reason"' in chair.get(f"/applications/{sent.id}")[1]
    assert "напишите, почему" in chair.post(away, application=sent.id)[1]
    assert "Заявка снята" in chair.post(away, application=sent.id, reason="Не читает")[1]
    word = (
        zipfile.ZipFile(io.BytesIO(chair.client.get(f"{home}/protocol.docx").data)).read("word/document.xml").decode()
    )
    for said in ("Изменения после начала", "Командировка", "место в комиссии: было член комиссии, стало наблюдатель"):
        assert said in word
    assert "снято слово" in word and "Однофамилица" in word
    assert "снята заявка № 1" in word and "Не читает" in word
    said = chair.post(f"{home}/sitting", held_on="2026-03-01", present=there, agreed=1, against=1, abstained=0)[1]
    assert "за 1, против 1, воздержались 0" in said


def test_the_protocol_of_the_decided_selection_says_what_the_source_says(
    demo: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    """ACCEPTANCE, chelyabinsk 8."""
    campaign = demo.read(lambda session: session.scalars(select(Campaign.id).where(Campaign.code == "rma-2023")).one())
    region = callers.staff(Scope(1, StaffRole.REGIONAL_METHODIST, None), clock.now())
    found = demo.read(staff_queries.protocol, region, campaign_id=campaign)
    assert (len(found.approved), len(found.rejected)) == (458, 171)
    assert [count for _, count in found.reasons] == [49, 74, 48] and found.other == 0
    seats = [one.seat for one in found.members]
    assert seats.count(MemberSeat.CHAIR) == 1 and MemberSeat.SECRETARY in seats and MemberSeat.OBSERVER in seats
    panel = Panel(AdminSettings(_env_file=None, data_dir=tmp_path, secret_key="k" * 40), demo, clock)
    first, second = protocol_word(found, panel), protocol_word(found, panel)
    assert first == second and zipfile.is_zipfile(io.BytesIO(first))
    word = Document(io.BytesIO(first))
    text = "\n".join(one.text for one in word.paragraphs)
    assert "№ 02/2066" in text and "21 августа 2023" in text
    assert "Одобрено: 458. Отклонено: 171." in text and "Учебные данные" in text
    assert "Голоса: за 5, против 0, воздержались 0." in text
    rows = [[cell.text for cell in row.cells] for row in word.tables[1].rows]
    verbatim = demo.read(
        lambda session: session.scalars(
            select(Reason.text)
            .where(Reason.campaign_id == campaign, Reason.verdict == Verdict.REJECT)
            .order_by(Reason.number)
        ).all()
    )
    assert [row[1] for row in rows[1:4]] == verbatim
    assert sum(int(row[2]) for row in rows[1:4]) == 171 == int(rows[-1][2])
    assert len(word.tables[2].rows) == 459 and len(word.tables[3].rows) == 172


def test_the_list_of_the_decided_selection_tries_its_cut_off(demo: Database, clock: FrozenClock) -> None:
    campaign = demo.read(lambda session: session.scalars(select(Campaign.id).where(Campaign.code == "rma-2023")).one())
    region = callers.staff(Scope(1, StaffRole.REGIONAL_METHODIST, None), clock.now())
    found = demo.read(ranking, region, campaign_id=campaign, tried=Rehearsal(), limit=50)
    assert (found.total, found.waiting, found.cut, found.inside, found.changed) == (629, 0, 458, 458, 0)
    assert len(found.rows) == 50 and len(found.reviewers) == 3
    even = demo.read(ranking, region, campaign_id=campaign, tried=Rehearsal(even=True), limit=50)
    assert even.inside == 458 and even.changed % 2 == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_protocol_is_taken_twice_with_equal_bytes(chamber: Chamber, app: Flask) -> None:
    campaign = chamber.begin("one")
    chair = desk(chamber, app, "chair")
    files = {chair.client.get(f"/commission/{campaign}/protocol.docx").data for _ in range(2)}
    assert len(files) == 1 and zipfile.is_zipfile(io.BytesIO(files.pop()))
    assert chair.get("/commission/")[0] == 200
    assert chair.client.get("/commission.xlsx").status_code == 200
