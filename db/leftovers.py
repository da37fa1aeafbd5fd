"""What a killed backup or restore leaves on the disk: half-made folders with a whole database and documents.

Whoever makes one holds the data folder's lock, and the programs called for it hold it too. So while nobody holds it,
every such folder is a leftover.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError

from db.errors import SettingsError

BACKUP, RESTORE, RESTORING = ".backup-", ".restore-", ".restoring"
BESIDE = "beside"
"""A file in a backup's folder: where the folder for the archive is, which may be on another disk."""

LEDGER = "restore-ledger.json"
"""Whom a restore has to erase again; there until it is done."""


def go_on(url: str, data_dir: Path) -> list[str]:
    """Finishes a killed restore before anybody can see again who was erased: asked by whatever starts.

    Returns lines for the operator. Raises SettingsError when it cannot be finished.
    """
    if not (data_dir / LEDGER).exists():
        return []
    from db.backup import finish  # at most starts there is nothing to finish

    try:
        restored = finish(url, data_dir)
    except DatabaseError as error:
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        raise SettingsError(f"a restore was broken off and cannot be finished: DATABASE_URL: {reason}") from None
    return restored.told("a restore was broken off and is finished now") if restored else []


@contextmanager
def held(data_dir: Path, *, alone: bool, wait: bool = False) -> Iterator[int]:
    """Holds the data folder, alone or together with others who don't ask to be alone.

    Yields the descriptor to hand to a program that must hold it on after this process is killed. Raises SettingsError
    when somebody else holds it and `wait` is not asked for.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        how = (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            raise SettingsError("a backup or a restore is under way: try again when it has ended") from None
        yield descriptor
    finally:
        os.close(descriptor)


def left(url: URL, data_dir: Path) -> list[Path]:
    """Returns what killed backups and restores left behind; nothing while one is under way."""
    try:
        with held(data_dir, alone=True):
            return _found(url, data_dir)
    except SettingsError:
        return []


def sweep(url: URL, data_dir: Path) -> int:
    """Removes what killed backups and restores left behind; returns how much went."""
    try:
        with held(data_dir, alone=True):
            return remove(url, data_dir)
    except SettingsError:
        return 0


def remove(url: URL, data_dir: Path, *, but: Path | None = None) -> int:
    """The same for whoever holds the folder alone and works in `but`."""
    found = [path for path in _found(url, data_dir) if path != but]
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return sum(not path.exists() for path in found)


def _found(url: URL, data_dir: Path) -> list[Path]:
    folders = [path for prefix in (BACKUP, RESTORE) for path in sorted(data_dir.glob(f"{prefix}*"))]
    notes = [folder / BESIDE for folder in folders if (folder / BESIDE).is_file()]
    beside = [Path(note.read_text(encoding="utf-8")) for note in notes]
    fresh = [Path(url.database).with_suffix(RESTORING)] if url.get_backend_name() == "sqlite" and url.database else []
    # Those elsewhere first: the note that names them goes with the folder.
    return [
        path for path in (*(path for path in beside if path.name.startswith(BACKUP)), *folders, *fresh) if path.exists()
    ]
