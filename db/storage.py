"""Files of evidence: outside the web root, under generated names, checked by what is in them and not by their names."""

import hashlib
import os
import re
import secrets
import shutil
import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from defusedxml import ElementTree

from db.errors import DomainError, NotFoundError, StorageError

MEGABYTE = 1024 * 1024
MAX_SIZE = 20 * MEGABYTE
"""The Bot API gives bots files up to this size."""
NAME_LIMIT = 100
UNPACKED_LIMIT = 200 * MEGABYTE
RATIO_LIMIT = 100
PARTS_LIMIT = 3000
DIRECTORY_LIMIT = MEGABYTE
TAIL = 22 + 65_535  # a zip's last record with its comment
RELATIONS_LIMIT = 4 * MEGABYTE
CONTENT_TYPES = "[Content_Types].xml"
MAIN_PART = re.compile(r"/?word/[\w.-]+\.xml")
ON_OWN_DISK = re.compile(r"(file:///)?[A-Za-z]:[\\/](?![\\/]).*|file:///[A-Za-z][^\\]*", re.DOTALL)
MOST_PIXELS = 100_000_000
ORPHAN_AFTER = timedelta(hours=1)
CHUNK = 256 * 1024
ROOM_LEFT = MAX_SIZE + 32 * MEGABYTE
"""In bytes: below this no document is taken in, so that erasures and taps still find room."""
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

    def incoming(self) -> Path:
        """A fresh name to download to; nothing there counts until `keep`. Raises StorageError when the disk is so full
        that a document would take the room that the database needs.
        """
        self._incoming.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._incoming).free < ROOM_LEFT:
            raise StorageError
        return self._incoming / secrets.token_hex(16)

    def keep(self, temporary: Path, file_name: str | None) -> StoredFile:
        """Checks a downloaded file and moves it in, safe on the disk when this returns; a refused one is removed.

        Raises DomainError `document_empty`, `document_large`, `document_kind`, `document_broken`, all with `name`.
        """
        shown = clean_name(file_name)
        try:
            size = temporary.stat().st_size
            if size == 0:
                raise DomainError("document_empty", name=shown)
            if size > MAX_SIZE:
                raise DomainError("document_large", name=shown, limit=MAX_SIZE // MEGABYTE)
            kind = kind_of(temporary)
            if kind is None:
                raise DomainError("document_kind", name=shown)
            if (kind == "docx" and not sound_docx(temporary)) or (kind == "png" and not bearable_png(temporary)):
                raise DomainError("document_broken", name=shown)
            digest = hashlib.sha256()
            with temporary.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                os.fsync(file.fileno())
            stored_name = f"{secrets.token_hex(16)}.{kind}"
            target = self.place(stored_name)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.rename(target)
            sync_folder(target.parent)
        except DomainError:
            temporary.unlink(missing_ok=True)
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
        """Removes files that no row knows, an hour after they came: a crash between file and row, a document taken
        away, a person erased. Ask for `known` just before. Returns how many went.
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


def kind_of(path: Path) -> str | None:
    """What a file is by its first bytes: pdf, docx (any zip, see `sound_docx`), jpg, png; nothing for all else."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"%PDF-"):
        return "pdf"
    if head == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"PK\x03\x04") and _small_directory(path) and _names(path) & {CONTENT_TYPES}:
        return "docx"
    return None


def sound_docx(path: Path) -> bool:
    """Whether a zip is a Word document that runs and fetches nothing and unpacks to a sensible size."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if _bursts(parts):
                return False
            names = {part.filename for part in parts}
            relations = [
                relation
                for part in parts
                if part.filename.lower().endswith(".rels")
                for relation in _elements(archive, part, "Relationship")
            ]
            types = [one for name in ("Default", "Override") for one in _elements(archive, CONTENT_TYPES, name)]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, LookupError, RuntimeError, SyntaxError):
        return False
    if any(_runs(one.get("ContentType", "")) for one in types) or any("vbaproject" in name.lower() for name in names):
        return False
    if any(_fetches(relation) or _runs(relation.get("Type", "")) for relation in relations):
        return False
    named = [one.get("Target", "") for one in relations if one.get("Type", "").endswith("/officeDocument")]
    return any(MAIN_PART.fullmatch(name) and name.lstrip("/") in names for name in named or ["word/document.xml"])


def bearable_png(path: Path) -> bool:
    """Whether a picture has no more pixels than a machine that shows it can bear."""
    with path.open("rb") as file:
        header = file.read(24)
    width, height = int.from_bytes(header[16:20]), int.from_bytes(header[20:24])
    return width * height <= MOST_PIXELS


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


def _small_directory(path: Path) -> bool:
    """Whether a zip's table of contents is of a document's size. It is looked at before it is read: one of 20 MB holds
    half a million entries, and each takes memory.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22 or b"PK\x06\x07" in tail[max(0, end - 20) : end]:
        return False  # no zip, or one for more than 4 GB
    return int.from_bytes(tail[end + 12 : end + 16], "little") <= DIRECTORY_LIMIT


def _bursts(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether a zip holds more than a document does, or the same name twice."""
    bomb = any(
        part.file_size > MEGABYTE and part.file_size > RATIO_LIMIT * max(part.compress_size, 1) for part in parts
    )
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    return bomb or unpacked > UNPACKED_LIMIT or len(parts) > PARTS_LIMIT or len(names) < len(parts)


def _elements(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str, name: str) -> list[dict[str, str]]:
    """The attributes of a part's elements of this name, in whatever namespace and encoding. Raises ValueError for one
    that is too large or declares a DTD, SyntaxError for what is no XML.
    """
    size = archive.getinfo(part).file_size if isinstance(part, str) else part.file_size
    if size > RELATIONS_LIMIT:
        raise ValueError("too large")
    found = []
    with archive.open(part) as file:
        for _, element in ElementTree.iterparse(file, forbid_dtd=True):
            if element.tag.rpartition("}")[2] == name:
                found.append({key.rpartition("}")[2]: value for key, value in element.attrib.items()})
            element.clear()
    return found


def _fetches(relation: dict[str, str]) -> bool:
    """Whether it makes Word fetch something when the document is opened: whatever is outside, but a link that a person
    follows and a template on the author's own disk.
    """
    if relation.get("TargetMode", "").strip().lower() != "external":
        return False
    kind = relation.get("Type", "").rpartition("/")[2]
    own = kind == "attachedTemplate" and ON_OWN_DISK.fullmatch(unquote(relation.get("Target", "")))
    return kind != "hyperlink" and not own


def _runs(kind: str) -> bool:
    """Whether a content type or a relation is that of macros, whatever the part is called."""
    return "macroenabled" in kind.lower() or "vbaproject" in kind.lower()


def _names(path: Path) -> set[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return set()


def sync_folder(folder: Path) -> None:
    """Makes sure that a power cut takes no name out of the folder any more."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
