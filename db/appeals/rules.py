"""Says how an appeal goes, how long it may be and when its terms end. No Session here."""

from datetime import timedelta

from db.appeals.models import AppealStatus
from db.transitions import Transitions

SHORT = 10
"""Letters without which nothing is said."""
TEXT = 1000
ANSWER = 600
"""Letters of an answer: an upheld one becomes the reason of taking the application up again."""
NEAR = timedelta(days=1)
"""How long before the term of an answer ends those who may give it are reminded."""


def says_nothing(text: str) -> bool:
    """Whether there are too few letters in it to be an appeal or an answer."""
    return sum(letter.isalpha() for letter in text) < SHORT


_S = AppealStatus
APPEAL = Transitions(
    {
        _S.WAITING: [_S.UPHELD, _S.DISMISSED, _S.WITHDRAWN],
        _S.UPHELD: [],
        _S.DISMISSED: [],
        _S.WITHDRAWN: [_S.WAITING],
    },
    refusal="appeal_moved_on",
)
