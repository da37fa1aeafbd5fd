"""The network says what its document says, its agreements run out in words, visits are counted by year."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db.audit.models import AuditEntry
from db.database import Database
from db.documents.models import OfficialDocument, Scan
from db.errors import ConflictError
from db.network.models import Agreement, AgreementStatus, MutualVisit, NetworkMember
from db.network.rules import AGREEMENT, AgreementStanding, standing
from db.overviews import files
from db.scope import StaffRole
from db.storage import Storage
from tests.support.region import Enter, another, put, sheet

TODAY = date(2026, 3, 2)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def of_member(database: Database, name: str) -> tuple[int, int]:
    """The ids of a member and of its agreement."""
    found = select(Agreement).join(NetworkMember).where(NetworkMember.name == name)
    row = database.read(lambda session: session.scalars(found).one())
    return row.member_id, row.id


@pytest.mark.parametrize(
    ("status", "ends", "stands"),
    [
        (None, None, AgreementStanding.NONE),
        (AgreementStatus.PREPARING, TODAY - timedelta(days=9), AgreementStanding.PREPARING),
        (AgreementStatus.ENDED, TODAY + timedelta(days=9), AgreementStanding.ENDED),
        (AgreementStatus.SIGNED, None, AgreementStanding.SIGNED),
        (AgreementStatus.SIGNED, TODAY + timedelta(days=31), AgreementStanding.SIGNED),
        (AgreementStatus.SIGNED, TODAY + timedelta(days=30), AgreementStanding.SOON),
        (AgreementStatus.SIGNED, TODAY, AgreementStanding.SOON),
        (AgreementStatus.SIGNED, TODAY - timedelta(days=1), AgreementStanding.OVER),
    ],
)
def test_an_agreement_holds_to_its_last_day(status: Any, ends: date | None, stands: AgreementStanding) -> None:
    assert standing(status, ends, today=TODAY) is stands


def test_a_signed_agreement_is_never_in_preparation_again() -> None:
    with pytest.raises(ConflictError):
        AGREEMENT.check(AgreementStatus.SIGNED, AgreementStatus.PREPARING)


def test_timashevsks_network_declares_thirteen_and_names_twelve(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    page = visitor.text("/network/")
    assert "объявлено 13, названо 12" in page
    assert re.search(r">8</span><span class=\"tile-label\">Территориальная методическая служба \(ТМС\)", page)
    assert "подписано 11" in page and "готовится 1" in page
    head, *rows = sheet(visitor, "/network.xlsx")
    assert head[:3] == ["Участник", "Кто это", "Соглашение"]
    assert len(rows) == 12
    assert [row[2] for row in rows].count("подписано") == 11
    assert [row[0] for row in rows if row[2] == "готовится"] == ["филиал КубГУ в г. Славянске-на-Кубани"]
    services = [row[0] for row in rows if row[1] == "Территориальная методическая служба (ТМС)"]
    assert services == [
        *("Калининский район", "Брюховецкий район", "Приморско-Ахтарский район", "Каневской район"),
        *("Ейский район", "Ленинградский район", "г-к Анапа", "г. Горячий Ключ"),
    ]
    about = {row[0]: row[1] for row in sheet(visitor, "/network.xlsx", 1)}
    assert (about["Объявлено участников"], about["Названо участников"]) == ("13", "12")


def test_the_page_and_the_file_are_narrowed_alike(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    for asked, count in {"kind=service": 8, "agreement=preparing": 1, "q=район": 6, "agreement=over": 0}.items():
        assert len(sheet(visitor, f"/network.xlsx?{asked}")) == 1 + count
        assert visitor.text(f"/network/?{asked}").count('class="row-link"') == count


def test_an_agreements_end_is_said_in_words_and_on_the_first_page(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    member, agreement = of_member(database, "Каневской район")
    assert "Соглашения сети" not in visitor.text("/")
    signed = {"status": "signed", "signed_on": "2025-03-01", "starts": "2025-03-01", "word": ""}
    for ends, told in {
        "2026-03-14": "осталось 12 дней, до 14 марта 2026",
        "2026-03-02": "сегодня последний день",
        "2026-03-01": "кончилось 1 день назад, 1 марта 2026",
    }.items():
        assert visitor.save(f"/network/agreements/{agreement}", {**signed, "ends": ends}).status_code == 302
        for address in ("/", "/network/", f"/network/{member}/card"):
            assert told in visitor.text(address), address
        standing = "over" if told.startswith("кончилось") else "signed"
        assert len(sheet(visitor, f"/network.xlsx?agreement={standing}")) == (2 if standing == "over" else 12), ends
        said = "подписано 10 · срок прошёл 1" if standing == "over" else "подписано 11, из них скоро кончается 1"
        assert said in visitor.text("/network/"), "what ends soon is signed: the source says eleven"
    visitor.post(f"/network/agreements/new?member={member}", {**signed, "starts": "2026-03-01", "ends": "2027-02-28"})
    assert "Соглашения сети" not in visitor.text("/"), "a newer one counts"
    assert len(re.findall(r"/network/agreements/\d+\"", visitor.text(f"/network/{member}/card"))) == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"starts": "2026-03-01", "ends": "2026-02-01"}, "Последний день раньше первого"),
        ({"starts": "2026-02-30"}, "Такого дня нет: 2026-02-30"),
        ({"status": "ended", "word": "Расторгли"}, None),
    ],
)
def test_an_agreement_that_cannot_be_so_is_refused_at_its_field(
    enter: Enter, sent: dict[str, str], told: str | None
) -> None:
    visitor, database = enter("timashevsk")
    _, agreement = of_member(database, "Каневской район")
    answer = visitor.save(f"/network/agreements/{agreement}", {"status": "signed", "word": "Слова", **sent})
    found = database.read(lambda session: session.get_one(Agreement, agreement).word)
    if told is None:
        assert (answer.status_code, found) == (302, "Расторгли")
        return
    assert answer.status_code == 200
    assert told in answer.text and "Слова" in answer.text
    assert found == ""


def test_a_forged_step_back_of_an_agreement_changes_nothing(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    _, agreement = of_member(database, "Каневской район")
    visitor.save(f"/network/agreements/{agreement}", {"status": "preparing", "word": "Назад"})
    status = database.read(lambda session: session.get_one(Agreement, agreement).status)
    assert status is not AgreementStatus.ENDED
    visitor.save(f"/network/agreements/{agreement}", {"status": "ended"})
    visitor.save(f"/network/agreements/{agreement}", {"status": "signed"})
    assert database.read(lambda session: session.get_one(Agreement, agreement).status) is AgreementStatus.ENDED


def test_a_scan_is_kept_given_back_and_replaced(enter: Enter, tmp_path: Path) -> None:
    visitor, database = enter("timashevsk")
    member, agreement = of_member(database, "Каневской район")
    address = f"/network/agreements/{agreement}/scan"
    assert visitor.get(address).status_code == 404
    assert put(visitor, address, PNG).status_code == 302
    assert "скан.png" in visitor.text(f"/network/{member}/card")
    given = visitor.get(address)
    assert (given.data, given.mimetype) == (PNG, "image/png")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    (first,) = database.read(files.stored_names)
    put(visitor, address, PNG, "другой.png")
    (second,) = database.read(files.stored_names)
    assert first != second
    later = datetime.now(UTC) + timedelta(hours=2)
    assert Storage(tmp_path).sweep(database.read(files.stored_names), later) == 1, "the one before is nobody's"
    assert visitor.get(address).status_code == 200
    reader = another(visitor, database, "reader", StaffRole.READER)
    assert reader.get(address).status_code == 403
    assert "другой.png" not in reader.text(f"/network/{member}/card")
    actions = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert actions.count("network.scan") == 2 and actions.count("network.read_scan") == 2


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"%PDF-1.4" + b"0" * (25 * 1024 * 1024), "скан.pdf", "больше 20 МБ"),
        (b"<html>", "скан.pdf", "внутри не PDF"),
        (b"", "скан.pdf", "файл пустой"),
        (b"", "", "Выберите файл скана"),
    ],
)
def test_a_scan_that_is_none_is_refused_in_words_and_the_one_before_stays(
    enter: Enter, tmp_path: Path, content: bytes, name: str, told: str
) -> None:
    visitor, database = enter("timashevsk")
    _, agreement = of_member(database, "Каневской район")
    put(visitor, f"/network/agreements/{agreement}/scan", PNG)
    put(visitor, f"/network/agreements/{agreement}/scan", content, name)
    page = visitor.text(f"/network/agreements/{agreement}")
    assert told in page and "скан.png" in page
    assert database.read(lambda session: len(session.scalars(select(Scan)).all())) == 1
    assert list((tmp_path / "documents" / "incoming").iterdir()) == []


def test_a_document_of_the_service_has_its_scan(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    number = database.read(lambda session: session.scalars(select(OfficialDocument.id)).first())
    assert put(visitor, f"/documents/{number}/scan", PNG, "приказ.png").status_code == 302
    assert "приказ.png" in visitor.text(f"/documents/{number}")
    assert visitor.get(f"/documents/{number}/scan").data == PNG


def test_visits_are_counted_by_year_and_side(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    first, second = (of_member(database, name)[0] for name in ("Каневской район", "Ейский район"))
    for day, guest, host in (
        ("2025-11-12", 0, first),
        ("2026-01-20", first, 0),
        ("2026-02-03", 0, second),
        ("2026-02-10", first, second),
    ):
        sent = {"visited_on": day, "guest_id": guest, "host_id": host, "word": "Открытые уроки Кварцитовой"}
        assert visitor.post("/network/visits/new", sent).status_code == 302
    assert sheet(visitor, "/network/visits.xlsx", 1)[1:] == [[2026, 1, 1, 1, 3], [2025, 1, 0, 0, 1]]
    assert len(sheet(visitor, "/network/visits.xlsx?year=2026")) == 1 + 3
    assert len(sheet(visitor, f"/network/visits.xlsx?member={second}")) == 1 + 2
    assert "4 посещения" in visitor.text("/network/visits/")
    assert sheet(visitor, "/network.xlsx?q=Каневской")[1][8] == 3
    reader = another(visitor, database, "reader", StaffRole.READER)
    for address in ("/network/visits/", f"/network/{first}/card"):
        assert "Кварцитовой" in visitor.text(address) and "Кварцитовой" not in reader.text(address)
    assert "Кварцитовой" not in str(sheet(reader, "/network/visits.xlsx"))
    number = database.read(lambda session: session.scalars(select(MutualVisit.id)).first())
    assert visitor.post(f"/network/visits/{number}/drop", {}).status_code == 302
    assert "3 посещения" in visitor.text("/network/visits/")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"visited_on": "2026-02-30"}, "Такого дня нет"),
        ({"visited_on": "2026-03-03"}, "ещё не наступил"),
        ({"visited_on": ""}, "Укажите день"),
        ({"host_id": "0"}, "две разные стороны"),
        ({"host_id": ""}, "две разные стороны"),
        ({"word": "а"}, "хотя бы одной строкой"),
    ],
)
def test_a_visit_that_cannot_be_is_refused_and_what_was_typed_stays(
    enter: Enter, change: dict[str, str], told: str
) -> None:
    visitor, database = enter("timashevsk")
    sent = {"visited_on": "2026-03-01", "guest_id": "0", "host_id": "1", "word": "Смотрели уроки", **change}
    answer = visitor.post("/network/visits/new", sent)
    assert answer.status_code == 200 and told in answer.text
    assert sent["word"] in answer.text
    assert database.read(lambda session: session.scalars(select(MutualVisit)).all()) == []


def test_what_is_said_of_the_network_and_a_member_can_be_mended(enter: Enter) -> None:
    visitor, _ = enter("timashevsk")
    assert visitor.save("/network/about", {"title": "Сеть", "declared": "14"}).status_code == 302
    assert "объявлено 14, названо 12" in visitor.text("/network/")
    made = visitor.post("/network/new", {"name": "Усть-Лабинский район", "kind": "service", "active": "1"})
    assert made.status_code == 302
    assert "Соглашения пока нет" in visitor.text(made.headers["Location"])
    assert "названо 13" in visitor.text("/network/")
    assert "хотя бы три знака" in visitor.post("/network/new", {"name": "а", "kind": "service"}).text
    number = int(made.headers["Location"].split("/")[-2])
    assert visitor.save(f"/network/{number}", {"name": "Усть-Лабинский район", "kind": "service"}).status_code == 302
    assert "названо 12" in visitor.text("/network/"), "who has left is not counted"
    assert "вышел из сети" in visitor.text(f"/network/{number}/card")


def test_a_municipal_account_and_a_reader_see_the_network_and_change_nothing(enter: Enter) -> None:
    visitor, database = enter("timashevsk")
    for role in (StaffRole.MUNICIPAL_METHODIST, StaffRole.READER):
        other = another(visitor, database, role.value, role)
        assert "объявлено 13, названо 12" in other.text("/network/")
        assert other.get("/network/1/card").status_code == 200
        assert [other.get(address).status_code for address in ("/network/1", "/network/new", "/network/about")] == [
            403,
            403,
            403,
        ]
        assert other.post("/network/1", {"name": "Чужой"}).status_code == 403


def test_a_region_without_a_network_says_so_kindly(enter: Enter) -> None:
    visitor, _ = enter("chelyabinsk")
    assert "Участников пока нет" in visitor.text("/network/")
    assert "Посещений пока нет" in visitor.text("/network/visits/")
