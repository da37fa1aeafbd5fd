"""A list comes in by one code: seen before, told by row, taken back; each account brings it into its own units."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import erasure
from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.audit.models import AuditEntry, AuditSubject
from db.caller import StaffCaller
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Organisation, StaffNumber
from db.errors import ConflictError, DomainError, NotFoundError
from db.imports import queries, rules, services, sweeps, whole
from db.imports.models import ImportKind, ImportStatus, Upload, UploadChange
from db.people.importing import named_in
from db.people.models import Consent, MessengerAccount, Person
from db.scope import StaffRole
from db.spreadsheet import Grid, read_grid
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

HOME = "chelyabinsky-go"
HEAD = "ФИО;Муниципалитет;Организация;Должность;Стаж, лет;Дата согласия;Дата рождения"
ANNA = "Королёва Анна Петровна;Челябинский ГО;Школа у моста;Учитель;12;15.01.2026;05.03.1985"
OLGA = "Ким Ольга;Челябинский ГО;Школа у моста;Учитель;3;2026-01-15;"
FAR = "Белова Марина;Варненский МР;;;;15.01.2026;"


@pytest.fixture
def admin(database: Database, clock: FrozenClock) -> StaffCaller:
    return account(database, clock, "admin", StaffRole.ADMINISTRATOR)


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> StaffCaller:
    return account(database, clock, "town", StaffRole.MUNICIPAL_METHODIST, HOME)


def account(database: Database, clock: FrozenClock, login: str, role: StaffRole, *places: str) -> StaffCaller:
    number = database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
    return callers.staff(database.read(lambda session: scope_of(session.get_one(Staff, number))), clock.now())


def grid(tmp_path: Path, *lines: str, encoding: str = "utf-8-sig", kind: ImportKind = ImportKind.PEOPLE) -> Grid:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    return read_grid(path, fits=lambda header: len(rules.guess(kind, header)))


def kept(database: Database, caller: Any, made: Grid, kind: ImportKind = ImportKind.PEOPLE) -> int:
    return database.write(services.keep, caller, kind=kind, title="list.csv", grid=made)


def count(table: Any, *where: Any) -> Callable[[Session], int]:
    return lambda session: session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value.code


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ";"), ("utf-8-sig", ","), ("cp1251", ";"), ("utf-16", "\t")]
)
def test_a_list_of_any_encoding_finds_its_columns(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [line.replace(", лет", "").replace(";", delimiter) for line in ("Список педагогов", HEAD, ANNA)]
    read = grid(tmp_path, *lines, encoding=encoding)
    fields = ("full_name", "municipality", "organisation", "position", "experience_years", "consent_date", "birth_date")
    assert rules.guess(ImportKind.PEOPLE, read.header) == {field: place for place, field in enumerate(fields)}
    assert [line for line, _ in read.rows] == [3]


def test_a_workbook_with_joined_heads_and_days_is_read_and_a_formula_refused(
    database: Database, admin: StaffCaller, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Педагоги района"])
    sheet.append(["ФИО", "Место работы", None, "Дата согласия", "Дата рождения"])
    sheet.append([None, "Муниципалитет", "Школа", None, None])
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:C2")
    sheet.append(["Королёва Анна", "Челябинский ГО", "Школа у моста", date(2026, 1, 15), date(1985, 3, 5)])
    sheet.append(["=A4", "Челябинский ГО", None, date(2026, 1, 15), None])
    book.save(tmp_path / "list.xlsx")
    read = read_grid(tmp_path / "list.xlsx", fits=lambda header: len(rules.guess(ImportKind.PEOPLE, header)))
    plan = database.read(queries.preview, admin, upload_id=kept(database, admin, read)).plan
    assert plan is not None
    assert [(wrong.line, wrong.column, wrong.code) for wrong in plan.errors] == [(5, "full_name", "row_formula")]
    (anna,) = [one for one in plan.changes if one.table == "person"]
    assert anna.values["birth_date"] == date(1985, 3, 5) and anna.organisation == "Школа у моста"


def test_what_is_seen_is_what_comes_in_and_goes_back(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    number = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))
    plan = database.read(queries.preview, admin, upload_id=number).plan
    assert plan is not None and (plan.added, plan.same, plan.errors) == (3, 0, []), "a school and two people"
    assert database.read(count(Person)) == 0, "looking changes nothing"
    assert whole.apply(database, admin, upload_id=number) == (3, 0)
    assert database.read(count(Person)) == 2 and database.read(count(Consent)) > 0
    assert database.read(lambda session: session.get_one(Upload, number).content) == {}, "the list is not kept"
    again = kept(database, admin, grid(tmp_path, HEAD, ANNA.replace(";12;", ";13;"), OLGA))
    plan = database.read(queries.preview, admin, upload_id=again).plan
    assert plan is not None and (plan.added, len(plan.changes), plan.same) == (0, 1, 1)
    assert plan.changes[0].before == {"experience_years": 12} and plan.changes[0].values == {"experience_years": 13}
    assert whole.apply(database, admin, upload_id=again) == (0, 1)
    assert whole.undo(database, admin, upload_id=again) == (1, 0)
    years = select(Person.experience_years).order_by(Person.full_name.desc())
    assert database.read(lambda session: session.scalars(years).first()) == 12
    assert whole.undo(database, admin, upload_id=number) == (3, 0)
    assert database.read(count(Person)) == 0 and database.read(count(Consent)) == 0
    assert database.read(count(Organisation, Organisation.name == "Школа у моста")) == 0
    assert refused(lambda: whole.undo(database, admin, upload_id=number)) == "imports_moved_on"
    actions = select(AuditEntry.action).where(AuditEntry.object_type == "upload").order_by(AuditEntry.id)
    said = database.read(lambda session: session.scalars(actions).all())
    assert said == [f"imports.{verb}" for verb in ("keep", "apply", "keep", "apply", "undo", "undo")]


def test_whoever_is_named_is_known_however_typed_and_nobody_else_is_read(
    database: Database, admin: StaffCaller, tmp_path: Path
) -> None:
    """For a list of two names a hundred thousand people were read."""
    hyphen = "Ким-Ли Олёна;Челябинский ГО;Школа у моста;Учитель;3;2026-01-15;"
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, ANNA, hyphen, FAR)))
    typed = (
        ANNA.replace("Королёва Анна", "КОРОЛЕВА  анна"),
        hyphen.replace("Ким-Ли Олёна", "Ким\N{NON-BREAKING HYPHEN}Ли  олена"),
    )
    again = grid(tmp_path, HEAD, *typed)
    plan = database.read(queries.preview, admin, upload_id=kept(database, admin, again)).plan
    assert plan is not None and (plan.changes, plan.same, plan.errors) == ([], 2, [])
    named = named_in([{"full_name": cells[0]} for _, cells in again.rows])
    assert database.read(count(Person)) == 3 and database.read(count(Person, named)) == 2


def test_what_others_use_or_changed_since_stays(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    number = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))
    whole.apply(database, admin, upload_id=number)

    def live(session: Session) -> None:
        anna = session.scalars(select(Person).where(Person.full_name.like("Королёва%"))).one()
        session.add(MessengerAccount(person_id=anna.id, platform="telegram", external_id=7, locale="ru"))

    database.write(live)
    assert whole.undo(database, admin, upload_id=number) == (1, 2), "Ольга goes; Анна and her school stay"
    assert database.read(lambda session: session.scalars(select(Person.full_name)).one()).startswith("Королёва")
    assert database.read(count(Consent)) > 0, "with her consent"
    third = kept(database, admin, grid(tmp_path, HEAD, ANNA.replace(";12;", ";20;")))
    plan = database.read(queries.preview, admin, upload_id=third).plan
    assert plan is not None and plan.changes == [], "whoever is in the bot says it themselves"


def test_organisations_and_numbers_of_staff(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    kind = ImportKind.ORGANISATIONS
    schools = grid(
        tmp_path,
        "Название,Муниципалитет,ШНОР",
        "Школа у моста,Челябинский ГО,да",
        "МБОУ Школа у моста,Челябинский ГО,нет",
        kind=kind,
    )
    number = kept(database, admin, schools, kind)
    assert whole.apply(database, admin, upload_id=number) == (1, 0), "one school, said twice"
    changed = kept(
        database,
        admin,
        grid(tmp_path, "Название;Муниципалитет;ШНОР", "Школа у моста;Челябинский ГО;0", kind=kind),
        kind,
    )
    assert whole.apply(database, admin, upload_id=changed) == (0, 1)
    wrong = grid(tmp_path, "Название;Муниципалитет;ШНОР", "Школа;Челябинский ГО;может быть", kind=kind)
    plan = database.read(queries.preview, admin, upload_id=kept(database, admin, wrong, kind)).plan
    assert plan is not None and [one.code for one in plan.errors] == ["row_yes"]
    kind = ImportKind.STAFF_NUMBERS
    staff = grid(tmp_path, "Категория работников;Число;Источник", "учителя;619;Приказ", "воспитатели;252;", kind=kind)
    number = kept(database, admin, staff, kind)
    assert whole.apply(database, admin, upload_id=number) == (2, 0)
    told = select(StaffNumber.name, StaffNumber.count, StaffNumber.source).order_by(StaffNumber.id.desc()).limit(2)
    assert sorted(database.read(lambda session: [tuple(row) for row in session.execute(told)])) == [
        ("воспитатели", 252, "list.csv"),
        ("учителя", 619, "Приказ"),
    ]
    assert whole.undo(database, admin, upload_id=number) == (2, 0)


def test_an_account_brings_people_into_its_own_units_only(
    database: Database, clock: FrozenClock, town: StaffCaller, admin: StaffCaller, tmp_path: Path
) -> None:
    number = kept(database, town, grid(tmp_path, HEAD, ANNA, FAR))
    plan = database.read(queries.preview, town, upload_id=number).plan
    assert plan is not None and [(one.line, one.column) for one in plan.errors] == [(3, "municipality")]
    assert refused(lambda: whole.apply(database, town, upload_id=number)) == "imports_wrong"
    assert database.read(count(Person)) == 0, "one wrong row, and nobody comes in"
    other = account(database, clock, "other", StaffRole.REGIONAL_METHODIST)
    with pytest.raises(NotFoundError):
        database.read(queries.preview, other, upload_id=number)
    reader = account(database, clock, "reader", StaffRole.READER)
    assert refused(lambda: kept(database, reader, grid(tmp_path, HEAD, ANNA))) == "forbidden"
    kind = ImportKind.STAFF_NUMBERS
    region = kept(database, town, grid(tmp_path, "Категория работников;Число", "учителя;5", kind=kind), kind)
    found = database.read(queries.preview, town, upload_id=region)
    assert found.plan is not None and found.plan.errors, "the region's sum is not a municipality's to say"


def test_of_two_at_once_one_brings_it_in_and_another_list_waits(
    database: Database, admin: StaffCaller, tmp_path: Path
) -> None:
    number = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))

    def bring(_: int) -> str:
        try:
            whole.apply(database, admin, upload_id=number)
        except ConflictError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(bring, range(4)))
    assert said.count("done") == 1 and database.read(count(Person)) == 2
    first, second = (kept(database, admin, grid(tmp_path, HEAD, OLGA)) for _ in range(2))
    database.write(services.begin, admin, upload_id=first)
    assert refused(lambda: whole.apply(database, admin, upload_id=second)) == "imports_busy"


def test_one_cut_short_goes_on_with_what_is_left(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    number = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))
    turn = database.write(services.begin, admin, upload_id=number)
    plan = database.read(queries.preview, admin, upload_id=number).plan
    assert plan is not None
    database.write(services.put, admin, upload_id=number, turn=turn, changes=plan.changes[:2])
    whole.apply(database, admin, upload_id=number)
    assert database.read(count(Person)) == 2
    upload = database.read(lambda session: session.get_one(Upload, number))
    assert (upload.status, upload.added) == (ImportStatus.DONE, 3)
    assert whole.undo(database, admin, upload_id=number) == (3, 0)


def test_what_was_said_while_a_list_came_in_is_not_written_over_unseen(
    database: Database, admin: StaffCaller, tmp_path: Path
) -> None:
    """Between the plan and its piece somebody else had said otherwise: that word was lost, and no undo knew it."""
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA)))
    renewed = [line.replace(";12;", ";15;").replace(";3;", ";5;") for line in (OLGA, ANNA)]
    number = kept(database, admin, grid(tmp_path, HEAD, *renewed))
    turn = database.write(services.begin, admin, upload_id=number)
    plan = database.read(queries.preview, admin, upload_id=number).plan
    assert plan is not None
    said = update(Person).where(Person.full_name == "Королёва Анна Петровна").values(experience_years=14)
    database.write(lambda session: session.execute(said))
    put = {"upload_id": number, "turn": turn, "changes": plan.changes}
    with pytest.raises(ConflictError, match="imports_row_moved") as found:
        database.write(services.put, admin, **put)
    assert found.value.params == {"line": 3}
    years = select(Person.experience_years).order_by(Person.experience_years)
    assert database.read(lambda session: session.scalars(years).all()) == [3, 14], "nothing of the piece"
    assert whole.apply(database, admin, upload_id=number) == (0, 2), "looked at again it goes on"
    assert whole.undo(database, admin, upload_id=number) == (2, 0)
    assert database.read(lambda session: session.scalars(years).all()) == [3, 14], "and back to what was said"


def test_whose_data_a_look_at_a_list_shows_is_in_the_journal(
    database: Database, clock: FrozenClock, admin: StaffCaller, town: StaffCaller, tmp_path: Path
) -> None:
    """A list of guessed names and years told by its differences what stands there, and nobody could read of it."""
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, ANNA)))
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("town")
    text = panel.text(f"/imports/{kept(database, town, grid(tmp_path, HEAD, ANNA.replace(';12;', ';13;'), OLGA))}")
    assert "<del>12</del>" in text
    panel.text(f"/imports/{kept(database, town, grid(tmp_path, HEAD, OLGA))}")
    entry = AuditEntry.id == AuditSubject.entry_id
    seen = select(AuditSubject.person_id).join(AuditEntry, entry).where(AuditEntry.action == "imports.read")
    anna = select(Person.id).where(Person.full_name == "Королёва Анна Петровна")
    assert database.read(lambda s: s.scalars(seen).all()) == database.read(lambda s: s.scalars(anna).all())


def test_a_list_may_say_two_things_of_one_row(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, ANNA)))
    twice = [ANNA.replace(";12;", f";{years};") for years in (14, 15)]
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, *twice)))
    assert database.read(lambda session: session.scalars(select(Person.experience_years)).all()) == [15]


def test_a_list_that_was_left_halfway_blocks_nobody(
    database: Database, clock: FrozenClock, admin: StaffCaller, town: StaffCaller, tmp_path: Path
) -> None:
    left = kept(database, admin, grid(tmp_path, HEAD, ANNA, OLGA))
    turn = database.write(services.begin, admin, upload_id=left)
    plan = database.read(queries.preview, admin, upload_id=left).plan
    assert plan is not None
    database.write(services.put, admin, upload_id=left, turn=turn, changes=plan.changes[:2])
    other = kept(database, town, grid(tmp_path, HEAD, OLGA))
    soon = StaffCaller(clock.now() + timedelta(minutes=9), town.zone, town.scope)
    assert refused(lambda: whole.apply(database, soon, upload_id=other)) == "imports_busy"
    later = StaffCaller(clock.now() + timedelta(minutes=10), town.zone, town.scope)
    whole.apply(database, later, upload_id=other)
    assert database.read(lambda session: session.get_one(Upload, left).status) is ImportStatus.DONE
    again = {"upload_id": left, "turn": turn, "changes": plan.changes[2:]}
    assert refused(lambda: database.write(services.put, admin, **again)) == "imports_moved_on"
    assert whole.undo(database, admin, upload_id=left)[0] >= 1, "what it brought in can be taken back"


def test_its_owner_stops_a_list_that_was_cut_short(
    database: Database, clock: FrozenClock, admin: StaffCaller, town: StaffCaller, tmp_path: Path
) -> None:
    number = kept(database, town, grid(tmp_path, HEAD, ANNA, OLGA))
    assert refused(lambda: database.write(services.stop, town, upload_id=number)) == "imports_moved_on"
    database.write(services.begin, town, upload_id=number)
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("town")
    text = panel.text(f"/imports/{number}")
    assert "Продолжить загрузку" in text and "Остановить" in text and "начнётся вместо него" in text
    panel.post(f"/imports/{number}/stop")
    assert "Загрузка остановлена" in panel.text(f"/imports/{number}")
    whole.apply(database, admin, upload_id=kept(database, admin, grid(tmp_path, HEAD, ANNA)))


def test_words_of_a_list_do_not_outlive_their_use(
    database: Database, clock: FrozenClock, admin: StaffCaller, tmp_path: Path
) -> None:
    waits = kept(database, admin, grid(tmp_path, HEAD, ANNA))
    number = kept(database, admin, grid(tmp_path, HEAD, ANNA))
    whole.apply(database, admin, upload_id=number)
    anna = database.read(lambda session: session.scalars(select(Person.id)).one())
    database.write(erasure.erase, admin, person_id=anna, requested_by="operator")
    assert database.read(lambda session: session.get_one(Upload, waits).content) == {}, "an erasure reaches it"
    assert database.read(count(UploadChange, UploadChange.table_name == "person")) == 0
    waits = kept(database, admin, grid(tmp_path, HEAD, OLGA))
    day = callers.clock(clock.now() + timedelta(days=1, minutes=1))
    database.write(sweeps.forget_lists, day)
    assert database.read(lambda session: session.get_one(Upload, waits).content) == {}
    later = StaffCaller(clock.now() + timedelta(days=8), admin.zone, admin.scope)
    assert refused(lambda: whole.undo(database, later, upload_id=number)) == "imports_late"
    database.write(sweeps.forget_lists, later)
    assert database.read(count(UploadChange)) == 0


def test_the_panel_reads_shows_brings_in_and_takes_back(
    database: Database, clock: FrozenClock, town: StaffCaller, tmp_path: Path
) -> None:
    panel = Visitor(make_panel(database, clock, tmp_path))
    panel.sign_in("town")
    lines = "\n".join((HEAD.replace("ФИО", "Кто"), ANNA, OLGA)).encode("cp1251")
    sent = panel.post("/imports/", {"kind": "people", "file": (io.BytesIO(lines), "\u202eлюди.csv")})
    page = sent.headers["Location"]
    assert "люди.csv" in panel.text(page) and "\u202e" not in panel.text(page)
    assert "Не нашли столбцы" in panel.text(page) and "ФИО" in panel.text(page)
    columns = {"full_name": "0", "municipality": "1", "organisation": "2", "consent_date": "5"}
    panel.post(f"{page}/columns", columns)
    text = panel.text(page)
    assert "Добавится 3, изменится 0, уже есть 0." in text and "Королёва Анна Петровна" in text
    panel.post(f"{page}/apply")
    assert database.read(count(Person)) == 2 and "Добавлено 3" in panel.text(page)
    panel.post(f"{page}/undo")
    assert database.read(count(Person)) == 0
    wrong = "\n".join((HEAD, FAR, "Иванов;Челябинский ГО;;;;вчера;")).encode()
    page = panel.post("/imports/", {"kind": "people", "file": (io.BytesIO(wrong), "люди.csv")}).headers["Location"]
    text = panel.text(page)
    assert "Строка 2, «Муниципалитет»: «Варненский МР» нет среди доступных вам" in text
    assert "Строка 3, «ФИО»: нужны фамилия и имя" in text and "Загрузить" not in text
    for name, content in (
        ("a.xlsx", b"PK\x03\x04" + b"0" * 100),
        ("b.csv", b""),
        ("c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        assert panel.post("/imports/", {"kind": "people", "file": (io.BytesIO(content), name)}).status_code == 200
    assert database.read(count(Upload)) == 2


@pytest.mark.slow
@pytest.mark.bench
def test_twenty_thousand_come_in_while_others_write(database: Database, admin: StaffCaller, tmp_path: Path) -> None:
    lines = (f"Учебная Анна {n};Челябинский ГО;Школа {n % 400};Учитель;{n % 40};2026-01-15;" for n in range(20_000))
    number = kept(database, admin, grid(tmp_path, HEAD, *lines))
    longest = 0.0
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(whole.apply, database, admin, upload_id=number)
        while not work.done():
            start = time.monotonic()
            database.write(lambda session: session.execute(update(Staff).values(name="Другая")))
            longest = max(longest, time.monotonic() - start)
            time.sleep(0.05)
        work.result()
    assert time.monotonic() - began <= 30 and longest <= 3
