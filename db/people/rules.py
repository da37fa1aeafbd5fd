"""What counts as a name, a number of years, a match: pure functions, tolerant of how people type."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz

from db import texts
from db.errors import DomainError
from db.texts import comparable

FIELDS = ("full_name", "municipality", "organisation", "position", "subject", "experience", "qualification")
"""The profile's fields in the order in which they are asked."""

EXPERIENCE = ((0, 0), (1, 2), (3, 5), (6, 10), (11, 20), (21, 30), (31, None))
"""Ranges of years that have a button each; `range_years` tells the number that is stored."""

USUAL_SUBJECTS: dict[str, tuple[str, ...]] = {
    "educator": ("preschool", "none"),
    "senior-educator": ("preschool", "none"),
    "primary-teacher": ("primary", "none"),
    "psychologist": ("psychology", "none"),
    "speech-therapist": ("speech-therapy", "none"),
    "specialist": ("music", "physical-education", "preschool", "none"),
    "librarian": ("library", "none"),
    "lecturer": ("vocational-general", "vocational-special", "none"),
    "additional-educator": ("additional-technical", "additional-arts", "additional-sport", "additional-nature", "none"),
}
"""Subjects offered first, by position; a pack's list without these codes simply offers none first."""

YOUNG = 3
"""Years: whoever has worked less is young."""

PARTED_WITHIN = timedelta(days=7)
"""Two records that were made one by mistake can be parted for so long."""

OFTEN_TAUGHT = ("russian", "mathematics", "english", "history", "primary", "none")
"""Offered first for every other position."""

NAME_WORDS = range(2, 5)
NAME_LENGTH = 150
ORGANISATION_LENGTH = range(3, 201)
MOST_YEARS = 70
SURE_LETTERS = 4
PREFIX_SCORE = 90.0
FUZZY_FROM = 72.0

_PART = re.compile(r"[^\W\d_]+", re.UNICODE)
_NAME = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?", re.UNICODE)
_BIRTH = re.compile(r"(\d\d?)[ ./,-](\d\d?)[ ./,-](\d{4}|\d\d)|(\d{4})-(\d\d?)-(\d\d?)")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its id, its full name, what fits a button where it has one, other spellings, its code."""

    id: int
    name: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed text may mean, best first. `sure` is set where only one thing can be meant."""

    options: tuple[Option, ...]
    sure: Option | None


@cache
def _spelling() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("spelling.yaml").read_text(encoding="utf-8"))
    return data


def words(text: str) -> tuple[str, ...]:
    """The words that matter for comparison, synonyms replaced; all of them when none matters."""
    synonyms: dict[str, str] = _spelling()["synonyms"]
    found = _WORD.findall(comparable(text))
    kept = tuple(word for word in (synonyms.get(word, word) for word in found) if word)
    return kept or tuple(found)


def birth_day(text: str, now: datetime) -> date:
    """Returns a day of birth as it was typed: 05.03.1985, 5.3.85 or 1985-03-05.

    Raises DomainError `birth_day` with the text as `typed` where nobody who works could be born then.
    """
    found = _BIRTH.fullmatch(texts.plain(text).rstrip(". "))
    try:
        if found is None:
            raise ValueError
        day, month, year = (int(one) for one in (found.group(1, 2, 3) if found[1] else found.group(6, 5, 4)))
        born = date(year + 1900 if year < 100 else year, month, day)
    except ValueError:
        raise DomainError("birth_day", typed=texts.plain(text)[:40]) from None
    if not now.year - 100 <= born.year <= now.year - 14:
        raise DomainError("birth_day", typed=texts.plain(text)[:40])
    return born


def school(name: str) -> str:
    """An organisation for comparison: its words in order, without its legal form where more than a number is left."""
    forms: list[str] = _spelling()["legal_forms"]
    known = words(name)
    kept = tuple(word for word in known if word not in forms)
    return " ".join(kept if any(not word.isdecimal() for word in kept) else known)


def full_name(text: str) -> str:
    """A name in its proper case: two to four words, letters kept as typed otherwise.

    Raises DomainError `name_words`, `name_letters` or `letters_mixed` with the text as `typed`.
    """
    text = texts.plain(text)
    parts = text.replace(",", " ").split()
    if len(parts) not in NAME_WORDS or len(text) > NAME_LENGTH:
        raise DomainError("name_words", typed=text[:NAME_LENGTH])
    if not all(_NAME.fullmatch(part) for part in parts):
        raise DomainError("name_letters", typed=text)
    return texts.name(" ".join(_cased(part) for part in parts))


def _cased(word: str) -> str:
    if word.casefold() in _spelling()["particles"]:
        return word.lower()
    if not (word.islower() or word.isupper()):
        return word
    return _PART.sub(lambda part: part.group()[0].upper() + part.group()[1:].lower(), word)


def years(text: str, now: datetime) -> int:
    """Years of experience from what was typed: a number, a calendar year of the beginning, «less than a year».

    Raises DomainError `years` with the text as `typed`.
    """
    plain = comparable(text).strip(" .")
    if plain in {comparable(phrase) for phrase in _spelling()["no_experience"]}:
        return 0
    numbers = [int(number) for number in re.findall(r"\d+", plain)]
    if len(numbers) != 1:
        raise DomainError("years", typed=text[:60])
    value = numbers[0]
    if now.year - MOST_YEARS <= value <= now.year:
        value = now.year - value
    if value > MOST_YEARS:
        raise DomainError("years", typed=text[:60])
    return value


def range_years(lower: int, upper: int | None) -> int:
    """The number of years that stands for a range: its middle; an open range is taken five years up."""
    return lower + 4 if upper is None else (lower + upper) // 2


def organisation(text: str) -> str:
    """An organisation's name in the form in which it is kept.

    Raises DomainError `organisation_short` or `letters_mixed` with `typed`.
    """
    name = texts.plain(text)
    if len(name) not in ORGANISATION_LENGTH or not any(character.isalnum() for character in name):
        raise DomainError("organisation_short", typed=name[:60])
    return texts.name(name)


def match(text: str, options: Sequence[Option], limit: int = 8) -> Match:
    """Finds which options a typed text may mean.

    Beginnings of words count for most, then an option that the text names and goes on from («teacher of Russian» is a
    teacher), then likeness; own names stand before other spellings. A number in the text must stand in the option too
    («school 15» is never school 16). Sure is only what nothing else begins like.
    """
    asked = words(text)
    scored = _scored(asked, options)
    names_it = len(asked) > 1 and len(asked[0]) >= SURE_LETTERS and not any(word.isdigit() for word in asked)
    if not scored and names_it:
        # «Deputy head for studies» is at least some deputy head; what follows only describes, so nothing is sure. A
        # short word names nothing: a question that begins with «not» found the topic of «notables».
        return Match(tuple(option for _, option in _scored(asked[:1], options)[:limit]), None)
    best = tuple(option for _, option in scored[:limit])
    begun = [(score, option) for score, option in scored if score >= PREFIX_SCORE]
    if len(begun) == 1 and (begun[0][0] == 100 or len(text.strip()) >= SURE_LETTERS):
        return Match(best, begun[0][1])
    return Match(best, None)


def offered_first(position: str | None, options: Sequence[Option]) -> tuple[Option, ...]:
    """Subjects that people of the position (its code) usually teach."""
    by_code = {option.code: option for option in options}
    codes = USUAL_SUBJECTS.get(position or "", OFTEN_TAUGHT)
    return tuple(by_code[code] for code in codes if code in by_code)


def given_name(name: str | None) -> str:
    """How to address somebody: first name and patronymic, where the name is told in full; else nothing."""
    parts = (name or "").split()
    endings: list[str] = _spelling()["patronymic_endings"]
    if len(parts) < 3 or not parts[2].casefold().endswith(tuple(endings)):
        return ""
    return " ".join(parts[1:])


def letters(options: Sequence[Option]) -> list[str]:
    """The first letters that exist, in order: the keys of the letters keyboard."""
    return sorted({comparable(option.name)[0].upper() for option in options})


def beginning_with(letter: str, options: Sequence[Option]) -> list[Option]:
    """The options whose name begins with the letter."""
    return [option for option in options if comparable(option.name)[0].upper() == letter]


def _scored(asked: tuple[str, ...], options: Sequence[Option]) -> list[tuple[float, Option]]:
    """Options that are like the words, best first; an own name stands before another spelling."""
    found = ((_score(asked, option), option) for option in options)
    return sorted(
        (pair for pair in found if pair[0] > 0),
        key=lambda pair: (-pair[0], _likeness(asked, words(pair[1].name)) < pair[0], pair[1].name),
    )


def _score(asked: tuple[str, ...], option: Option) -> float:
    if not asked:
        return 0
    return max(_likeness(asked, words(name)) for name in (option.name, *option.aliases))


def _likeness(asked: tuple[str, ...], known: tuple[str, ...]) -> float:
    if asked == known:
        return 100
    if not {word for word in asked if word.isdigit()} <= set(known):
        return 0
    if all(any(_begins(name, word) for name in known) for word in asked):
        return PREFIX_SCORE + (5 if _begins(known[0], asked[0]) else 0)
    query, name = " ".join(asked), " ".join(known)
    if len(query) < SURE_LETTERS:
        return 0
    if len(name) >= SURE_LETTERS and asked[: len(known)] == known:
        return PREFIX_SCORE - 1
    likeness = max(
        fuzz.ratio(query, name), 0.95 * fuzz.ratio(query, name[: len(query)]), fuzz.token_sort_ratio(query, name)
    )
    return min(likeness, PREFIX_SCORE - 1) if likeness >= FUZZY_FROM else 0


def _begins(name: str, word: str) -> bool:
    return name == word if word.isdigit() else name.startswith(word)
