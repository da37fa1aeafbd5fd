"""`python -m db VERB`: everything that is done to the database by hand. Exit code 0 done, 1 refused, 2 wrong call."""

import gc

gc.disable()  # what is imported lives as long as the process: looking through it is a fifth of a short command

import argparse
import getpass
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from db import leftovers
from db.caller import Caller
from db.clock import Clock
from db.database import Database
from db.demo import fill
from db.errors import DomainError, SettingsError
from db.migrate import is_current, upgrade
from db.packs import load_pack
from db.packs.marks import is_loaded
from db.scope import StaffRole
from db.settings import PrepareSettings, keep_private

gc.freeze()
gc.enable()

# What only one verb needs is imported by it: `prepare` runs at every start and has to be quick.

Verb = Callable[[argparse.Namespace, PrepareSettings], int]
SHOWN_ERRORS = 20
STAFF_ROLES = tuple(role.value for role in StaffRole)


def _say(line: str) -> None:
    print(f"opora: {line}", file=sys.stderr)


def _secret(prompt: str, given: str | None) -> str:
    """Returns a password: asked for unseen, or the first line of what is piped in."""
    if given is None:
        return getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    _say("a password among the arguments is seen by others in `ps`: leave it out and type or pipe it")
    return given


def _operator(settings: PrepareSettings) -> Caller:
    """Whoever calls this command, as use cases know them."""
    return Caller(Clock().now(), load_pack(settings.region_pack).zone)


@contextmanager
def _opened(settings: PrepareSettings) -> Iterator[Database]:
    database = Database.connect(settings.database_url)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _ready(settings: PrepareSettings) -> Iterator[Database]:
    """For verbs that need this version's tables: a clear refusal instead of the database's own words."""
    with _opened(settings) as database:
        if not is_current(database.engine):
            raise SettingsError("the database is not up to date: run `python -m db upgrade` first")
        yield database


@contextmanager
def _working(settings: PrepareSettings) -> Iterator[Database]:
    """For verbs that add people: never a real installation's to the sandbox's."""
    with _ready(settings) as database:
        if settings.bot_token is not None:
            database.read(fill.claim, sandbox=False)
        yield database


def _upgrade(_: argparse.Namespace, settings: PrepareSettings) -> int:
    upgrade(settings.database_url)
    _say("the database is up to date")
    return 0


def _load_pack(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.packs.entries import Done
    from db.packs.loading import difference, load

    pack = load_pack(arguments.name)
    with _ready(settings) as database:
        pack = pack if database.read(fill.is_sandbox) else pack.real
        changes = database.write(difference if arguments.diff else load, pack=pack, now=Clock().now())
    for change in changes or ():
        if arguments.diff or change.done in (Done.KEPT, Done.LEFT):
            print(change)
    done = "would be loaded" if arguments.diff else "loaded"
    _say(f"pack {arguments.name}: {'already loaded, nothing changed' if changes is None else done}")
    if arguments.name != settings.region_pack and not arguments.diff:
        _say(f"REGION_PACK is {settings.region_pack}: set REGION_PACK={arguments.name}, else bot and panel won't start")
    return 0


def _demo(_: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.packs.loading import load

    if settings.bot_token is not None:
        raise SettingsError("demo data are for the sandbox: BOT_TOKEN is set, so this is a real installation")
    pack, now = load_pack(settings.region_pack), Clock().now()
    with _ready(settings) as database:
        database.write(fill.claim, sandbox=True)
        database.write(load, pack=pack, now=now)
        made = fill.fill(database, pack=pack, data_dir=settings.data_dir, now=now)
    _say(f"demo data: {f'made; login {fill.DEMO_LOGIN}, password {fill.DEMO_PASSWORD}' if made else 'already there'}")
    return 0


def _create_staff(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.accounts import staff_services
    from db.nouns import models
    from db.overviews.reach_codes import reach
    from db.scope import StaffRole

    models()  # an account points at tables of later nouns
    with _working(settings) as database:
        codes = {"centre": arguments.centre, "directions": arguments.direction, "campaign": arguments.campaign}
        database.write(
            staff_services.create_staff,
            _operator(settings),
            login=arguments.login,
            name=arguments.name,
            role=StaffRole(arguments.role),
            password=_secret("Password: ", arguments.password),
            municipality_codes=arguments.municipality,
            organisation=arguments.organisation,
            last_day=arguments.until,
            **database.read(reach, **codes),
        )
    _say(f"account {arguments.login} ({arguments.role}) is ready")
    return 0


def _import(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.imports import queries, rules, services, whole
    from db.imports.models import ImportKind
    from db.people.queries import current_consent_texts
    from db.spreadsheet import read_grid
    from locales import translator

    kind, caller, t = ImportKind(arguments.kind), _operator(settings), translator("en")
    try:
        grid = read_grid(arguments.file, fits=lambda header: len(rules.guess(kind, header)))
    except (OSError, ValueError) as error:
        _say(f"{arguments.file}: {getattr(error, 'strerror', None) or error}")
        return 1
    lacks = rules.NEEDED[kind] - rules.guess(kind, grid.header).keys()
    if lacks - {"municipality"}:
        return _lacks(arguments.file, lacks)
    with _working(settings) as database:
        if not database.read(current_consent_texts):
            raise SettingsError("no region pack is loaded: run `python -m db load-pack NAME` first")
        number = database.write(services.keep, caller, kind=kind, title=arguments.file.name, grid=grid)
        found = database.read(queries.preview, caller, upload_id=number)
        errors = found.plan.errors if found.plan else []
        if found.missing:
            _lacks(arguments.file, found.missing)
        for wrong in errors[:SHOWN_ERRORS]:
            column = f"{wrong.column}: " if wrong.column else ""
            _say(f"line {wrong.line}: {column}{t.plain(f'errors.{wrong.code}', None, **wrong.params)}")
        if errors:
            _say(f"nothing was imported: {len(errors)} of {found.total} rows are wrong")
        if found.missing or errors or arguments.diff:
            database.write(services.drop, caller, upload_id=number)
        if found.missing or errors:
            return 1
        if arguments.diff:
            for one in found.plan.changes if found.plan else ():
                print(f"{'+' if one.row_id is None else '~'} line {one.line}: {one.table} {one.label}")
            return 0
        added, changed = whole.apply(database, caller, upload_id=number)
    if kind is ImportKind.PEOPLE:
        people = found.total - found.plan.same if found.plan else 0
        _say(f"{people - changed} people imported, {found.total - people} were there already" + _corrected(changed))
    else:
        _say(f"{added} imported, {found.total - added - changed} were there already" + _corrected(changed))
    return 0


def _lacks(file: Path, names: Iterable[str]) -> int:
    _say(f"{file}: a row at the top must name the columns; missing: {', '.join(sorted(names))}")
    return 1


def _corrected(count: int) -> str:
    return f", {count} corrected" if count else ""


def _backup(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.backup import backup

    size = backup(settings.database_url, settings.data_dir, arguments.file)
    _say(f"{arguments.file}: {size} bytes")
    return 0


def _restore(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.backup import restore

    restored = restore(settings.database_url, settings.data_dir, arguments.file)
    for line in restored.told(f"restored from {arguments.file}"):
        _say(line)
    return 0


def _move(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.move import move

    try:
        given = arguments.target
        if given is None or re.search(r"://[^@/]*:[^@/]*@", given):
            given = _secret("Address of the empty database: ", given)
        target = PrepareSettings.load(database_url=given).database_url
    except SettingsError as error:
        raise SettingsError(str(error).replace("DATABASE_URL", "the target", 1)) from None
    moved = move(settings.database_url, target)
    for name, tally in moved.items():
        print(f"{name:<20} {tally.rows:>9}  {tally.checksum[:16]}")
    rows = sum(tally.rows for tally in moved.values())
    _say(f"{rows} rows of {len(moved)} tables are there, counts and checksums equal; now set DATABASE_URL and start")
    return 0


def _check(_: argparse.Namespace, settings: PrepareSettings) -> int:
    from db.check import problems

    with _opened(settings) as database:
        found = problems(database.engine, settings.data_dir)
    for problem in found:
        _say(problem)
    _say("everything is in order" if not found else "there are problems")
    return 1 if found else 0


def _forget_person(arguments: argparse.Namespace, settings: PrepareSettings) -> int:
    from db import erasure
    from db.storage import Storage

    storage, caller = Storage(settings.data_dir), _operator(settings)
    with _ready(settings) as database:
        if settings.redis_url is not None:
            _forget_dialogs(database, settings.redis_url, arguments.id)
        names = database.write(erasure.erase, caller, person_id=arguments.id, requested_by="operator")
        for name in names:
            storage.remove(name)
        database.write(erasure.files_deleted, names=names)
        clean = erasure.scrub(database, caller)
    _say(f"person {arguments.id} is erased, files deleted: {len(names)}")
    if not clean:
        _say("somebody still reads what was there, so the database's files hold it yet: the bot tries every minute")
    return 0


def _forget_dialogs(database: Database, redis_url: str, person_id: int) -> None:
    """First: an erasure is written down only when nothing is left elsewhere."""
    from redis import RedisError

    from db.inbox import redis_dialogs
    from db.people.queries import addresses

    try:
        for one in database.read(addresses, person_id=person_id):
            redis_dialogs.forget(redis_url, platform=one.platform, external_id=one.external_id)
    except RedisError as error:
        raise SettingsError(f"REDIS_URL: no answer ({type(error).__name__}); nothing was erased") from None


def _prepare(_: argparse.Namespace, settings: PrepareSettings) -> int:
    """For `make run`: what is missing is made; the name of the fitting Procfile goes to stdout."""
    sandbox = settings.bot_token is None
    pack = load_pack(settings.region_pack)
    upgrade(settings.database_url)
    with _opened(settings) as database:
        database.write(fill.claim, sandbox=sandbox)
        pack = pack if sandbox else pack.real
        if not database.read(is_loaded, pack=pack):
            from db.packs.loading import load

            _say(f"loading the region pack «{pack.name}»")
            database.write(load, pack=pack, now=Clock().now())
        if sandbox and not database.read(fill.done):
            _say("making demo data, up to a minute")
            fill.fill(database, pack=pack, data_dir=settings.data_dir, now=Clock().now())
    if pack.about.contact is None:
        _say(f"pack {pack.name} names nobody who answers people: write `contact` in its pack.yaml")
    if sandbox:
        _say(f"chat:  http://{settings.sandbox_listen}")
    _say(f"panel: {settings.admin_url or f'http://{settings.admin_listen}'}")
    if sandbox:
        _say(f"panel's demo login: {fill.DEMO_LOGIN}, password: {fill.DEMO_PASSWORD}")
        _say("there is no BOT_TOKEN, so this is the sandbox; Ctrl-C stops everything")
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
    loaded = verb("load-pack", _load_pack, "load a region pack")
    loaded.add_argument("name")
    loaded.add_argument(
        "--diff",
        action="store_true",
        help="only show what would change: + added, ~ changed, = kept as"
        " the panel has it, - not in the pack any more (stays)",
    )
    verb("demo", _demo, "fill with demo data, once")
    made = verb("create-staff", _create_staff, "create an account of the panel")
    made.add_argument("login")
    made.add_argument("--name", required=True)
    made.add_argument("--role", choices=STAFF_ROLES, default=STAFF_ROLES[0])
    made.add_argument("--municipality", action="append", default=[], help="code; for a municipal methodist, repeatable")
    made.add_argument("--centre", help="code of the centre that a municipal methodist works for")
    made.add_argument("--direction", action="append", default=[], help="number; for a coordinator, repeatable")
    made.add_argument("--campaign", help="code of the selection that an auditor reads")
    made.add_argument("--until", type=date.fromisoformat, help="an auditor's last day, as 2026-12-31")
    made.add_argument("--organisation", default="", help="name, or number in the panel, for an account of one")
    made.add_argument("--password", help="others see it in `ps`: leave it out to be asked, or pipe it")
    for name, kind, about in (
        (
            *("import-people", "people"),
            "import people from a CSV or .xlsx: full_name, municipality, consent_date (of the consent on paper) and, "
            "where known, organisation, position, subject, qualification, experience_years, birth_date",
        ),
        ("import-organisations", "organisations", "import organisations: name, municipality, kind, marks"),
        ("import-staff-numbers", "staff_numbers", "import numbers of staff: name, count, municipality, source"),
    ):
        listed = verb(name, _import, f"{about}; any wrong row and none is imported")
        listed.set_defaults(kind=kind)
        listed.add_argument("file", type=Path)
        listed.add_argument("--diff", action="store_true", help="only show what would be added (+) and changed (~)")
    verb("backup", _backup, "write database and documents into one .tar.gz").add_argument("file", type=Path)
    verb("restore", _restore, "put a backup in place (stop bot and panel first)").add_argument("file", type=Path)
    verb(
        "move",
        _move,
        "copy everything from DATABASE_URL's database to an empty one and compare; documents stay (stop all first)",
    ).add_argument(
        "target",
        nargs="?",
        help="as in DATABASE_URL: postgresql://user:password@host:5432/opora; with a password, which others see in "
        "`ps`, leave it out to be asked, or pipe it",
    )
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
        if arguments.verb != "restore":
            for line in leftovers.go_on(settings.database_url, settings.data_dir):
                _say(line)
        run: Verb = arguments.run
        return run(arguments, settings)
    except SettingsError as error:
        _say(str(error))
    except DomainError as error:
        cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
        details = ", ".join(f"{name}={value}" for name, value in error.params.items())
        _say(f"refused: {error.code}{cause}{': ' + details if details else ''}")
    except DatabaseError as error:
        # The driver's first line says what is wrong; the statement and its values stay out of the terminal.
        _say(f"DATABASE_URL: {str(error.orig).splitlines()[0] if error.orig else type(error).__name__}")
    except OSError as error:
        _say(f"{error.filename or 'file'}: {error.strerror or type(error).__name__}")
    except (KeyboardInterrupt, EOFError):
        _say("stopped; nothing was changed")
    return 1


if __name__ == "__main__":
    keep_private()
    sys.exit(main())
