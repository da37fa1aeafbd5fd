"""Which column of a list is which, and what its cells say: pure."""

import pytest

from db.imports.models import ImportKind
from db.imports.rules import guess, no_result, yes


@pytest.mark.parametrize(
    ("kind", "header", "found"),
    [
        (
            ImportKind.PEOPLE,
            ["№", "Ф.И.О.", "Район", "Место работы", "Дата согласия", "Стаж, лет"],
            {"full_name": 1, "municipality": 2, "organisation": 3, "consent_date": 4, "experience_years": 5},
        ),
        (ImportKind.PEOPLE, ["ДОЛЖНОСТЬ", "Педагог"], {"position": 0, "full_name": 1}),
        (ImportKind.PEOPLE, ["Долностьь", ""], {"position": 0}),  # one or two slips of a hand
        (ImportKind.PEOPLE, ["Телефон", "Примечание", ""], {}),
        (ImportKind.PEOPLE, ["ФИО", "Педагог"], {"full_name": 0}),  # of two that fit as well the first
        (ImportKind.PEOPLE, ["Сотрудника", "Сотрудник"], {"full_name": 1}),  # the nearest
        (ImportKind.ORGANISATIONS, ["Организация", "Наименование", "МО"], {"name": 1, "municipality": 2}),
        (
            ImportKind.TRAINING,
            ["Дата", "Документ", "Курс", "ФИО"],
            {"issued_on": 0, "document": 1, "title": 2, "full_name": 3},
        ),
        (ImportKind.RESULTS, ["Дата", "Конкурс", "Диплом"], {"held_on": 0, "event": 1, "result": 2}),
        (ImportKind.RESULTS, [], {}),
    ],
)
def test_columns_are_known_by_what_people_call_them(kind: ImportKind, header: list[str], found: dict[str, int]) -> None:
    assert guess(kind, header) == found


def test_a_column_is_of_one_field_and_a_field_of_one_column() -> None:
    """«Номер документа» is the document, and «Дата документа» its day, though both begin alike."""
    header = ["Дата документа", "Номер документа", "Документ"]
    assert guess(ImportKind.TRAINING, header) == {"issued_on": 0, "document": 1}


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        *(("Да", True), (" ЕСТЬ ", True), ("1", True), ("+", True), ("х", True), ("v", True)),
        *(("Нет", False), ("0", False), ("", False), ("—", False), ("-", False)),
        *(("да нет", None), ("2", None), ("возможно", None)),
    ],
)
def test_a_cell_says_yes_no_or_something_else(cell: str, says: bool | None) -> None:
    assert yes(cell) is says


@pytest.mark.parametrize(
    ("cell", "nothing"),
    [("Участник", True), (" участница ", True), ("—", True), ("Диплом участника", False), ("", False)],
)
def test_whoever_only_took_part_has_no_result(cell: str, nothing: bool) -> None:
    assert no_result(cell) is nothing
