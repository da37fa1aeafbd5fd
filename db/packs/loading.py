"""Puts a pack into the database: repeatable, over the same region's data only, nothing of people's is touched."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from db.caller import Caller
from db.errors import DomainError, SettingsError
from db.nouns import PACK, parts
from db.packs import Pack
from db.packs.entries import Change, Loading
from db.packs.marks import check_region, is_loaded, mark_loaded
from db.packs.sections import unknown

READ_BY_OTHERS = ("pack", "demo", "events")
"""`pack.yaml` is everybody's; the recipes of the demo are read when it is played."""


def load(session: Session, *, pack: Pack, now: datetime) -> Sequence[Change] | None:
    """Loads the pack unless this very pack is loaded already. Returns what changed, None for nothing to do.

    Raises SettingsError where another region's data are there, and one that names the file and what is wrong there.
    """
    check_region(session, pack=pack)
    if is_loaded(session, pack=pack):
        return None
    loading = Loading(session, Caller(now, pack.zone), pack)
    sections = [one for part in parts(PACK).values() for one in part.SECTIONS.items()]
    _check_files(pack, {*(name for name, _ in sections), *READ_BY_OTHERS})
    for name, section in sections:
        with _reading(pack, name):
            section(loading)
    mark_loaded(session, pack=pack)
    return [*loading.changes, *loading.left()]


def difference(session: Session, *, pack: Pack, now: datetime) -> Sequence[Change] | None:
    """Returns what `load` would change, and changes nothing. Raises what it raises."""
    with session.begin_nested() as trial:
        changes = load(session, pack=pack, now=now)
        trial.rollback()
    return changes


def _check_files(pack: Pack, known: set[str]) -> None:
    """A file that nobody reads is a mistake in its name: what stands there would be missed in silence."""
    for path in pack.strangers:
        raise SettingsError(f"pack {pack.name}: nobody reads {path.name}: name it {path.stem}.yaml, or move it away")
    for path in pack.files:
        name = path.parent.name if path.parent.name in known else path.stem
        if name not in known:
            raise SettingsError(f"pack {pack.name}: nobody reads {path.name}: {unknown(name, known)}")


@contextmanager
def _reading(pack: Pack, name: str) -> Iterator[None]:
    """A pack is written by hand: what does not fit is told by its file, not by a traceback."""
    try:
        yield
    except DomainError as error:
        raise SettingsError(f"pack {pack.name}, {name}.yaml: {error.code} {error.params}") from error
    except (ValueError, TypeError) as error:
        raise SettingsError(f"pack {pack.name}, {name}.yaml: {error}") from error
