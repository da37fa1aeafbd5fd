"""Each pack stands up on an empty database of either engine, says what its document says, and keeps others out."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics.offering import offers
from db.dictionaries import queries as dictionaries
from db.dictionaries import staff_services
from db.dictionaries.models import Centre, Municipality, Organisation, StaffNumber, Term, TermKind
from db.errors import NotFoundError
from db.packs import COMMON, FOLDER, load_pack
from db.packs.loading import load
from db.people import queries, services
from db.people.models import ConsentText, Person
from db.requests import queries as requests
from db.schema import metadata
from db.scope import Scope, StaffRole
from db.sites.models import Site
from tests.operations.conftest import Run, said
from tests.support import callers
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.programs import ended
from tests.support.town import MONDAY

PACKS = sorted({path.parent.name for path in FOLDER.glob("*/pack.yaml")} - {COMMON})
LOW_RESULTS = [
    "МКОУ СОШ с.п. В-Курп",
    "МКОУ СОШ с.п. Красноармейское",
    "МКОУ СОШ с.п. Н-Курп",
    "МКОУ СОШ с.п. Н-Хамидие",
    "МКОУ СОШ с.п. Новая Балкария",
    "МКОУ СОШ с.п. Урожайное",
    "МКОУ СОШ с.п. Хамидие",
]
UNNAMED = "название в документе не указано"


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr) for table in metadata.sorted_tables
    }


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_stands_up_on_an_empty_database(
    call: Run, empty_database_url: str, empty: Path, tmp_path: Path, name: str
) -> None:
    if empty_database_url.startswith("sqlite"):  # migrated once: tests/house is about that
        copy_sqlite(empty, tmp_path / "empty.db")

    def run(*arguments: str) -> tuple[int, list[str]]:
        done = call(*arguments, url=empty_database_url, REGION_PACK=name)
        return done.returncode, said(done)

    assert run("upgrade")[0] == 0
    assert run("load-pack", name) == (0, [f"pack {name}: loaded"])
    assert run("load-pack", name) == (0, [f"pack {name}: already loaded, nothing changed"])
    database = Database.connect(empty_database_url)
    try:
        before = database.read(everything)
        other = PACKS[PACKS.index(name) - 1]
        code, lines = run("load-pack", other)
        assert code == 1
        (line,) = lines
        assert line.startswith(f"this database holds the region «{name}», and «{other}» is another")
        assert f"set REGION_PACK={name} to go on with this database" in line
        assert database.read(everything) == before
    finally:
        database.close()
    if name == "chelyabinsk":
        return  # its demo is large, and tests/demo is about it
    code, lines = run("demo")
    assert (code, lines[0].partition(";")[0]) == (0, "demo data: made")
    assert run("demo") == (0, ["demo data: already there"])
    assert run("check") == (0, ["everything is in order"])


# --- what a document says ---


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with tables and nothing in them."""
    return migrated_sqlite(tmp_path_factory.getbasetemp())


@pytest.fixture
def session(request: pytest.FixtureRequest, empty: Path, tmp_path: Path) -> Iterator[Session]:
    """A database with the pack of the parameter as a real installation has it: without examples."""
    database = Database.connect(copy_sqlite(empty, tmp_path / "region.db"))
    database.write(load, pack=load_pack(request.param).real, now=MONDAY)
    with Session(database.engine) as opened:
        yield opened
    database.close()


def of(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("session", [name], indirect=True)


@of("terek")
def test_tereks_organisations_and_staff_are_the_documents(session: Session) -> None:
    rows = session.execute(select(Organisation, Term.name).join(Term, Term.id == Organisation.kind_id)).all()
    assert Counter(kind for _, kind in rows) == {
        "Прогимназия": 3, "МКОУ СОШ": 18, "МКОУ Лицей": 1, "МКДОУ": 1, "НШДС": 1,
    }  # fmt: skip
    assert Counter(UNNAMED in one.name for one, _ in rows) == {True: 15, False: 9}
    assert sorted(one.name for one, _ in rows if one.low_results) == LOW_RESULTS
    numbers = session.scalars(select(StaffNumber).order_by(StaffNumber.position)).all()
    assert [one.count for one in numbers] == [619, 252, 46, 5, 18]
    assert session.scalars(select(Municipality.name)).all() == ["Терский муниципальный район"]
    assert load_pack("terek").about.languages == {"kbd": "Адыгэбзэ", "krc": "Къарачай-малкъар тил"}


@of("terek")
def test_terek_consults_the_eight_groups_of_the_document(session: Session) -> None:
    person = Person(municipality_id=session.scalars(select(Municipality.id)).one(), created_at=MONDAY)
    session.add(person)
    session.flush()
    found = requests.home(session, callers.person(person.id, MONDAY))
    assert [one.name for one in found.groups] == [
        "молодых специалистов",
        "вновь назначенных руководителей",
        "руководителей МО, проектных команд, модульных команд",
        "педагогов в рамках инновационной работы",
        "руководителей и педагогов по организации электронного обучения",
        "заместителей руководителей по реализации ФГОС",
        "педагогов и руководителей по вопросам сетевого профильного и предпрофильного обучения",
        "руководителей по вопросам научно-методической и инновационной работы",
    ]
    assert len(found.components) == 6


@of("terek")
def test_a_school_that_the_document_does_not_name_is_offered_once_it_is_named(session: Session) -> None:
    town = session.scalars(select(Municipality)).one()
    person = Person(municipality_id=town.id, created_at=MONDAY)
    session.add(person)
    session.flush()

    def names() -> list[str]:
        return [one.name for one in queries.options(session, field="organisation", person_id=person.id)]

    assert len(names()) == 9 and not any(UNNAMED in name for name in names())
    nameless = session.scalars(select(Organisation).where(Organisation.nameless).order_by(Organisation.id)).all()
    assert len(nameless) == 15
    with pytest.raises(NotFoundError):
        services.pick_field(session, callers.person(person.id), field="organisation", value=nameless[0].id)
    same = {"organisation_id": nameless[0].id, "municipality_id": town.id, "kind_id": None, "confirmed": True}
    marks = {"low_results": False, "hard_conditions": False}
    methodist = callers.staff(Scope(1, StaffRole.REGIONAL_METHODIST, None))
    staff_services.save_organisation(session, methodist, **same, **marks, name=nameless[0].name)
    assert len(names()) == 9, "a mark alone gives it no name"
    staff_services.save_organisation(session, methodist, **same, **marks, name="МКОУ СОШ с.п. Арик")
    assert "МКОУ СОШ с.п. Арик" in names()


@of("chelyabinsk")
def test_short_lists_are_what_the_pack_names(session: Session) -> None:
    def names(kind: TermKind) -> list[str]:
        return [one.name for one in dictionaries.terms(session, kind=kind)]

    assert len(names(TermKind.ACTIVITY)) == 9 and names(TermKind.ACTIVITY)[0] == "реализация ДПП"
    assert len(names(TermKind.WORK_LINE)) == 5
    kinds = ["Стажировочная площадка", "Опорная площадка", "Инновационная площадка", "Базовая площадка"]
    assert names(TermKind.SITE_KIND) == kinds


@of("timashevsk")
def test_timashevsks_sites_are_the_documents(session: Session) -> None:
    sites = session.scalars(select(Site)).all()
    schools = [one.organisation for one in sites if one.kind == "internship"]
    assert schools == [f"МБОУ СОШ № {number}" for number in (1, 2, 4, 5, 11, 13)]
    assert [one.organisation for one in sites if one.kind == "support"] == ["МБДОУ д/с № 7"]
    assert all(one.programme is None and not one.components for one in sites), "no document says which programme"


@of("sverdlovsk")
def test_sverdlovsks_municipality_has_no_name(session: Session) -> None:
    assert session.scalars(select(Municipality.name)).all() == ["муниципальное образование (в документе не названо)"]
    assert session.scalars(select(Organisation)).all() == [], "the document names none"


@of("belgorod")
def test_belgorods_centres_are_the_documents(session: Session) -> None:
    centres = session.scalars(select(Centre).order_by(Centre.id)).all()
    assert [one.name.partition(": ")[2] for one in centres] == [
        "Белгородский муниципальный район",
        "Краснояружский муниципальный район",
        "Чернянский муниципальный район",
        "Шебекинский городской округ",
        "Алексеевский городской округ",
        "Валуйский городской округ",
        "г. Белгород",
        "Старооскольский городской округ",
        "Губкинский городской округ",
    ]
    assert [one.independent for one in centres] == [False] * 6 + [True] * 3
    assert [one.training for one in centres] == [not one.independent for one in centres]
    assert {one.note for one in centres if one.independent} == {"имеют юридический статус"}
    assert not session.scalars(select(Municipality).where(Municipality.centre_id.is_(None))).all()


@of("belgorod")
def test_belgorods_methodist_is_offered_two_self_diagnoses_and_a_teacher_one(session: Session) -> None:
    assert offered(session, "methodist") == ["Самодиагностика методиста", "Самодиагностика педагога"]
    assert offered(session, "teacher") == ["Самодиагностика педагога"]


@pytest.mark.parametrize("session", PACKS, indirect=True)
def test_a_head_and_a_deputy_are_asked_about_their_own_work(session: Session) -> None:
    """A deputy head got questions about lessons."""
    assert [offered(session, code) for code in ("head", "deputy-head")] == [["Самодиагностика руководителя"]] * 2


def offered(session: Session, position: str) -> list[str]:
    held = session.scalars(select(Term.id).where(Term.kind == TermKind.POSITION, Term.code == position)).one()
    person = Person(position_id=held, created_at=MONDAY)
    session.add(person)
    session.flush()
    return [one.title for one in offers(session, person_id=person.id)]


@pytest.mark.parametrize("session", PACKS, indirect=True)
def test_the_consent_names_the_packs_own_operator(session: Session, request: pytest.FixtureRequest) -> None:
    about = load_pack(request.node.callspec.params["session"]).about
    texts = session.scalars(select(ConsentText.text)).all()
    assert texts and all(f"Оператор — {about.service_name}." in text for text in texts)
    assert not [text for text in texts if "{" in text]


@pytest.mark.parametrize("program", ["bot", "admin"])
def test_what_runs_does_not_speak_for_another_region(program: str, tmp_path: Path, call: Run) -> None:
    """With another REGION_PACK the bot would ask for consent to another operator and name another service."""
    url = f"sqlite:///{tmp_path / 'opora.db'}"
    for verb in (("upgrade",), ("load-pack", PACKS[0])):
        assert call(*verb, url=url).returncode == 0
    code, told = ended(program, DATABASE_URL=url, DATA_DIR=str(tmp_path), REGION_PACK=PACKS[1])
    assert code == 1
    assert f"this database holds the region «{PACKS[0]}», and «{PACKS[1]}» is another" in told
