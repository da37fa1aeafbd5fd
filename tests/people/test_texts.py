"""The one form of a text: which signs go, which stay, and that nothing is changed a second time."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import DomainError
from db.packs import FOLDER
from db.texts import clean, cyrillic, name, plain


@given(st.text())
def test_any_text_is_composed_and_has_nothing_that_nobody_sees(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept == unicodedata.normalize("NFC", kept)
    assert not {"\x00", "\u200b", "\u00ad", "\ufeff", "\u202e", "\r"} & set(kept)
    kept.encode()


@given(st.text())
def test_a_line_is_one_line_whatever_was_typed(text: str) -> None:
    kept = plain(text)
    assert plain(kept) == kept == " ".join(kept.split())


@given(st.text(alphabet="абАБ №1\u0306\u0308\u0301-\u2014\"«»“„'’\u00a0"))
def test_a_name_in_either_form_is_the_same(text: str) -> None:
    assert name(unicodedata.normalize("NFD", text)) == name(unicodedata.normalize("NFC", text))
    assert name(name(text)) == name(text)


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "❤️‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1-я строка\n\tвторая", "№ 3 — «да»", "Ë, ё, й, O’Neil"])
def test_what_people_see_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('МДОУ "Детский сад "Ромашка""', "МДОУ «Детский сад „Ромашка“»"),
        ("Лицей («Центр «Юность»»), корпус «Б»", "Лицей («Центр „Юность“»), корпус «Б»"),
        ('""Вера" и "Надежда""', "«„Вера“ и „Надежда“»"),
        ("Школа «Юность", "Школа «Юность"),
    ],
)
def test_quotes_within_quotes_are_others(typed: str, kept: str) -> None:
    """«Детский сад «Ромашка»» stood on buttons, lists and certificates."""
    assert name(typed) == kept == name(kept)


def test_the_packs_are_written_in_this_form() -> None:
    for path in FOLDER.rglob("*.yaml"):
        if path.name in ("organisations.yaml", "sites.yaml"):
            assert not re.search("«[^»]*«", path.read_text(encoding="utf-8")), f"{path}: quotes within quotes are „ “"
        assert clean(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("text", ["IT-куб", "COVID", "3D-моделирование", "Zа мир", "класс A", "Poe", "iPhone и Я"])
def test_latin_words_beside_russian_ones_stay(text: str) -> None:
    assert cyrillic(text) == text


@pytest.mark.parametrize("text", ["А\u0301\u0306"])
def test_a_letter_that_loses_its_stress_is_composed(text: str) -> None:
    assert plain(plain(text)) == plain(text) == "Ӑ"


def test_a_mixed_word_is_refused_with_the_right_one() -> None:
    with pytest.raises(DomainError, match="letters_mixed") as refusal:
        name("Cовет “МAMA”", field="title")
    assert refusal.value.params == {"typed": "Cовет «МAMA»", "corrected": "Совет «МАМА»", "field": "title"}
