"""Days of birth, words of names and the order in which what was meant is offered: pure."""

from datetime import UTC, date, datetime

import pytest

from db.errors import DomainError
from db.people import rules
from db.people.rules import Option

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("05.03.1985", date(1985, 3, 5)),
        ("5.3.85", date(1985, 3, 5)),
        ("1985-03-05", date(1985, 3, 5)),
        ("1985-3-5", date(1985, 3, 5)),
        ("5/3/1985", date(1985, 3, 5)),
        (" 5 3 1985. ", date(1985, 3, 5)),
        ("5-3-1985 .", date(1985, 3, 5)),
        ("29.02.2000", date(2000, 2, 29)),
        ("31.12.1926", date(1926, 12, 31)),  # a hundred years of age in this one
        ("01.01.2012", date(2012, 1, 1)),  # fourteen
        ("31.12.26", date(1926, 12, 31)),
    ],
)
def test_a_day_of_birth_is_read_as_people_write_it(typed: str, born: date) -> None:
    assert rules.birth_day(typed, NOW) == born


@pytest.mark.parametrize(
    "typed",
    [
        *("", "весной", "30.02.1985", "29.02.2001", "13.13.1985", "5.3", "5.3.985", "05.03.1985X"),
        *("31.12.1925", "01.01.2013", "5.3.12", "01.01.0100"),
    ],
)
def test_a_day_when_nobody_who_works_was_born_is_quoted_back(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rules.birth_day(typed, NOW)
    assert (refusal.value.code, refusal.value.params) == ("birth_day", {"typed": typed})


def test_a_long_answer_is_quoted_in_part_and_tidy() -> None:
    for typed, quoted in (("ы" * 50, "ы" * 40), ("5 . 3\n1985", "5 . 3 1985"), ("01.01.2013" + "." * 50, None)):
        with pytest.raises(DomainError) as refusal:
            rules.birth_day(typed, NOW)
        assert refusal.value.params == {"typed": quoted or typed[:40]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Средняя школа № 5", ("сош", "5")),
        ("Детский сад «Солнышко»", ("дс", "солнышко")),
        ("Зам. директор", ("заместитель", "руководитель")),
        ("г. Озёрск", ("озерск",)),
        ("городской округ", ("городской", "округ")),  # nothing matters: so all does
        ("", ()),
    ],
)
def test_the_words_that_matter(text: str, words: tuple[str, ...]) -> None:
    assert rules.words(text) == words


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("МБОУ «СОШ № 5»", "сош 5"),
        ("Средняя школа № 5", "сош 5"),
        ("МБОУ № 5", "мбоу 5"),  # a number alone would be anybody's
        ("МБДОУ «Солнышко»", "солнышко"),
        ("МАОУ", "маоу"),
    ],
)
def test_an_organisation_is_compared_without_its_legal_form(name: str, compared: str) -> None:
    assert rules.school(name) == compared


def refusal_of(typed: str) -> tuple[str, object]:
    with pytest.raises(DomainError) as refusal:
        rules.full_name(typed)
    return refusal.value.code, refusal.value.params["typed"]


def test_a_name_has_two_to_four_words_and_150_letters() -> None:
    longest = f"{'Я' * 74} {'Я' * 75}"
    assert rules.full_name(longest) == f"Я{'я' * 73} Я{'я' * 74}"
    assert refusal_of(longest + "Я") == ("name_words", longest)
    assert rules.full_name("Иванова,Анна") == "Иванова Анна"
    assert rules.full_name("мамедов али гасан оглы") == "Мамедов Али Гасан оглы"
    assert refusal_of("Аль-Рашид ибн Али оглы Мамедов")[0] == "name_words"
    assert rules.full_name("аль-рашид али") == "Аль-Рашид Али"


def test_years_are_one_number_whatever_stands_around() -> None:
    assert rules.years("Без стажа.", NOW) == 0
    assert rules.years("нет", NOW) == 0
    with pytest.raises(DomainError) as refusal:
        rules.years("5 или 6", NOW)
    assert (refusal.value.code, refusal.value.params) == ("years", {"typed": "5 или 6"})


def options(*names: str) -> list[Option]:
    return [Option(number, name, name) for number, name in enumerate(names)]


def found(typed: str, among: list[Option], **more: int) -> list[str]:
    return [one.name for one in rules.match(typed, among, **more).options]


def test_an_own_name_stands_before_another_spelling_and_equals_by_name() -> None:
    spelled = Option(1, "Абаза", "", ("Снежинск",))
    own = Option(2, "Снежинск", "")
    assert found("снежинск", [spelled, own]) == ["Снежинск", "Абаза"]
    assert rules.match("снежинск", [spelled, own]).sure is None, "two are called so"
    assert found("сне", [own, spelled]) == ["Снежинск", "Абаза"]
    assert found("лице", options("лицей б", "лицей в", "лицей а")) == ["лицей а", "лицей б", "лицей в"]


def test_the_better_likeness_stands_first() -> None:
    among = options("красное село", "село красное", "красногорск", "краснел")
    assert found("красное село", among)[0] == "красное село"
    assert found("красн", among)[-1] == "село красное", "a beginning stands before a beginning within"


def test_what_follows_a_position_describes_it_and_makes_nothing_sure() -> None:
    among = options("учитель начальных классов", "воспитатель", "нота бене")
    assert found("учитель щщщщщщщщщщщщщщщ", among) == ["учитель начальных классов"]
    assert rules.match("учитель щщщщщщщщщщщщщщщ", among).sure is None
    assert found("нота щщщщщщщщщщ", among) == ["нота бене"]
    assert found("нот щщщщщщщщщщ", among) == [], "a short word names nothing"
    assert found("учитель 5 щщщщщщщщ", among) == [], "a number has to stand in the name"
    many = options(*(f"учитель {letter}" for letter in "абвдежзикл"))
    assert len(found("учитель щщщщщщщщщщщщщщ", many)) == 8
    assert found("учитель щщщщщщщщщщщщщщ", many, limit=2) == ["учитель а", "учитель б"]
    assert found("учитель", many, limit=3) == ["учитель а", "учитель б", "учитель в"]


def test_the_letters_keyboard_is_in_capitals_and_in_order() -> None:
    among = options("яр", "Аша", "ёлкино", "абаза", "еткуль")
    assert rules.letters(among) == ["А", "Е", "Я"]
    assert [one.name for one in rules.beginning_with("А", among)] == ["Аша", "абаза"]
    assert [one.name for one in rules.beginning_with("Е", among)] == ["ёлкино", "еткуль"]


@pytest.mark.parametrize(
    ("name", "given"),
    [("Иванов Пётр Ильич", "Пётр Ильич"), ("МАМЕДОВА АННА ИВАНОВНА", "АННА ИВАНОВНА"), ("", ""), ("Ян", "")],
)
def test_how_somebody_is_addressed(name: str, given: str) -> None:
    assert rules.given_name(name) == given


def test_a_short_question_is_like_nothing() -> None:
    assert rules._likeness(("abc",), ("abd",)) == 0
    assert rules._likeness(("15",), ("150",)) == 0 == rules._score((), Option(1, "school", ""))
    assert rules._likeness(("school", "15"), ("15", "school")) == 90
    assert rules._likeness(("abcd", "xyz"), ("abcd",)) == 89 and rules._likeness(("abc", "xyz"), ("abc",)) < 89
