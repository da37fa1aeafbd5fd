"""Files that people and the bot have sent, kept in memory and forgotten oldest first."""

import mimetypes
import re
import secrets
from dataclasses import dataclass
from pathlib import PurePath

from bot.sandbox.images import image_size
from bot.sandbox.refusals import FILE_TOO_BIG, IMAGE_FAILED, WRONG_FILE_ID, Json, bad_request

UPLOAD_LIMIT = 50 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
_KEPT_BYTES = 512 * 1024 * 1024
_NUMBER = re.compile(r"file_(\d+)")
_UNSAFE = re.compile(r"[^A-Za-z0-9.]")


@dataclass(slots=True)
class StoredFile:
    """One file: its bytes and what Telegram tells about it."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes
    photo: bool

    def as_document(self) -> Json:
        """The `Document` object."""
        return {
            "file_name": self.name,
            "mime_type": self.mime,
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }


class FileStore:
    """All files of one stand-in, found by id or by the path that getFile gives."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._paths: dict[str, StoredFile] = {}
        self._bytes = 0
        self._number = 0

    def add(self, name: str, data: bytes, mime: str = "", *, photo: bool = False) -> StoredFile:
        """Keep a file; the oldest ones go when the memory kept for files is full."""
        self._number += 1
        name = PurePath(name.replace("\\", "/")).name or "file"
        mime = mime if mime and mime != "application/octet-stream" else mimetypes.guess_type(name)[0] or mime
        suffix = ".jpg" if photo else _UNSAFE.sub("", PurePath(name).suffix)
        file = StoredFile(
            file_id=("AgACAgI" if photo else "BQACAgI") + secrets.token_urlsafe(30),
            unique_id=secrets.token_urlsafe(11),
            path=f"{'photos' if photo else 'documents'}/file_{self._number}{suffix}",
            name=name,
            mime=mime or "application/octet-stream",
            data=data,
            photo=photo,
        )
        self.put(file)
        return file

    def all(self) -> list[StoredFile]:
        """Every file, the oldest first."""
        return list(self._files.values())

    def put(self, file: StoredFile) -> None:
        """Keep a file under its own names, one of an earlier life too."""
        self._number = max(self._number, int(_NUMBER.findall(file.path)[-1]))
        self._files[file.file_id] = self._paths[file.path] = file
        self._bytes += len(file.data)
        while self._bytes > _KEPT_BYTES and len(self._files) > 1:
            oldest = self._files.pop(next(iter(self._files)))
            self._paths.pop(oldest.path, None)
            self._bytes -= len(oldest.data)

    def get(self, file_id: str) -> StoredFile:
        """Find by id. :raises RefusedError: for an unknown id."""
        file = self._files.get(file_id)
        if file is None:
            raise bad_request(WRONG_FILE_ID)
        return file

    def by_path(self, path: str) -> StoredFile | None:
        """Find by the path of getFile."""
        return self._paths.get(path)

    def describe(self, file_id: str) -> Json:
        """The answer of getFile. :raises RefusedError: unknown id, or over 20 MB."""
        file = self._files.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.data) > DOWNLOAD_LIMIT:
            raise bad_request(FILE_TOO_BIG)
        size = len(file.data)
        return {
            "file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": size, "file_path": file.path
        }  # fmt: skip

    def photo_sizes(self, file: StoredFile) -> list[Json]:
        """The `PhotoSize` list, small to large. :raises RefusedError: when it is no picture Telegram takes."""
        if len(file.data) > PHOTO_LIMIT:
            words = f"file of size {len(file.data)} bytes is too big for a photo"
            raise bad_request(f"{words}; the maximum size is {PHOTO_LIMIT} bytes")
        size_of = image_size(file.data)
        if size_of is None:
            raise bad_request(IMAGE_FAILED)
        width, height = size_of
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        sizes = []
        for bound, suffix in ((90, "s"), (1280, "")):
            scale = min(1.0, bound / max(width, height))
            sizes.append({
                "file_id": file.file_id,
                "file_unique_id": file.unique_id + suffix,
                "width": max(1, round(width * scale)),
                "height": max(1, round(height * scale)),
                "file_size": len(file.data),
            })  # fmt: skip
        return sizes if max(width, height) > 90 else sizes[1:]
