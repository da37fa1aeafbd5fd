"""Files of evidence: outside the web root, under generated names, checked by what is in them and not by their names."""

import errno
import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath

from db.errors import DomainError, NotFoundError, StorageError
from db.inspection import judge

MEGABYTE = 1024 * 1024
MAX_SIZE = 20 * MEGABYTE
"""The Bot API gives bots files up to this size."""
NAME_LIMIT = 100
ORPHAN_AFTER = timedelta(hours=1)
CHUNK = 256 * 1024
ROOM_LEFT = 32 * MEGABYTE
"""In bytes: what documents leave free, so that erasures and taps still find room."""
STORED = re.compile(r"[0-9a-f]{32}\.(pdf|docx|jpg|png)")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MEDIA_TYPES = {"pdf": "application/pdf", "docx": DOCX, "jpg": "image/jpeg", "png": "image/png"}
SPELLINGS = {"jpg": ("jpg", "jpeg", "jpe", "jfif")}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that passed the checks and lies in the storage. Size in bytes; `file_name` is for people only."""

    file_name: str
    stored_name: str
    media_type: str
    size: int
    sha256: str


class Storage:
    """The folder of documents under the data directory. Its methods block: call them in a thread from the bot."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "documents"
        self._incoming = self._root / "incoming"

    def incoming(self, size: int | None = None) -> Path:
        """Makes an empty file to download to, with room for so many bytes; nothing there counts until `keep`.

        Its name says what it was promised, and the folder is the count of what is promised to all, whichever process
        they are of. Raises StorageError when the rest would not do for the database.
        """
        with full_disk():
            self._incoming.mkdir(parents=True, exist_ok=True)
            place = self._incoming / f"{secrets.token_hex(16)}.{MAX_SIZE if size is None else min(size, MAX_SIZE)}"
            place.touch()
            if shutil.disk_usage(self._incoming).free < ROOM_LEFT + self._promised():
                place.unlink()
                raise StorageError
        return place

    def _promised(self) -> int:
        promised = 0
        for path in self._incoming.iterdir():
            try:
                promised += max(0, int(path.suffix[1:] or 0) - path.stat().st_size)
            except FileNotFoundError:  # kept or refused meanwhile
                continue
        return promised

    def keep(self, temporary: Path, file_name: str | None) -> StoredFile:
        """Checks a downloaded file and moves it in, safe on the disk when this returns; a refused one is removed.

        Raises DomainError that says why it is refused (`db/inspector.py` has the codes), always with `name`;
        StorageError.
        """
        shown = clean_name(file_name)
        try:
            size = temporary.stat().st_size
            if size == 0:
                raise DomainError("document_empty", name=shown)
            if size > MAX_SIZE:
                raise DomainError("document_large", name=shown, limit=MAX_SIZE // MEGABYTE)
            kind = judge(temporary)
            digest = hashlib.sha256()
            with full_disk(), temporary.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                os.fsync(file.fileno())
                stored_name = f"{secrets.token_hex(16)}.{kind}"
                target = self.place(stored_name)
                target.parent.mkdir(parents=True, exist_ok=True)
                temporary.rename(target)
                sync_folder(target.parent)
        except DomainError as refusal:
            temporary.unlink(missing_ok=True)
            refusal.params.setdefault("name", shown)
            raise
        return StoredFile(with_extension(shown, kind), stored_name, MEDIA_TYPES[kind], size, digest.hexdigest())

    def path(self, stored_name: str) -> Path:
        """Where a stored file lies. Raises NotFoundError when it is not there (or is no name of ours)."""
        path = self.place(stored_name)
        if not path.is_file():
            raise NotFoundError
        return path

    def remove(self, stored_name: str) -> None:
        """Removes a file; one that is gone already is no error."""
        self.place(stored_name).unlink(missing_ok=True)

    def sweep(self, known: Collection[str], now: datetime) -> int:
        """Removes files that no row knows, an hour after they came, and returns how many went.

        Such are left by a crash between file and row, a document taken away, a person erased. Ask for `known` just
        before.
        """
        latest = (now - ORPHAN_AFTER).timestamp()
        removed = 0
        for path in self._root.rglob("*"):
            if path.is_file() and path.name not in known and path.stat().st_mtime < latest:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def place(self, stored_name: str) -> Path:
        """Where a name of ours belongs, whether or not it is there. Raises NotFoundError for any other name."""
        if not STORED.fullmatch(stored_name):
            raise NotFoundError
        return self._root / stored_name[:2] / stored_name


def clean_name(name: str | None) -> str:
    """A file name fit to be shown: no folders, no control or direction marks, of bearable length."""
    base = PurePosixPath(PureWindowsPath(name or "").as_posix()).name
    kept = "".join(letter for letter in base if unicodedata.category(letter)[0] != "C").strip(" .")
    if len(kept) > NAME_LIMIT:
        stem, dot, extension = kept.rpartition(".")
        if not dot or len(extension) > 8:
            stem, dot, extension = kept, "", ""
        kept = stem[: NAME_LIMIT - len(dot + extension)] + dot + extension
    return kept or "document"


def with_extension(name: str, kind: str) -> str:
    """The name with the ending of what the file really is, in place of one that says it is another kind of document."""
    stem, dot, extension = name.rpartition(".")
    if dot and extension.lower() in SPELLINGS.get(kind, (kind,)):
        return name
    told = dot and stem and extension.lower() in {"jpg", *MEDIA_TYPES, *SPELLINGS["jpg"]}
    return f"{stem if told else name}.{kind}"


@contextmanager
def full_disk() -> Iterator[None]:
    """Turns what a full disk says into StorageError: a refusal in words, after which trying again makes sense."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError from error
        raise


def sync_folder(folder: Path) -> None:
    """Makes sure that a power cut takes no name out of the folder any more."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
