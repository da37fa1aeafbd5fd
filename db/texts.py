"""The one form of every text that comes in, from whatever machine: the doors (bot, panel, import, pack) ask here.

Passwords, tokens and what buttons carry are not texts and stay as they are.
"""

import re
import unicodedata

from db.errors import DomainError

YO, YE = "\N{CYRILLIC SMALL LETTER IO}", "\N{CYRILLIC SMALL LETTER IE}"
# Signs, controls and directions that nobody sees, halves of surrogate pairs, letters without a shape.
_UNSEEN = (
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U000e0000-\U000e0fff"
)
_PICTURE = r"\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINER = r"\u200d\ufe0f\U000e0020-\U000e007f"  # a family, a red heart and a flag are several signs
_DROPPED = re.compile(rf"([{_PICTURE}][{_PICTURE}{_JOINER}]*)|[{_UNSEEN}]")
_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
_APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bc\u02c8\u2032`\xb4\uff07"
_QUOTES = "\xab\xbb\u201c\u201d\u201e\u201f\u2033\u301d\u301e\uff02"
_STRESS = "\u0300\u0301"  # what composed with its letter is none
_ONE_KIND: dict[int, str | None] = {
    **dict.fromkeys(map(ord, _DASHES), "-"),
    **dict.fromkeys(map(ord, _APOSTROPHES), "'"),
    **dict.fromkeys(map(ord, _QUOTES), '"'),
    **dict.fromkeys(map(ord, _STRESS)),
}
_OPENING = re.compile(r'(?:^|(?<=[\s("-]))"(?="*[^\s").,;:!?])')

# Latin letters of a Cyrillic keyboard's look, and the Cyrillic ones by number.
_ALIKE = dict(
    zip(
        map(ord, "ABCEHKMOPTXYaceopxyk\xcb\xeb"),
        b"\x10\x12\x21\x15\x1d\x1a\x1c\x1e\x20\x22\x25\x23\x30\x41\x35\x3e\x40\x45\x43\x3a\x01\x51",
        strict=True,
    )
)
_ALIKE = {latin: 0x400 + place for latin, place in _ALIKE.items()}
_LATIN = {there: here for here, there in _ALIKE.items()}
_MIXED = re.compile(r"[\u0400-\u052f][A-Za-z\xcb\xeb]|[A-Za-z\xcb\xeb][\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")


def clean(text: str) -> str:
    """Returns a text with its letters composed (NFC), line breaks of one kind and nothing in it that nobody sees."""
    return unicodedata.normalize("NFC", _DROPPED.sub(r"\1", _BREAK.sub("\n", text)))


def plain(text: str) -> str:
    """Returns a text as one line, its dashes, apostrophes, quotes and spaces of one kind, without marks of stress."""
    return " ".join(unicodedata.normalize("NFC", clean(text).translate(_ONE_KIND)).split())


def comparable(text: str) -> str:
    """Returns a text as texts are compared: plain, in lower case, with the letter yo as people type it either way."""
    return cyrillic(plain(text)).lower().replace(YO, YE)


def name(text: str, *, field: str = "name") -> str:
    """Returns the name of somebody or something in the form in which it is kept: plain, in Russian quotes.

    Raises DomainError `letters_mixed` as `one_alphabet` does.
    """
    return one_alphabet(quoted(text), field=field)


def quoted(text: str) -> str:
    """Returns the form of a name, whatever its letters: plain, in Russian quotes, others within them."""
    depth, told = 0, ""
    for sign in _OPENING.sub("\0", plain(text)):
        depth += sign == "\0"
        told += {"\0": "\xab\u201e", '"': "\xbb\u201c"}[sign][depth > 1] if sign in '\0"' else sign
        depth -= sign == '"' and depth > 0
    return told


def one_alphabet(text: str, *, field: str) -> str:
    """Returns a text whose words keep to one alphabet each.

    Raises DomainError `letters_mixed` with `typed` and `corrected` where a Cyrillic word has Latin letters that look
    the same: nobody would find it. `field` is where in a form that stands.
    """
    corrected = cyrillic(text)
    if corrected != text:
        raise DomainError("letters_mixed", typed=text, corrected=corrected, field=field)
    return text


def cyrillic(text: str) -> str:
    """Returns a text with Latin letters put right that look Cyrillic and stand in a Cyrillic word."""
    return _WORD.sub(lambda found: _put_right(found.group()), text) if _MIXED.search(text) else text


def latin(text: str) -> str:
    """Returns a text with Cyrillic letters replaced that look Latin: for numbers and codes, which have no others."""
    return text.translate(_LATIN)


def _put_right(word: str) -> str:
    if not _CYRILLIC.search(word):
        return word
    corrected = word.translate(_ALIKE)
    return corrected if all(_CYRILLIC.match(letter) for letter in corrected) else word
