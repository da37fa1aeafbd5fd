"""Has uploaded files read, stripped and filled by processes of their own: `inspector.py`, `stripper.py`, `filler.py`.

So none of them can hang, crash or fill the bot or the panel. Everything here blocks: call it in a thread from the bot.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog

from db.errors import DomainError, StorageError

INSPECTOR = Path(__file__).with_name("inspector.py")
FILLER = Path(__file__).with_name("filler.py")
STRIPPER = Path(__file__).with_name("stripper.py")
LASTS = 10
"""In seconds: what the process may take on a busy machine; its own limit is of processor time."""
WAITS = 5
"""In seconds: how long somebody waits for others' files to be read."""
SIDE_BY_SIDE = 2
KEPT = 60
"""Pictures of pages that a process remembers, about 200 KB each. On the disk there are none to be erased."""

log = structlog.get_logger(__name__)
_places = threading.BoundedSemaphore(SIDE_BY_SIDE)


@dataclass(frozen=True, slots=True)
class Pages:
    """How many pages a document has, and width and height of those that are shown, in points."""

    count: int
    sizes: tuple[tuple[float, float], ...]


def judge(path: Path) -> str:
    """Returns what a file is: pdf, docx, jpg, png. Raises DomainError that says why it is not taken."""
    done = _asked("judge", path)
    if done.returncode == 0:
        return str(json.loads(done.stdout))
    if done.returncode == 1 and done.stdout:
        raise DomainError(done.stdout.decode())
    raise DomainError("document_broken")


def pages(path: Path) -> Pages | None:
    """Returns the pages of a PDF, nothing where they can't be shown now."""
    try:
        told = json.loads(_shown("pages", path))
    except _NotReadError:
        return None
    return Pages(told["count"], tuple((width, height) for width, height in told["sizes"]))


def picture(path: Path, number: int) -> bytes | None:
    """Returns a page of a PDF as a JPEG; nothing where it can't be drawn now."""
    try:
        return _shown("draw", path, str(number))
    except _NotReadError:
        return None


def bare(path: Path) -> bytes:
    """Returns a stored file for another's eyes: it says neither who made it nor where.

    What cannot be made so is not given as it is. Raises DomainError `document_broken`, StorageError on a busy machine.
    """
    done = _run(STRIPPER, "bare", path)
    if done.returncode == 1 and done.stdout:
        raise DomainError(done.stdout.decode())
    if done.returncode != 0:
        raise StorageError
    return done.stdout


def filled(path: Path, values: dict[str, Any]) -> bytes:
    """Returns a Word form with its fields filled in. Raises DomainError that says why it can't be, StorageError."""
    done = _run(FILLER, "fill", path, given=json.dumps(values).encode())
    if done.returncode == 0 and done.stdout:
        return done.stdout
    if done.returncode == 1 and done.stdout:
        code, _, word = done.stdout.decode().partition(":")
        raise DomainError(code, word=word) if word else DomainError(code)
    raise DomainError("memo_form_slow")


class _NotReadError(Exception):
    """Raised so that it is not remembered: what a busy machine was too slow for may succeed the next time."""


@lru_cache(KEPT)
def _shown(way: str, path: Path, *more: str) -> bytes:
    """Asks once, as a stored file never changes."""
    done = _asked(way, path, *more)
    if done.returncode != 0:
        raise _NotReadError
    return done.stdout


def _asked(way: str, path: Path, *more: str) -> subprocess.CompletedProcess[bytes]:
    return _run(INSPECTOR, way, path, *more)


def _run(program: Path, way: str, path: Path, *more: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a program over a file without this process's environment, which holds its secrets.

    One that was ended for taking too long has a return code of its own. Raises StorageError where too many wait
    already.
    """
    if not _places.acquire(timeout=WAITS):
        raise StorageError
    command = [sys.executable, "-I", str(program), way, str(path), *more]
    try:
        done = subprocess.run(  # noqa: S603  our own programs
            command, input=given, capture_output=True, timeout=LASTS, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        done = subprocess.CompletedProcess(command, -1, b"", b"")
    finally:
        _places.release()
    if done.returncode not in (0, 1) or done.stderr:  # the last line without its text, which may quote the file
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0][:80]
        log.warning("file_not_read", way=way, code=done.returncode, reason=reason)
    return done
