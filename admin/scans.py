"""Scans that come to the panel: checked as the bot checks what teachers send, and given back sealed."""

from contextlib import closing
from pathlib import Path

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from admin.security import uploaded
from db.documents.models import Scan
from db.errors import DomainError
from db.storage import MAX_SIZE, Storage, StoredFile, full_disk

LARGEST = 2 * MAX_SIZE
"""Bytes of a form with a scan: twice what is kept, so that a file too large is answered in words and not cut off."""


def sent() -> bool:
    """Whether the form has a file: it may be one of two things to give."""
    file = request.files.get("scan")
    return file is not None and bool(file.filename)


def brought(data_dir: Path) -> StoredFile:
    """Takes the form's file `scan` into the storage. Raises DomainError in words that say what to do."""
    file = request.files.get("scan")
    if file is None or not file.filename:
        raise DomainError("scan_missing", field="scan")
    return kept(Storage(data_dir), file)


def kept(storage: Storage, file: FileStorage) -> StoredFile:
    """Takes one file of a form into the storage. Raises DomainError in words that say what to do."""
    place = storage.incoming(request.content_length)
    with closing(file), full_disk():
        file.save(place)
    return storage.keep(place, file.filename)


def given(data_dir: Path, scan: Scan) -> Response:
    """Returns a scan as a file; a picture opens in place. Raises NotFoundError when it is not there."""
    path = Storage(data_dir).path(scan.stored_name)
    return uploaded(path, scan.media_type, scan.file_name, inline=scan.media_type.startswith("image/"))
