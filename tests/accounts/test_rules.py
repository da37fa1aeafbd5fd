"""Passwords: how long they must be, and that only the right one fits."""

import pytest

from db.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password, verify_password
from db.errors import DomainError


@pytest.mark.parametrize("length", [SHORTEST_PASSWORD - 1, LONGEST_PASSWORD + 1, 0])
def test_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(DomainError) as refusal:
        hash_password("x" * length)
    assert (refusal.value.code, refusal.value.params) == ("staff_password", {"shortest": SHORTEST_PASSWORD})


@pytest.mark.parametrize("length", [SHORTEST_PASSWORD, LONGEST_PASSWORD])
def test_only_the_right_password_fits(length: int) -> None:
    password = "x" * length
    stored = hash_password(password)
    assert password not in stored
    assert verify_password(stored, password)
    assert not verify_password(stored, password[:-1] + "y")


def test_where_nothing_or_nonsense_is_stored_nothing_fits() -> None:
    assert not verify_password(None, "x" * SHORTEST_PASSWORD)
    assert not verify_password("nonsense", "x" * SHORTEST_PASSWORD)
    assert not verify_password("", "x" * SHORTEST_PASSWORD)


def test_what_is_beyond_the_longest_password_costs_nothing_and_counts_nothing() -> None:
    stored = hash_password("x" * LONGEST_PASSWORD)
    assert verify_password(stored, "x" * (LONGEST_PASSWORD + 50)), "nobody can have set a longer one"
