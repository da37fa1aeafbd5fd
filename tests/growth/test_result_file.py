"""A result as a PDF: the words of the screen, then and now, the same bytes twice, whatever the texts hold."""

from dataclasses import replace

import pypdfium2

from bot.diagnostics import screens_file, screens_results
from db.growth.pdf import result_pdf
from locales import translator
from tests.diagnostics.test_screens import absent, dropping, made, mixed, zeros
from tests.diagnostics.walking import ZONE, Mark, twos

T = translator("ru")


def read(content: bytes) -> tuple[int, str]:
    """How many pages, and their words."""
    file = pypdfium2.PdfDocument(content)
    pages = [file[number].get_textpage().get_text_range() for number in range(len(file))]
    file.close()
    return len(pages), " ".join(" ".join(pages).split())


def test_the_file_says_what_the_screen_says() -> None:
    def first(item: object) -> int | None:
        return 0 if getattr(item, "code", "") == "digital_2" else twos(item)  # type: ignore[arg-type]

    one = made(first, zeros)
    pages, said = read(result_pdf(screens_file.words(T, one, "Центр", ZONE)))
    assert " ".join(screens_results.start(T, one).striptags().split()) in said
    assert all(line.component.title in said for line in one.components)
    assert "12 ноября 2025" in said and "±17" in said and "с 31 мая 2026" in said
    assert "было 0 → стало 2" in said
    assert pages <= 2


def test_every_result_makes_the_same_file_twice() -> None:
    marks: tuple[Mark, ...] = (zeros, absent, mixed, dropping)
    for mark in marks:
        for before in (None, mixed):
            words = screens_file.words(T, made(mark, before), "Центр", ZONE)
            assert result_pdf(words) == result_pdf(words)


def test_a_long_text_goes_on_on_the_next_page_and_a_strange_letter_is_left_out() -> None:
    words = screens_file.words(T, made(mixed), "Центр", ZONE)
    long = replace(words, said=["слово " * 3000, "\U0001f393 конец"])
    pages, said = read(result_pdf(long))
    assert pages > 3 and "конец" in said
