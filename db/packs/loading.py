"""Putting a pack into the database: repeatable, nothing of people's is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from db.caller import Caller
from db.errors import DomainError, SettingsError
from db.nouns import PACK, parts
from db.packs import Pack
from db.packs.marks import is_loaded, mark_loaded


def load(session: Session, *, pack: Pack, now: datetime) -> bool:
    """Loads the pack unless this very pack is loaded already. Returns whether anything was done.

    Raises SettingsError that names the file and what is wrong there.
    """
    if is_loaded(session, pack=pack):
        return False
    caller = Caller(now, pack.zone)
    for part in parts(PACK).values():
        for files, section in part.SECTIONS.items():
            with _reading(pack, files):
                section(session, caller, pack=pack)
    mark_loaded(session, pack=pack)
    return True


@contextmanager
def _reading(pack: Pack, file: str) -> Iterator[None]:
    """A pack is written by hand: what does not fit is told by its file, not by a traceback."""
    try:
        yield
    except DomainError as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error.code} {error.params}") from error
    except KeyError as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error} is missing or not known") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(f"pack {pack.name}, {file}: {error}") from error
