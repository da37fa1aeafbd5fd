"""Hashes and checks passwords of the panel's accounts."""

import re
import secrets
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.errors import DomainError

LINK_LASTS = timedelta(minutes=10)


SHORTEST_PASSWORD = 10


LONGEST_PASSWORD = 200  # hashing a megabyte would be a cheap attack


LOGIN = re.compile(r"[\w.@+-]{3,64}")


# OWASP's figures: a third of the library's default time, which a panel under guessing has to spend too.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(password: str) -> str:
    """The password's argon2id hash. Raises DomainError `staff_password` for one that is too short."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise DomainError("staff_password", shortest=SHORTEST_PASSWORD)
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits. Nothing stored takes the same time and is never right."""
    try:
        _hasher.verify(stored or _decoy(), password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _decoy() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
