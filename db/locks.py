"""What must run in one process at a time."""

import zlib

from sqlalchemy import text
from sqlalchemy.orm import Session


def alone(session: Session, *, name: str) -> bool:
    """Takes the named lock until the transaction ends; false when another process holds it.

    SQLite needs none: it has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())}))
