"""`python -m db VERB`: everything that is done to the database by hand. Exit code 0 done, 1 refused, 2 wrong call."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from db import backup, erasure
from db.clock import Clock
from db.database import Database
from db.demo import fill
from db.engine import is_sqlite
from db.errors import DomainError, SettingsError
from db.migrate import upgrade
from db.packs import load_pack
from db.packs.loading import load
from db.people import staff
from db.people.importing import import_people, read_rows
from db.people.models import StaffRole
from db.settings import PrepareSettings

Verb = Callable[[argparse.Namespace, PrepareSettings], int]
SHOWN_ERRORS = 20


def _say(line: str) -> None:
    print(f"opora: {line}", file=sys.stderr)


def _open(settings: PrepareSettings) -> Database:
    return Database.connect(settings.database_url)


def _upgrade(_: argparse.Namespace, settings: PrepareSettings) -> int:
    upgrade(settings.database_url)
    _say("the database is up to date")
    return 0


def _load_pack(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    database = _open(settings)
    changed = database.write(load, pack=load_pack(arguments.name), now=Clock().now())
    _say(f"pack {arguments.name}: {'loaded' if changed else 'already loaded'}")
    return 0


def _demo(_: argparse.Namespace, settings: PrepareSettings) -> int:
    database = _open(settings)
    pack = load_pack(settings.region_pack)
    database.write(load, pack=pack, now=Clock().now())
    made = fill.fill(database, pack=pack, data_dir=settings.data_dir, now=Clock().now())
    _say("demo data: " + ("made" if made else "already there"))
    return 0


def _create_staff(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    password = arguments.password or getpass.getpass("Password: ")
    _open(settings).write(
        staff.create_staff,
        login=arguments.login,
        name=arguments.name,
        role=StaffRole(arguments.role),
        password=password,
        municipality_codes=arguments.municipality,
        now=Clock().now(),
    )
    _say(f"account {arguments.login} ({arguments.role}) is ready")
    return 0


def _import_people(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    try:
        rows = read_rows(arguments.file)
    except (OSError, ValueError) as error:
        _say(f"{arguments.file}: {error}")
        return 1
    count, errors = _open(settings).write(import_people, rows=rows, now=Clock().now())
    for error in errors[:SHOWN_ERRORS]:
        _say(f"line {error.line}: {error.reason}")
    if errors:
        _say(f"nothing was imported: {len(errors)} of {len(rows)} rows are wrong")
        return 1
    _say(f"{count} people imported, {len(rows) - count} were there already")
    return 0


def _backup(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    size = backup.backup(settings.database_url, settings.data_dir, arguments.file)
    _say(f"{arguments.file}: {size} bytes")
    return 0


def _restore(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    again = backup.restore(settings.database_url, settings.data_dir, arguments.file)
    _say(f"restored from {arguments.file}" + (f"; erased once more: {len(again)}" if again else ""))
    return 0


def _check(_: argparse.Namespace, settings: PrepareSettings) -> int:
    database = _open(settings)
    problems: list[str] = []
    with database.engine.connect() as connection:
        if is_sqlite(settings.database_url):
            problems += [row[0] for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
            problems += [f"foreign key: {row[0]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]
        wrong = connection.execute(
            text(
                "SELECT e.code FROM event e WHERE e.seated <> (SELECT count(*) FROM registration r"
                " WHERE r.event_id = e.id AND r.status IN ('seated', 'offered'))"
            )
        )
        problems += [f"event {row[0]}: the count of seats differs from the list" for row in wrong]
        for row in connection.execute(text("SELECT id, stored_name FROM document")):
            if not (settings.data_dir / backup.DOCUMENTS / row[1]).exists():
                problems.append(f"document {row[0]}: its file is missing")
    for problem in problems:
        _say(problem)
    _say("everything is in order" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def _forget_person(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    names = _open(settings).write(erasure.erase, person_id=arguments.id, requested_by="operator", now=Clock().now())
    for name in names:
        (settings.data_dir / backup.DOCUMENTS / name).unlink(missing_ok=True)
    _say(f"person {arguments.id} is erased, {len(names)} files deleted")
    return 0


def _prepare(_: argparse.Namespace, settings: PrepareSettings) -> int:
    """For `make run`: what is missing is made; the name of the fitting Procfile goes to stdout."""
    upgrade(settings.database_url)
    sandbox = settings.bot_token is None
    database = _open(settings)
    pack = load_pack(settings.region_pack)
    if database.write(load, pack=pack, now=Clock().now()):
        _say(f"region pack «{pack.name}» is loaded")
    if sandbox:
        if fill.fill(database, pack=pack, data_dir=settings.data_dir, now=Clock().now()):
            _say("demo data is made")
        _say(f"chat:  http://{settings.sandbox_listen}")
    _say(f"panel: {settings.admin_url or f'http://{settings.admin_listen}'}")
    if sandbox:
        _say(f"panel's demo login: {fill.DEMO_LOGIN}, password: {fill.DEMO_PASSWORD}")
        _say("there is no BOT_TOKEN, so this is the sandbox; Ctrl-C stops everything")
    database.close()
    print("Procfile.sandbox" if sandbox else "Procfile")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m db", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    def verb(name: str, run: Verb, about: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=about, description=about)
        added.set_defaults(run=run)
        return added

    verb("upgrade", _upgrade, "bring the database to this version's schema")
    verb("load-pack", _load_pack, "load a region pack").add_argument("name")
    verb("demo", _demo, "fill with demo data, once")
    made = verb("create-staff", _create_staff, "create an account of the panel")
    made.add_argument("login")
    made.add_argument("--name", required=True)
    made.add_argument("--role", choices=[role.value for role in StaffRole], default=StaffRole.ADMINISTRATOR.value)
    made.add_argument("--municipality", action="append", default=[], help="code; for a municipal methodist, repeatable")
    made.add_argument("--password", help="asked for when absent")
    verb(
        "import-people",
        _import_people,
        "import people from a CSV: full_name, municipality, consent_date (the consent on paper) and, where known, "
        "organisation, position, subject, qualification, experience_years; any wrong row and nothing is imported",
    ).add_argument("file", type=Path)
    verb("backup", _backup, "write database and documents into one .tar.gz").add_argument("file", type=Path)
    verb("restore", _restore, "put a backup in place (stop bot and panel first)").add_argument("file", type=Path)
    verb("check", _check, "check integrity, seats and files")
    verb("forget-person", _forget_person, "erase a person's data by the number in the panel").add_argument(
        "id", type=int
    )
    verb("prepare", _prepare, "for make run: upgrade, pack, demo; prints the Procfile to start")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Runs one verb."""
    arguments = _parser().parse_args(argv)
    try:
        settings = PrepareSettings.load()
        run: Verb = arguments.run
        return run(arguments, settings)
    except SettingsError as error:
        _say(str(error))
    except DomainError as error:
        cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
        details = ", ".join(f"{name}={value}" for name, value in error.params.items())
        _say(f"refused: {error.code}{cause}{': ' + details if details else ''}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
