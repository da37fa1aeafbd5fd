"""What says enough to be an appeal or an answer: pure."""

import pytest

from db.appeals.rules import says_nothing


@pytest.mark.parametrize(
    ("text", "nothing"),
    [
        ("", True),
        ("прошу 12345 !!!!!", True),
        ("девятьбук", True),
        ("Пересмотри", False),
        ("п е р е с м о т р и", False),
    ],
)
def test_ten_letters_say_something(text: str, nothing: bool) -> None:
    assert says_nothing(text) is nothing
