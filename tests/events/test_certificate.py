"""A certificate stays inside its page and shows no boxes, whatever a name is written in."""

from dataclasses import fields, replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from db.events.certificate import Words, pdf

PLAIN = replace(Words(*(field.name for field in fields(Words))), address="https://example.org/verify/1")


def lines(words: Words) -> list[str]:
    return PdfReader(BytesIO(pdf(words))).pages[0].extract_text().splitlines()


@pytest.mark.parametrize("field", ["name", "title", "organiser", "service"])
def test_a_word_of_120_letters_is_broken_and_not_cut_by_the_page(field: str) -> None:
    shown = [line.count("Щ") for line in lines(replace(PLAIN, **{field: "Щ" * 120}))]
    assert max(shown) < 75 and (sum(shown) == 120 or field != "name")


@pytest.mark.parametrize("name", ["Ԥԥа Ашуба", "علي محمد", "Ӱрлӑ Ҫӗнӗ", "Ишмәтов Ғәли"])
def test_letters_that_the_font_lacks_are_drawn_in_another(name: str) -> None:
    shown = "".join(lines(replace(PLAIN, name=name)))
    assert set(name) - {" "} <= set(shown) and "\x00" not in shown


def test_a_sign_of_no_font_is_left_out_instead_of_a_box() -> None:
    shown = lines(replace(PLAIN, name="Ли 中文 Анна"))
    assert any("Ли" in line and "Анна" in line for line in shown) and "中" not in "".join(shown)
