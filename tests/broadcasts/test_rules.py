"""Which text a broadcast may have, and what may become of one."""

import itertools

import pytest

from db.broadcasts.models import Broadcast, BroadcastStatus
from db.broadcasts.rules import LENGTH, sound_text
from db.errors import ConflictError, DomainError
from db.transitions import move

POSSIBLE = {
    (BroadcastStatus.DRAFT, BroadcastStatus.GOING),
    (BroadcastStatus.GOING, BroadcastStatus.DONE),
    (BroadcastStatus.GOING, BroadcastStatus.RECALLED),
    (BroadcastStatus.DONE, BroadcastStatus.RECALLED),
}


def test_a_text_is_kept_without_spaces_at_its_ends() -> None:
    assert sound_text("  One \n\n two\t\nthree  ") == "One\n\n two\nthree"


@pytest.mark.parametrize("text", ["", "  \n\t\n "])
def test_a_text_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        sound_text(text)
    assert (refusal.value.code, refusal.value.params) == ("broadcast_text", {})


def test_a_text_longer_than_a_screen_is_refused() -> None:
    assert sound_text("x" * LENGTH) == "x" * LENGTH
    with pytest.raises(DomainError) as refusal:
        sound_text("x" * (LENGTH + 1))
    assert refusal.value.code == "broadcast_long"
    assert refusal.value.params == {"length": LENGTH + 1, "limit": LENGTH}


@pytest.mark.parametrize(("now", "to"), list(itertools.product(BroadcastStatus, repeat=2)))
def test_only_moves_of_the_table(now: BroadcastStatus, to: BroadcastStatus) -> None:
    row = Broadcast(status=now)
    if (now, to) in POSSIBLE:
        move(row, to)
        assert row.status is to
        return
    with pytest.raises(ConflictError):
        move(row, to)
    assert row.status is now
