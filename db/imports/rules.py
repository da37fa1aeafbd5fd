"""Which columns a list of each kind has, and which of a file's columns they are. No Session here."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from db.imports.models import ImportKind, ImportStatus
from db.texts import comparable
from db.transitions import Transitions

FIELDS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.PEOPLE: (
        "full_name",
        "municipality",
        "consent_date",
        "organisation",
        "position",
        "subject",
        "qualification",
        "experience_years",
        "birth_date",
    ),
    ImportKind.ORGANISATIONS: ("name", "municipality", "kind", "low_results", "hard_conditions"),
    ImportKind.STAFF_NUMBERS: ("name", "count", "municipality", "source"),
    ImportKind.TRAINING: (
        "full_name",
        "birth_date",
        "organisation",
        "title",
        "provider",
        "hours",
        "issued_on",
        "document",
        "of_project",
    ),
    ImportKind.RESULTS: ("full_name", "organisation", "event", "held_on", "result"),
}
NEEDED: Mapping[ImportKind, frozenset[str]] = {
    ImportKind.PEOPLE: frozenset({"full_name", "municipality", "consent_date"}),
    ImportKind.ORGANISATIONS: frozenset({"name", "municipality"}),
    ImportKind.STAFF_NUMBERS: frozenset({"name", "count"}),
    ImportKind.TRAINING: frozenset({"full_name", "title", "provider", "hours", "issued_on"}),
    ImportKind.RESULTS: frozenset({"full_name", "event", "result"}),
}
ALIKE = 86

_S = ImportStatus
IMPORT = Transitions(
    {
        _S.WAITING: [_S.GOING, _S.DROPPED],
        _S.GOING: [_S.DONE],
        _S.DONE: [_S.UNDOING],
        _S.UNDOING: [_S.UNDONE],
        _S.UNDONE: [],
        _S.DROPPED: [],
    },
    refusal="imports_moved_on",
)


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("columns.yaml")
    words: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {field: [comparable(word) for word in names] for field, names in words.items()}


def guess(kind: ImportKind, header: Sequence[str]) -> dict[str, int]:
    """Returns in which column each field of a list seems to stand; a field that none fits is left out."""
    scored = sorted(
        (
            (-_likeness(comparable(name), field), order, place, field)
            for place, name in enumerate(header)
            for order, field in enumerate(FIELDS[kind])
            if name
        )
    )
    found: dict[str, int] = {}
    for score, _, place, field in scored:
        if -score >= ALIKE and field not in found and place not in found.values():
            found[field] = place
    return found


def _likeness(name: str, field: str) -> float:
    return max(fuzz.ratio(name, word) for word in _words()[field])


def yes(text: str) -> bool | None:
    """Returns whether a cell says yes or no; nothing where it says something else."""
    word = comparable(text)
    return True if word in _words()["yes"] else False if word in _words()["no"] else None


def no_result(text: str) -> bool:
    """Whether a cell says that somebody took part in a contest and came to nothing more."""
    return comparable(text) in _words()["took_part"]
