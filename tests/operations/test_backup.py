"""Backups made while the bot works come back whole; who was erased after one stays erased."""

import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.broadcasts import staff_services as broadcasts
from db.broadcasts import sweeps
from db.broadcasts.models import Broadcast, BroadcastStatus
from db.broadcasts.staff_queries import audience_of, reach
from db.clock import Clock
from db.database import Database
from db.dictionaries.models import Setting
from db.dictionaries.rules import Rules
from db.move import move
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.operations.conftest import Run, said
from tests.support import callers
from tests.support.demo import demo_copy
from tests.support.postgres import PostgresServer


@pytest.fixture
def programs(request: pytest.FixtureRequest) -> str:
    """Where pg_dump and pg_restore are."""
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return str(server.programs / "bin")


@pytest.fixture(scope="session")
def _postgres_demo(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The name of a database with the demo, to be copied, and the folder of its documents.

    Moved from the SQLite one, which is a matter of seconds; that both engines play the same is shown in tests/demo.
    """
    folder = tmp_path_factory.mktemp("postgres-demo")
    with postgres_server.database() as url:
        move(demo_copy(folder), url)
        yield postgres_server.name_of(url), folder


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A demo with documents on each engine: its DATABASE_URL and where the programs are."""
    if request.param == "sqlite":
        yield demo_copy(tmp_path), {}
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    template, folder = request.getfixturevalue("_postgres_demo")
    shutil.copytree(folder / "documents", tmp_path / "documents")
    with server.database(template) as url:
        yield url, {"programs": request.getfixturevalue("programs")}


class Writer(threading.Thread):
    """Somebody who goes on writing; `written` is the last number whose commit was acknowledged."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.database = Database.connect(url)
        self.written = 0
        self.going = True

    def run(self) -> None:
        while self.going:
            number = self.written + 1
            self.database.write(lambda session, number=number: session.merge(Setting(key="load", value={"n": number})))
            self.written = number
        self.database.close()


def last(url: str) -> int:
    database = Database.connect(url)
    try:
        row = database.read(lambda session: session.get(Setting, "load"))
        return int(row.value["n"]) if row else 0
    finally:
        database.close()


def test_a_backup_under_load_has_all_that_was_committed_before(
    run: Run, tmp_path: Path, place: tuple[str, dict[str, str]]
) -> None:
    url, more = place
    backup = tmp_path / "backups" / "opora.tar.gz"
    writer = Writer(url)
    writer.start()
    for _ in range(3):
        before = writer.written
        done = run("backup", str(backup), url=url, **more)
        assert done.returncode == 0, done.stderr
    writer.going = False
    writer.join()
    assert backup.stat().st_mode & 0o077 == 0, "others may not read it"
    assert [file.name for file in backup.parent.iterdir()] == [backup.name], "nothing half made is left"
    with tarfile.open(backup) as tar:
        assert sum(member.name.startswith("documents/") and member.isfile() for member in tar) > 100
    # Everything is lost and comes back.
    for file in (tmp_path / "documents").rglob("*.*"):
        file.unlink()
    done = run("restore", str(backup), url=url, **more)
    assert done.returncode == 0, done.stderr
    assert last(url) >= before > 0
    assert said(run("check", url=url)) == ["everything is in order"]


def test_who_was_erased_after_the_backup_stays_erased(
    call: Run, tmp_path: Path, place: tuple[str, dict[str, str]]
) -> None:
    url, more = place
    backup = str(tmp_path / "opora.tar.gz")
    database = Database.connect(url)
    query = text(
        "SELECT a.person_id, d.stored_name FROM document d JOIN application a ON a.id = d.application_id"
        " WHERE a.status = 'draft' ORDER BY d.id LIMIT 1"
    )
    with database.engine.connect() as connection:
        person, stored = connection.execute(query).one()
    database.close()
    file = tmp_path / "documents" / stored[:2] / stored
    assert call("backup", backup, url=url, **more).returncode == 0
    assert call("forget-person", str(person), url=url).returncode == 0
    done = call("restore", backup, url=url, **more)
    assert said(done) == [f"restored from {backup}; erased once more: {person}"]
    database = Database.connect(url)
    assert database.read(lambda session: session.scalar(select(Person.full_name).where(Person.id == person))) is None
    database.close()
    assert not file.exists()
    assert call("check", url=url).returncode == 0


def test_a_broadcast_of_the_backups_time_is_not_sent_again(
    call: Run, tmp_path: Path, place: tuple[str, dict[str, str]]
) -> None:
    url, more = place
    backup = str(tmp_path / "opora.tar.gz")
    database, now = Database.connect(url), Clock().now()

    def going(session: Session) -> int:
        row = session.scalars(select(Broadcast).where(Broadcast.status == BroadcastStatus.DRAFT)).one()
        count = reach(session, audience=audience_of(row)).count
        region = session.scalars(select(Staff.id).where(Staff.login == "region")).one()
        scope = Scope(staff_id=region, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)
        broadcasts.start(session, callers.staff(scope, now), broadcast_id=row.id, revision=0, typed=count)
        return row.id

    number = database.write(going)
    database.close()
    assert call("backup", backup, url=url, **more).returncode == 0
    assert f"broadcast {number} was on its way" in call("restore", backup, url=url, **more).stderr
    database = Database.connect(url)
    rules = Rules(quiet_from="00:00", quiet_to="00:00")
    database.write(sweeps.sweep, callers.clock(now, ZoneInfo("UTC")), rules=rules)
    told = select(func.count()).where(Notice.kind == broadcasts.BROADCAST, Notice.status == NoticeStatus.PENDING)
    assert database.read(lambda session: session.scalar(told)) == 0
    database.close()


def test_a_restore_makes_an_installation_out_of_nothing(call: Run, tmp_path: Path) -> None:
    demo_copy(tmp_path)
    backup = tmp_path / "opora.tar.gz"
    assert call("backup", str(backup)).returncode == 0
    elsewhere = tmp_path / "elsewhere"
    settings = {"url": f"sqlite:///{elsewhere / 'opora.db'}", "DATA_DIR": str(elsewhere)}
    assert call("restore", str(backup), **settings).returncode == 0
    assert said(call("check", **settings)) == ["everything is in order"]


def test_what_is_no_backup_changes_nothing(call: Run, tmp_path: Path) -> None:
    demo_copy(tmp_path)
    good = tmp_path / "good.tar.gz"
    assert call("backup", str(good)).returncode == 0
    wrong = {
        "a letter": b"dear operator",
        "nothing": b"",
        "half of one": good.read_bytes()[: good.stat().st_size // 2],
    }
    before = (tmp_path / "opora.db").read_bytes()
    for name, content in wrong.items():
        file = tmp_path / f"{name}.tar.gz"
        file.write_bytes(content)
        done = call("restore", str(file))
        assert done.returncode == 1 and "not a readable backup" in said(done)[0], name
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "opora.db").write_bytes(b"SQLite format 3\0" + b"nonsense" * 999)
    with tarfile.open(tmp_path / "damaged.tar.gz", "w:gz") as tar:
        tar.add(damaged / "opora.db", "opora.db")
    done = call("restore", str(tmp_path / "damaged.tar.gz"))
    assert done.returncode == 1 and "damaged" in said(done)[0]
    assert call("restore", str(tmp_path / "absent.tar.gz")).returncode == 1
    assert (tmp_path / "opora.db").read_bytes() == before
    assert call("check").returncode == 0


def test_a_restore_refuses_while_somebody_works(run: Run, tmp_path: Path) -> None:
    demo_copy(tmp_path)
    backup = tmp_path / "opora.tar.gz"
    assert run("backup", str(backup)).returncode == 0
    working = sqlite3.connect(tmp_path / "opora.db")
    working.execute("SELECT count(*) FROM person").fetchone()
    done = run("restore", str(backup))
    assert done.returncode == 1 and "stop the bot and the panel first" in said(done)[0]
    working.close()
    assert run("restore", str(backup)).returncode == 0


def test_a_restore_refuses_while_somebody_works_on_postgresql(
    call: Run, tmp_path: Path, postgres_url: str, programs: str
) -> None:
    """It cleared the tables under a running bot, which went on writing into what was being restored."""
    backup, more = str(tmp_path / "opora.tar.gz"), {"programs": programs}
    assert call("backup", backup, url=postgres_url, **more).returncode == 0
    working = Database.connect(postgres_url)
    working.read(lambda session: session.scalar(select(func.count()).select_from(Person)))
    done = call("restore", backup, url=postgres_url, **more)
    assert done.returncode == 1 and "stop the bot and the panel first" in said(done)[0]
    working.close()
    assert call("restore", backup, url=postgres_url, **more).returncode == 0


def test_a_damaged_database_can_be_restored_over(call: Run, tmp_path: Path) -> None:
    demo_copy(tmp_path)
    backup = tmp_path / "opora.tar.gz"
    assert call("backup", str(backup)).returncode == 0
    (tmp_path / "opora.db").write_bytes(b"eaten by a disk" * 5000)
    done = call("restore", str(backup))
    assert done.returncode == 0 and len(said(done)) == 2, "the operator is told to look for erasures"
    assert call("check").returncode == 0


def test_where_there_is_nothing_to_back_up_or_nowhere_to_put_it(call: Run, tmp_path: Path) -> None:
    done = call("backup", str(tmp_path / "opora.tar.gz"))
    assert done.returncode == 1 and "there is no database at" in said(done)[0]
    assert not (tmp_path / "opora.tar.gz").exists()
    demo_copy(tmp_path)
    done = call("backup", "/proc/nowhere/opora.tar.gz")
    assert done.returncode == 1 and len(said(done)) == 1


def test_without_postgresqls_programs_it_is_said(run: Run, tmp_path: Path, empty_postgres_url: str) -> None:
    done = run("backup", str(tmp_path / "opora.tar.gz"), url=empty_postgres_url, PATH="/nowhere")
    assert done.returncode == 1 and said(done) == ["pg_dump was not found: install PostgreSQL's client programs"]
