"""The code at the door: what a picture and its digits carry, and how long they are good."""

from datetime import UTC, datetime, timedelta

import pytest

from db.events.rules import DoorToken, door_code, door_token, held_token, is_held_by, lives
from tests.support import callers

SHOWN = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
CODE = door_code(7, "key", callers.clock(SHOWN))
PROOF = CODE.token.partition("-")[2]
CHAT = {"platform": "telegram", "external_id": 1001}


def test_a_code_is_the_same_half_a_minute_long_in_every_process_and_version() -> None:
    """The panel draws it and the bot reads it: one of them may have been started anew with a newer version."""
    assert (CODE.token, CODE.digits, CODE.turns_at) == ("7-JhRA495L8eCa", "920492", SHOWN + timedelta(seconds=30))
    assert door_code(7, "key", callers.clock(SHOWN + timedelta(seconds=29, milliseconds=999))) == CODE
    later = door_code(7, "key", callers.clock(SHOWN + timedelta(seconds=30)))
    assert later.turns_at == SHOWN + timedelta(seconds=60)
    assert later.token != CODE.token and later.digits != CODE.digits
    assert door_code(8, "key", callers.clock(SHOWN)).token == f"8-{PROOF}"


def test_digits_are_six_and_of_all_numbers() -> None:
    codes = [door_code(7, "key", callers.clock(SHOWN + timedelta(seconds=30 * turn))).digits for turn in range(500)]
    assert all(len(one) == 6 and one.isdecimal() for one in codes)
    assert len(set(codes)) > 490 and {one[0] for one in codes} == set("0123456789")


@pytest.mark.parametrize(
    ("seconds", "good"),
    [
        (-31, False),
        (-30, True),  # the messenger's clock may be a little behind
        (0, True),
        (119, True),
        (120, False),
    ],
)
def test_a_code_is_good_for_two_minutes(seconds: int, good: bool) -> None:
    moment = SHOWN + timedelta(seconds=seconds)
    assert lives(PROOF, "key", moment) is good
    assert lives(CODE.digits, "key", moment) is good
    assert not lives(PROOF, "another key", moment)


@pytest.mark.parametrize("typed", ["", "123", "щщщщщщ"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert not lives(typed, "key", SHOWN)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        (CODE.token, DoorToken(7, PROOF, held=False)),
        (f"123456789_{PROOF}", DoorToken(123456789, PROOF, held=True)),
        (f"1234567890-{PROOF}", None),
        (f"7{PROOF}", None),
        (f"x-{PROOF}", None),
        (f"7-{PROOF}=", None),
        (f"7-{PROOF}\n", None),
        ("", None),
    ],
)
def test_a_link_is_read_or_is_none_of_ours(text: str, token: DoorToken | None) -> None:
    assert door_token(text) == token


def test_what_a_newcomer_holds_is_of_the_very_chat_and_event() -> None:
    held = door_token(held_token(7, "key", **CHAT))
    assert held is not None and (held.event_id, held.held) == (7, True)
    assert is_held_by(held.proof, "key", **CHAT)
    assert not is_held_by(held.proof, "another key", **CHAT)
    assert not is_held_by(held.proof, "key", platform="telegram", external_id=1002)
    assert not is_held_by(held.proof, "key", platform="max", external_id=1001)
    assert not is_held_by(PROOF, "key", **CHAT)
