"""Says what a practice may become, what it lacks, who may look at it and when it is asked about. No Session here."""

import enum
from collections.abc import Collection
from datetime import timedelta

from db.practices.models import Practice, PracticeStatus
from db.transitions import Transitions

EXPERTS = 2
"""A practice is looked at by so many."""
UNDO = timedelta(seconds=10)
"""How long a decision may be taken back; its notice waits as long."""
YEAR = timedelta(days=365)
"""What nobody has confirmed for so long sinks."""
ASK_BEFORE = timedelta(days=30)
"""The author is asked so long before, once a year."""
TITLE, LINE, TEXT = 120, 300, 1500
"""Letters of a name, of a line, of a part; longer ones are read by nobody."""
SHORTEST = 10
MOST_FILES = 5
MOST_AUTHORS = 5
MOST_COMPONENTS = 3
MOST_DRAFTS = 5

_S = PracticeStatus
PRACTICE = Transitions(
    {
        _S.DRAFT: [_S.SENT, _S.WITHDRAWN],
        _S.SENT: [_S.EXPERTISE, _S.WITHDRAWN],
        # An expert who was taken out leaves a place: it waits again.
        _S.EXPERTISE: [_S.SENT, _S.PUBLISHED, _S.RETURNED, _S.WITHDRAWN],
        # A decision is taken back within UNDO.
        _S.RETURNED: [_S.SENT, _S.EXPERTISE, _S.WITHDRAWN],
        _S.PUBLISHED: [_S.EXPERTISE, _S.SUNK, _S.WITHDRAWN],
        _S.SUNK: [_S.PUBLISHED, _S.WITHDRAWN],
        _S.WITHDRAWN: [_S.DRAFT],
    },
    refusal="practice_moved_on",
)
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
FOUND = frozenset({_S.PUBLISHED, _S.SUNK})
"""What everybody may find."""
WITHDRAWABLE = frozenset(_S) - {_S.WITHDRAWN}


class PracticePart(enum.StrEnum):
    """What a practice is told by, in the order in which it is asked."""

    TITLE = "title"
    AUDIENCE = "audience"
    LESSON = "lesson"
    RESULT = "result"
    AUTHORS = "authors"


NEEDED = (PracticePart.TITLE, PracticePart.AUDIENCE, PracticePart.LESSON, PracticePart.RESULT)
LIMITS = {
    PracticePart.TITLE: TITLE,
    PracticePart.AUDIENCE: LINE,
    PracticePart.LESSON: TEXT,
    PracticePart.RESULT: TEXT,
    PracticePart.AUTHORS: LINE,
}


def lacking(row: Practice) -> list[PracticePart]:
    """Lists the parts that are still to be told before a practice can be sent."""
    return [part for part in NEEDED if not getattr(row, part.value)]


def names_in(text: str) -> list[str]:
    """Returns the names that were typed, a line or a comma apart, each once."""
    names = (" ".join(one.split()) for line in text.splitlines() for one in line.split(","))
    return list(dict.fromkeys(one for one in names if one))


def first_line(text: str) -> str:
    """Returns the name that a practice has while nobody gave it one: its first sentence, cut."""
    line = text.strip().splitlines()[0].split(". ")[0] if text.strip() else ""
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def conflicted(
    expert: tuple[int, int | None], authors: Collection[int], organisations: Collection[int | None]
) -> str | None:
    """Says why somebody (id, organisation) may not look at a practice: the refusal's code, or none.

    An author judges nobody's own work, a colleague of the same organisation is no stranger to it.
    """
    person_id, organisation_id = expert
    if person_id in authors:
        return "practice_expert_author"
    if organisation_id is not None and organisation_id in organisations:
        return "practice_expert_colleague"
    return None
