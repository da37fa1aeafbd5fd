"""How a declared name is found, whichever way and wherever it was said: pure."""

import pytest

from db.errors import DomainError
from db.ties.rules import LONGEST, key, keys, named, paper_key, words


def test_a_name_is_its_words_in_one_order_each_once() -> None:
    assert words("Соловьёва  МАРИЯ Соловьева") == ["мария", "соловьева"]
    assert key("Соловьёва Мария") == key("мария соловьева") == "мария соловьева"


def test_a_name_on_paper_has_a_key_of_its_own_with_the_same_words() -> None:
    assert paper_key("Ким Анна") == " paper анна ким"
    assert named(paper_key("Ким Анна")) == named(key("Ким Анна")) == "анна ким"


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("Ким Анна", True),
        ("аа бб вв гг дд", True),
        ("аа бб вв гг дд ее", False),
        ("Ким", False),
        ("Ким А.", False),
        ("Ким Ан.", True),
        ("К Анна", False),
        ("я" * (LONGEST - 5) + " Анна", True),
        ("я" * (LONGEST - 4) + " Анна", False),
    ],
)
def test_a_full_name_is_two_to_five_words(name: str, may: bool) -> None:
    if may:
        assert len(key(name).split()) >= 2
        return
    for read in (key, paper_key):
        with pytest.raises(DomainError) as refusal:
            read(name)
        assert (refusal.value.code, refusal.value.params) == ("tie_name", {})


def test_every_key_that_means_a_person() -> None:
    said = ["анна ильинична", "анна ким", "ильинична ким", "анна ильинична ким"]
    assert keys("Ким Анна Ильинична") == [*said, *(f" paper {one}" for one in said)]
    assert keys("Ким") == [] == keys(None) == keys("")
    assert len(keys("аа бб вв гг дд ее")) == 2 * (10 + 10 + 5 + 1), "of the first five words"
