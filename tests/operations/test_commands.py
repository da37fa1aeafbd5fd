"""`python -m db VERB` as an operator runs it: exit codes, one clear line, nothing half done."""

import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from tests.operations.conftest import Done, Run, said
from tests.support.databases import copy_sqlite
from tests.support.demo import demo_copy
from tests.support.figures import Figures
from tests.support.stage import prepared

TOKEN = "123456:AAHsecretsecretsecretsecretsecretsec"


def ask(tmp_path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(tmp_path / "opora.db")) as connection:
        return connection.execute(query).fetchall()


def change(tmp_path: Path, query: str) -> None:
    with closing(sqlite3.connect(tmp_path / "opora.db")) as connection:
        connection.execute(query)
        connection.commit()


LOADED = pytest.mark.usefixtures("sqlite_url")
"""The database that `call` works on is there, with the pack: what `upgrade` and `load-pack` leave behind."""


# --- from nothing to a running installation ---


def test_prepare_makes_a_sandbox_and_says_where_everything_is(run: Run, tmp_path: Path) -> None:
    made = prepared(tmp_path)  # by the same command, from nothing
    first = Done(0, "Procfile.sandbox\n", made.said)
    for shown in ("http://127.0.0.1:8081", "http://127.0.0.1:8080", DEMO_LOGIN, DEMO_PASSWORD, "BOT_TOKEN"):
        assert shown in first.stderr
    shutil.copytree(made.data_dir, tmp_path, dirs_exist_ok=True)
    copy_sqlite(made.database_file, tmp_path / "opora.db")
    assert run("check").returncode == 0
    second = run("prepare")
    assert (second.returncode, second.stdout) == (0, "Procfile.sandbox\n")
    assert len(said(second)) == len(said(first)) - 2, "nothing was made a second time"


def test_prepare_with_a_token_is_an_empty_installation(run: Run, tmp_path: Path) -> None:
    done = run("prepare", BOT_TOKEN=TOKEN)
    assert (done.returncode, done.stdout) == (0, "Procfile\n")
    assert ask(tmp_path, "SELECT count(*) FROM person UNION ALL SELECT count(*) FROM staff") == [(0,), (0,)]
    assert ask(tmp_path, "SELECT count(*) FROM municipality") == [(43,)]
    assert DEMO_PASSWORD not in done.stderr and TOKEN not in done.stderr


def test_prepare_shows_the_settings_addresses(run: Run) -> None:
    done = run("prepare", BOT_TOKEN=TOKEN, ADMIN_URL="https://panel.example.org")
    assert "panel: https://panel.example.org" in said(done)


def test_who_loads_a_pack_and_forgets_its_setting_is_told_at_once(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No step named REGION_PACK: bot and panel then refused, and advised another database."""
    monkeypatch.delenv("REGION_PACK", raising=False)
    assert call("upgrade").returncode == 0
    assert said(call("load-pack", "terek")) == [
        "pack terek: loaded",
        "REGION_PACK is chelyabinsk: set REGION_PACK=terek, else bot and panel won't start",
    ]


def test_step_by_step(call: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_PACK", "terek")  # its demo is small
    assert call("upgrade").returncode == 0
    assert said(call("load-pack", "terek")) == ["pack terek: loaded"]
    assert said(call("load-pack", "terek")) == ["pack terek: already loaded, nothing changed"]
    assert "made" in said(call("demo"))[0]
    assert said(call("demo")) == ["demo data: already there"]
    assert said(call("check")) == ["everything is in order"]


@LOADED
def test_there_is_no_demo_beside_a_real_bot(call: Run, tmp_path: Path) -> None:
    done = call("demo", BOT_TOKEN=TOKEN)
    assert done.returncode == 1 and "for the sandbox" in said(done)[0]
    assert ask(tmp_path, "SELECT count(*) FROM staff") == [(0,)]


# --- wrong calls and wrong settings ---


@pytest.mark.parametrize(
    "arguments", [(), ("nonsense",), ("load-pack",), ("forget-person", "x"), ("create-staff", "a")]
)
def test_a_wrong_call_is_exit_code_2_with_usage(call: Run, arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2 and done.stderr.startswith("usage: ")


@pytest.mark.parametrize(
    "verb",
    [
        "upgrade",
        "load-pack",
        "demo",
        "create-staff",
        "import-people",
        "backup",
        "restore",
        "move",
        "check",
        "forget-person",
    ],
)
def test_every_verb_has_help(call: Run, verb: str) -> None:
    done = call(verb, "--help")
    assert done.returncode == 0 and len(done.stdout) > 60


@pytest.mark.parametrize(
    "setting, value, expected",
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL: expected sqlite:///"),
        ("DATABASE_URL", "mysql://user@host/name", "DATABASE_URL: expected sqlite:///"),
        ("DATABASE_URL", "sqlite:////proc/nowhere/opora.db", "/proc/nowhere"),
        ("DATABASE_URL", "postgresql://nobody:hunter2@127.0.0.1:1/x", "DATABASE_URL: connection"),
        ("REGION_PACK", "atlantis", "REGION_PACK: expected one of belgorod, chelyabinsk, "),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE: expected a zone name"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: expected console or json"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(call: Run, setting: str, value: str, expected: str) -> None:
    done = call("prepare", **({"url": value} if setting == "DATABASE_URL" else {setting: value}))
    assert done.returncode == 1 and done.stdout == ""
    assert len(said(done)) == 1 and said(done)[0].startswith(expected)
    assert "hunter2" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("load-pack", "chelyabinsk"), ("demo",), ("forget-person", "1"), ("create-staff", "chief", "--name", "Иван")],
)
def test_a_database_without_tables_is_told_so(call: Run, arguments: tuple[str, ...]) -> None:
    done = call(*arguments, stdin="a long password\n")
    assert done.returncode == 1
    assert said(done) == ["the database is not up to date: run `python -m db upgrade` first"]


def test_a_file_that_is_no_database(call: Run, tmp_path: Path) -> None:
    (tmp_path / "opora.db").write_text("Это не база данных, а письмо. " * 100, encoding="utf-8")
    for verb in ("upgrade", "check"):
        done = call(verb)
        assert done.returncode == 1
        assert said(done) == ["DATABASE_URL: file is not a database"]


# --- accounts ---


@LOADED
def test_the_first_administrator(call: Run, tmp_path: Path) -> None:
    arguments, typed = ("create-staff", "chief", "--name", "Орлова Елена"), "a long password\n"
    assert said(call(*arguments, stdin=typed)) == ["account chief (administrator) is ready"]
    again = call(*arguments, stdin=typed)
    assert again.returncode == 1 and said(again) == ["refused: staff_login_taken: login=chief"]
    short = call("create-staff", "other", "--name", "Иванова Анна", stdin="short\n")
    assert short.returncode == 1 and "staff_password" in said(short)[0]
    assert ask(tmp_path, "SELECT login, role FROM staff") == [("chief", "administrator")]


@LOADED
def test_a_password_among_the_arguments_still_works_and_is_warned_of(call: Run, tmp_path: Path) -> None:
    """Everybody on the machine read it in `ps`."""
    done = call("create-staff", "chief", "--name", "Орлова Елена", "--password", "a long password")
    assert [line.split(":")[0] for line in said(done)] == [
        "a password among the arguments is seen by others in `ps`",
        "account chief (administrator) is ready",
    ]
    moved = call("move", "postgresql://opora:hunter2@127.0.0.1:1/opora")
    assert "seen by others in `ps`" in said(moved)[0] and "hunter2" not in moved.stderr
    piped = call("move", stdin=f"sqlite:///{tmp_path / 'new.db'}\n")
    assert piped.returncode == 0 and len(said(piped)) == 1


@LOADED
def test_an_account_of_every_reach_is_made(call: Run, tmp_path: Path) -> None:
    school = "МОУ «СОШ № 1001»"
    columns = "municipality_id, name, confirmed, nameless, low_results, hard_conditions"
    change(tmp_path, f"INSERT INTO organisation ({columns}) VALUES (1, '{school}', 1, 0, 0, 0)")

    def made(login: str, *reach: str) -> list[str]:
        arguments = ("create-staff", login, "--name", "Маслова Ирина", "--password", "x" * 12, "--role")
        return said(call(*arguments, *reach))[1:]  # the first line warns of the password

    assert "there is no direction «99»; known: 1, 10" in made("one", "coordinator", "--direction", "99")[0]
    assert made("one", "coordinator", "--direction", "1", "--direction", "3") == ["account one (coordinator) is ready"]
    assert "staff_term" in made("two", "auditor", "--campaign", "rma-2023")[0]
    term = ("--campaign", "rma-2023", "--until", "2035-01-31")
    assert made("two", "auditor", *term) == ["account two (auditor) is ready"]
    assert "staff_organisation" in made("three", "organisation", "--organisation", "Школа, которой нет")[0]
    assert made("three", "organisation", "--organisation", school) == ["account three (organisation) is ready"]
    assert "there is no centre «nowhere»; known: none" in made("four", "municipal_methodist", "--centre", "nowhere")[0]
    found = ask(tmp_path, "SELECT login, campaign_id IS NOT NULL, organisation_id IS NOT NULL FROM staff ORDER BY id")
    assert found == [("one", 0, 0), ("two", 1, 0), ("three", 0, 1)]


@LOADED
def test_a_municipal_methodist_needs_a_municipality(call: Run, tmp_path: Path) -> None:
    arguments = (
        "create-staff",
        "city",
        "--name",
        "Маслова Ирина",
        "--role",
        "municipal_methodist",
        "--password",
        "x" * 12,
    )
    assert call(*arguments).returncode == 1
    unknown = call(*arguments, "--municipality", "atlantis")
    assert unknown.returncode == 1 and "atlantis" in said(unknown)[-1]
    assert call(*arguments, "--municipality", "chelyabinsky-go", "--municipality", "miassky-go").returncode == 0
    assert ask(tmp_path, "SELECT count(*) FROM staff_municipality") == [(2,)]


# --- the check ---


FAULTS = {
    "UPDATE event SET seated = seated - 1 WHERE code = 'gostinaya'": "event gostinaya: the count of seats differs",
    "UPDATE registration SET status = 'waiting' WHERE id = (SELECT min(registration_id) FROM certificate)": (
        "was there without a seat"
    ),
    "UPDATE application SET municipality_id = NULL WHERE id = 1": "application 1: was sent without",
    "DELETE FROM decision WHERE application_id = 1": "application 1: is decided, but nobody decided it",
    "UPDATE component_score SET latest = 1": "has two results marked as the last one",
    "UPDATE score_block SET people = 5, closed = 5 WHERE id = (SELECT id FROM score_block WHERE people > 5 LIMIT 1)": (
        "has more results than it counts"
    ),
    "UPDATE attempt SET disclosed = true": "counts other closed results than it has",
    "DELETE FROM consent WHERE person_id = 8": "person 8: has a profile without any consent",
    "UPDATE person SET erased_at = created_at WHERE id = 7": (
        "person 7: is erased, but a name or a messenger account is still there"
    ),
    "UPDATE person SET municipality_id = 9999 WHERE id = 7": "person 7: points at nothing in municipality",
    "UPDATE document SET size = size + 1 WHERE id = 1": "document 1: its file has another size",
    "UPDATE alembic_version SET version_num = '0000'": "the schema is not this version's",
}


def test_the_check_finds_every_planted_fault(call: Run, tmp_path: Path) -> None:
    """Planted one on top of the other; the schema's comes last, for nothing else is looked at then."""
    demo_copy(tmp_path)
    (name,) = ask(tmp_path, "SELECT stored_name FROM document WHERE id = 2")[0]
    (tmp_path / "documents" / str(name)[:2] / str(name)).unlink()
    for fault, expected in FAULTS.items():
        change(tmp_path, fault)
        if "alembic" in fault or "size" in fault:
            done = call("check")
            assert done.returncode == 1
            lines = said(done)
            if "alembic" in fault:
                assert expected in lines[0]
                continue
            planted = [text for query, text in FAULTS.items() if "alembic" not in query]
            missing = [
                text
                for text in [*planted, "document 2: its file is missing"]
                if not any(text in line for line in lines)
            ]
            assert not missing
            assert lines[-1] == "there are problems"


# --- erasing ---


def test_forgetting_a_person_takes_files_along(call: Run, tmp_path: Path) -> None:
    demo_copy(tmp_path)
    ((person, stored),) = ask(
        tmp_path,
        "SELECT a.person_id, d.stored_name FROM document d JOIN application a ON a.id = d.application_id"
        " WHERE a.status = 'draft' ORDER BY d.id LIMIT 1",
    )
    file = tmp_path / "documents" / str(stored)[:2] / str(stored)
    assert file.exists()
    done = call("forget-person", str(person))
    assert done.returncode == 0 and f"person {person} is erased" in said(done)[0]
    assert not file.exists()
    assert ask(tmp_path, f"SELECT full_name FROM person WHERE id = {person}") == [(None,)]
    assert call("check").returncode == 0
    assert call("forget-person", str(person)).returncode == 0, "again changes nothing"
    unknown = call("forget-person", "99999")
    assert unknown.returncode == 1 and said(unknown) == ["refused: not_found"]


# --- importing people ---

HEADER = "full_name;municipality;organisation;position;subject;qualification;experience_years;consent_date\n"


def csv(tmp_path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8-sig") -> str:
    file = tmp_path / "люди.csv"
    file.write_text(header + "\n".join(lines), encoding=encoding)
    return str(file)


@LOADED
def test_people_come_in_once_with_their_consent(call: Run, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "Королёва  Анна Петровна;челябинский го;МБОУ «СОШ № 67»;Учитель;Математика;Высшая;12;2026-01-15",
        '"Иванов; Пётр";Трёхгорный ГО;Новая школа;;;;;2026-02-01',
        "Петрова Мария;Миасский ГО;;;;;;2026-02-01",
    )
    assert said(call("import-people", file)) == ["3 people imported, 0 were there already"]
    assert said(call("import-people", file)) == ["0 people imported, 3 were there already"]
    assert ask(tmp_path, "SELECT full_name, experience_years FROM person ORDER BY id") == [
        ("Королёва Анна Петровна", 12),
        ("Иванов; Пётр", None),
        ("Петрова Мария", None),
    ]
    assert ask(tmp_path, "SELECT name, confirmed FROM organisation WHERE name = 'Новая школа'") == [("Новая школа", 0)]
    assert ask(tmp_path, "SELECT count(DISTINCT person_id), min(given_at) FROM consent") == [
        (3, "2026-01-15 00:00:00.000000")
    ]
    assert call("check").returncode == 0


@LOADED
def test_a_file_from_a_russian_excel_and_a_name_that_others_have(call: Run, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "Петрова Мария;Миасский ГО;Школа № 1;;;;;2026-02-01",
        "Петрова Мария;Миасский ГО;Школа № 2;;;;;2026-02-01",
        "Петрова Мария;Озерский ГО;;;;;;2026-02-01",
        "петрова мария;ОЗЁРСКИЙ ГО;;;;;;2026-02-01",
        encoding="cp1251",
    )
    assert said(call("import-people", file)) == ["3 people imported, 1 were there already"]


@LOADED
def test_one_wrong_row_and_nobody_comes_in(call: Run, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "Королёва Анна;Челябинский ГО;;;;;;2026-01-15",
        "Королёва;Челябинский ГО;;;;;;2026-01-15",
        "Белова Марина;Атлантида;;;;;;2026-01-15",
        "Белова Марина;Миасский ГО;Новая школа;Волшебник;;;;2026-01-15",
        "Белова Марина;Миасский ГО;;;;;сто;2026-01-15",
        "Белова Марина;Миасский ГО;;;;;;15 января",
        "Белова Марина;Миасский ГО;;;;;;",
        "Белова Марина;Миасский ГО;;;;;;2999-01-01",
    )
    done = call("import-people", file)
    assert done.returncode == 1
    lines = said(done)
    expected = (
        "full_name",
        "municipality",
        "position",
        "experience_years",
        "consent_date",
        "consent_date",
        "consent_date",
    )
    assert [line.split(":")[0] for line in lines[:-1]] == [f"line {number}" for number in range(3, 10)]
    assert all(word in line for word, line in zip(expected, lines, strict=False))
    assert lines[-1] == "nothing was imported: 7 of 8 rows are wrong"
    assert ask(tmp_path, "SELECT count(*) FROM person") == [(0,)]
    assert ask(tmp_path, "SELECT count(*) FROM organisation WHERE name = 'Новая школа'") == [(0,)]


@LOADED
def test_what_a_spreadsheet_saved_again_is_read(call: Run, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "Королёва Анна;Челябинский ГО;МБОУ СОШ №3;;;;12,0;15.01.2026",
        " ; ;\u00a0;;;;;",
        "Белова Марина;Челябинский ГО;СОШ № 3;;;;5.0;46037",
        'Ким Ольга;Челябинский ГО;"МБОУ ""СОШ № 3""";;;;;2026-01-15 00:00:00;;',
        header="sep=;\nСписок педагогов;;;\n;;;\n" + HEADER,
        encoding="utf-16",
    )
    assert said(call("import-people", file)) == ["3 people imported, 0 were there already"]
    assert ask(tmp_path, "SELECT count(DISTINCT organisation_id), sum(experience_years) FROM person") == [(1, 17)]
    assert ask(tmp_path, "SELECT DISTINCT given_at FROM consent") == [("2026-01-15 00:00:00.000000",)]


@LOADED
def test_what_is_no_name_and_no_consent_is_told_by_its_row(call: Run, tmp_path: Path) -> None:
    file = csv(
        tmp_path,
        "=A1 B2;Миасский ГО;;;;;;2026-01-15",
        "12345 678;Миасский ГО;;;;;;2026-01-15",
        "Ивaнова Анна;Миасский ГО;;;;;;2026-01-15",
        "Иванова Анна;Миасский ГО;;;;;;0206-01-15",
        "Иванова Анна;Миасский ГО;@СУММ(A1);;;;;2026-01-15",
    )
    lines = said(call("import-people", file))
    expected = ("a formula", "surname and name", "is it «Иванова Анна»?", "before the law", "organisation: a formula")
    assert [line.split(":")[0] for line in lines[:-1]] == [f"line {number}" for number in range(2, 7)]
    assert all(word in line for word, line in zip(expected, lines, strict=False))


def test_a_wrong_byte_names_its_line_and_a_workbook_what_to_do(call: Run, tmp_path: Path) -> None:
    file = Path(csv(tmp_path, "Королёва Анна;Миасский ГО;;;;;;2026-01-15"))
    file.write_bytes(file.read_bytes() + b"\n\xff;;;;;;;")
    assert said(call("import-people", str(file)))[0].endswith(
        "line 3: a byte that is no UTF-8; save the file anew as «CSV UTF-8»"
    )
    file.write_bytes(b"PK\x03\x04" + b"0" * 100)
    assert "save it as «CSV UTF-8»" in said(call("import-people", str(file)))[0]


@pytest.mark.parametrize(
    "header, encoding, expected",
    [
        ("имя;место\n", "utf-8", "missing: consent_date, full_name, municipality"),
        ("", "utf-8", "missing"),
    ],
)
@LOADED
def test_a_file_of_another_shape(call: Run, tmp_path: Path, header: str, encoding: str, expected: str) -> None:
    line = "Королёва Анна;Челябинский ГО;;;;;;2026-01-15" if header else ""
    done = call("import-people", csv(tmp_path, line, header=header, encoding=encoding))
    assert done.returncode == 1 and len(said(done)) == 1 and expected in said(done)[0]
    absent = call("import-people", str(tmp_path / "нет.csv"))
    assert absent.returncode == 1 and said(absent)[0].endswith("No such file or directory")


@pytest.mark.slow
@pytest.mark.bench
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_twenty_thousand_people_within_half_a_minute(
    run: Run, tmp_path: Path, engine: str, request: pytest.FixtureRequest, figures: Figures
) -> None:
    url = request.getfixturevalue("empty_postgres_url") if engine == "postgres" else None
    run("upgrade", url=url)
    run("load-pack", "chelyabinsk", url=url)
    lines = (
        f"Учебная Анна {number};Челябинский ГО;Школа {number % 400};Учитель;Математика;Первая;{number % 40};2026-01-15"
        for number in range(20_000)
    )
    file = csv(tmp_path, *lines)
    began = time.monotonic()
    done = run("import-people", file, url=url)
    took = time.monotonic() - began
    figures.note(f"import-people of 20,000 people, {engine}", f"{took:.1f} s", goal="≤ 30 s", held=took <= 30)
    assert said(done) == ["20000 people imported, 0 were there already"]
