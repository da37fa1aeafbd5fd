"""What a practice lacks, whom it names and who may not look at it: pure."""

import pytest

from db.practices.models import Practice
from db.practices.rules import PracticePart, conflicted, first_line, lacking, names_in

WHOLE = {"title": "Игра", "audience": "5 класс", "lesson": "Урок", "result": "Итог"}


def test_authors_alone_may_be_left_out() -> None:
    assert lacking(Practice(**WHOLE)) == []
    assert lacking(Practice()) == [
        PracticePart.TITLE,
        PracticePart.AUDIENCE,
        PracticePart.LESSON,
        PracticePart.RESULT,
    ]
    assert lacking(Practice(**WHOLE | {"lesson": "", "title": None})) == [PracticePart.TITLE, PracticePart.LESSON]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Анна  Белова, Пётр Ильин\nВера Ким", ["Анна Белова", "Пётр Ильин", "Вера Ким"]),
        ("Анна Белова,, Анна  Белова\n\n", ["Анна Белова"]),
        (" , \n", []),
        ("", []),
    ],
)
def test_names_stand_a_line_or_a_comma_apart(typed: str, names: list[str]) -> None:
    assert names_in(typed) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        (" \n ", ""),
        ("  Игра на уроке. Дети делятся.\nПотом", "Игра на уроке"),
        ("Игра\nДети", "Игра"),
        ("Версия 2.0 игры", "Версия 2.0 игры"),
        ("я" * 120, "я" * 120),
        ("я" * 121, "я" * 119 + "…"),
        ("я" * 117 + "  конец", "я" * 117 + "…"),
    ],
)
def test_until_it_has_a_name_a_practice_is_called_by_its_first_sentence(text: str, name: str) -> None:
    assert first_line(text) == name


@pytest.mark.parametrize(
    ("expert", "authors", "organisations", "why"),
    [
        ((1, 10), {1, 2}, {20}, "practice_expert_author"),
        ((1, 10), {1, 2}, {10}, "practice_expert_author"),
        ((3, 10), {1, 2}, {10, None}, "practice_expert_colleague"),
        ((3, 10), {1, 2}, {20, None}, None),
        ((3, None), {1, 2}, {None}, None),  # an unknown place of work makes nobody colleagues
    ],
)
def test_neither_an_author_nor_a_colleague_looks_at_a_practice(
    expert: tuple[int, int | None], authors: set[int], organisations: set[int | None], why: str | None
) -> None:
    assert conflicted(expert, authors, organisations) == why
