"""Filling the sandbox's database with the pack's demo, once; and keeping the sandbox and real people apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.database import Database
from db.dictionaries.models import Setting
from db.errors import DomainError, SettingsError
from db.packs import Pack
from db.people.models import Person

DEMO_LOGIN = "region"
DEMO_PASSWORD = "opora-demo-2026"  # noqa: S105  printed by `make run`, for the sandbox on one's own machine
MARK = "demo"


def is_sandbox(session: Session) -> bool:
    """Whether this is the sandbox's database."""
    return session.get(Setting, MARK) is not None


def claim(session: Session, *, sandbox: bool) -> None:
    """Keeps the sandbox and real installations out of each other's databases.

    The sandbox's passwords stand in the source, so it stays out of a real installation's database, and a real bot out
    of the sandbox's: asked by whatever starts. Raises SettingsError that says what to do.
    """
    marked = is_sandbox(session)
    if marked and not sandbox:
        raise SettingsError(
            "BOT_TOKEN is set, but this database is the sandbox's, whose passwords everybody knows: move the folder"
            " data/ away (or name a new DATABASE_URL and DATA_DIR) and run `make run` again"
        )
    if marked or not sandbox:
        return
    if session.scalar(select(exists(select(Staff.id)) | exists(select(Person.id)))):
        raise SettingsError(
            "BOT_TOKEN is not set, but this database is a real installation's: set BOT_TOKEN, or name another"
            " DATABASE_URL and DATA_DIR for the sandbox"
        )
    session.add(Setting(key=MARK, value={"pack": None}))


def fill(database: Database, *, pack: Pack, data_dir: Path, now: datetime) -> bool:
    """Makes the demo in one transaction. Returns whether anything was made. Raises SettingsError where real people are.

    Files of evidence are written before the commit: a stop halfway leaves files that no row knows, never the reverse.
    """
    if database.read(done):
        return False
    return database.write(_make, pack=pack, data_dir=data_dir, now=now)


def done(session: Session) -> bool:
    """Whether it was made before."""
    mark = session.get(Setting, MARK)
    return mark is not None and mark.value["pack"] is not None


def _make(session: Session, *, pack: Pack, data_dir: Path, now: datetime) -> bool:
    # Imported here: the second start has nothing to make and should not wait for what draws documents.
    from db.demo.world import World
    from db.nouns import DEMO, parts

    if done(session):
        return False
    claim(session, sandbox=True)
    session.merge(Setting(key=MARK, value={"pack": pack.name}))
    session.flush()
    world = World(session, pack, now, data_dir, DEMO_PASSWORD)
    for noun, part in parts(DEMO).items():
        with _reading(pack, noun):
            part.make(world)
    return True


@contextmanager
def _reading(pack: Pack, noun: str) -> Iterator[None]:
    """A recipe is written by hand too: what does not fit is told by its file and by whose part of it that is."""
    here = f"pack {pack.name}, demo.yaml or events.yaml: {noun}"
    try:
        yield
    except KeyError as error:
        raise SettingsError(f"{here}: «{error.args[0]}» is missing there, or there is none in the pack") from error
    except DomainError as error:
        raise SettingsError(f"{here}: {error.code} {error.params or ''}".rstrip()) from error
    except (ValueError, TypeError, AttributeError, StopIteration) as error:
        raise SettingsError(f"{here}: {' '.join(str(error).split()) or 'names what there is not'}") from error
