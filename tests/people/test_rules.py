"""Names, years and matches: what people type, and what is understood."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import DomainError
from db.packs import load_pack
from db.people import rules
from db.people.rules import Option

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PACK = load_pack("chelyabinsk")
MUNICIPALITIES = [
    Option(number, item["name"], item["name"], tuple(item.get("aliases", ())))
    for number, item in enumerate(PACK.section("dictionaries")["municipalities"])
]
SCHOOLS = [
    Option(number, name, name)
    for number, name in enumerate(PACK.section("organisations")["organisations"]["chelyabinsky-go"])
]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("иванова анна", "Иванова Анна"),
        ("  ИВАНОВА   АННА сергеевна ", "Иванова Анна Сергеевна"),
        ("королёва алёна", "Королёва Алёна"),
        ("соколова-белова мария", "Соколова-Белова Мария"),
        ("мамедов али гасан ОГЛЫ", "Мамедов Али Гасан оглы"),
        ("o'neil anna", "O'Neil Anna"),
        ("МакКарти Анна", "МакКарти Анна"),
        ("Иванов И. И.", "Иванов И. И."),
        ("Иванов И.И.", "Иванов И.И."),
        ("Иванова, Анна", "Иванова Анна"),
    ],
)
def test_a_name_is_put_into_its_case_and_kept(typed: str, kept: str) -> None:
    assert rules.full_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Анна", "name_words"),
        ("а б в г д", "name_words"),
        ("", "name_words"),
        ("Анна 3", "name_letters"),
        ("Анна <b>", "name_letters"),
        ("😀 😀", "name_letters"),
        ("Иванова Анна 89001234567", "name_letters"),
    ],
)
def test_what_is_no_name_is_quoted_back(typed: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rules.full_name(typed)
    assert refusal.value.code == code
    assert refusal.value.params["typed"] == typed


@given(st.text(max_size=400))
def test_any_text_is_a_name_or_a_clear_refusal(text: str) -> None:
    try:
        name = rules.full_name(text)
    except DomainError:
        return
    assert 2 <= len(name.split()) <= 4
    assert len(name) <= 300


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("12 лет", 12),
        ("0", 0),
        ("стаж 7", 7),
        ("с 2008 года", 18),
        ("Менее года", 0),
        ("молодой специалист", 0),
        ("70", 70),
    ],
)
def test_years_are_understood(typed: str, years: int) -> None:
    assert rules.years(typed, NOW) == years


@pytest.mark.parametrize("typed", ["много", "71", "1800", "5-6", "", "12.5", "с 2030 года"])
def test_what_is_no_number_of_years_is_refused(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rules.years(typed, NOW)
    assert refusal.value.code == "years"


@given(st.text(max_size=100))
def test_any_text_is_a_number_of_years_or_a_clear_refusal(text: str) -> None:
    try:
        assert 0 <= rules.years(text, NOW) <= rules.MOST_YEARS
    except DomainError as refusal:
        assert refusal.code == "years"


def test_a_range_stands_for_its_middle() -> None:
    assert [rules.range_years(lower, upper) for lower, upper in rules.EXPERIENCE] == [0, 1, 4, 8, 15, 25, 35]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("челябинск", "Челябинский ГО"),
        ("ЧЕЛЯБ", "Челябинский ГО"),
        ("озёрск", "Озерский ГО"),
        ("Озерск", "Озерский ГО"),
        ("г. Златоуст", "Златоустовский ГО"),
        ("верхнеуральский район", "Верхнеуральский МР"),
        ("фершампенуаз", "Нагайбакский МР"),
    ],
)
def test_a_municipality_is_recognised_by_its_beginning_or_its_town(typed: str, found: str) -> None:
    sure = rules.match(typed, MUNICIPALITIES).sure
    assert sure is not None
    assert sure.name == found


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("че", ["Чебаркульский ГО", "Чебаркульский МР", "Челябинский ГО", "Чесменский МР"]),
        ("троицк", ["Троицкий ГО", "Троицкий МР"]),
        ("челябенск", ["Челябинский ГО"]),
        ("октябрсий", ["Октябрьский МР"]),
    ],
)
def test_what_may_mean_several_or_is_misspelt_is_asked(typed: str, among: list[str]) -> None:
    match = rules.match(typed, MUNICIPALITIES)
    assert match.sure is None
    assert {option.name for option in match.options} >= set(among)


POSITIONS = [
    Option(number, item["name"], item.get("short", item["name"]))
    for number, item in enumerate(PACK.section("dictionaries")["positions"])
]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("учитель русского языка", "Учитель"),
        ("воспитатель детского сада", "Воспитатель"),
        ("завуч", "Заместитель руководителя"),
        ("заместитель директора по УВР", "Заместитель руководителя"),
        ("директор школы", "Руководитель организации"),
    ],
)
def test_a_position_is_offered_as_people_call_it(typed: str, first: str) -> None:
    assert rules.match(typed, POSITIONS).options[0].name == first


def test_a_head_is_no_adviser_of_a_head() -> None:
    assert rules.match("директор", POSITIONS).sure is None


def test_a_town_stands_before_villages_of_its_name() -> None:
    assert rules.match("магнит", MUNICIPALITIES).options[0].name == "Магнитогорский ГО"


def test_nonsense_is_like_nothing() -> None:
    assert rules.match("щщщъъъ", MUNICIPALITIES).options == ()
    assert rules.match("", MUNICIPALITIES).options == ()
    assert rules.match("🙂", MUNICIPALITIES).options == ()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("школа 67", "МБОУ «СОШ № 67»"),
        ("СОШ №15", "МБОУ «СОШ № 15»"),
        ("садик 280", "МБДОУ «Детский сад № 280»"),
        ("детский сад 280", "МБДОУ «Детский сад № 280»"),
    ],
)
def test_a_school_is_recognised_as_people_call_it(typed: str, found: str) -> None:
    sure = rules.match(typed, SCHOOLS).sure
    assert sure is not None
    assert sure.name == found


def test_another_number_is_another_school() -> None:
    assert rules.match("школа 68", SCHOOLS).options == ()
    assert rules.match("школа 6", SCHOOLS).options == ()


def test_the_letters_keyboard_has_every_municipality_and_no_empty_letter() -> None:
    found = [rules.beginning_with(letter, MUNICIPALITIES) for letter in rules.letters(MUNICIPALITIES)]
    assert all(found)
    assert sorted(option.id for group in found for option in group) == sorted(one.id for one in MUNICIPALITIES)


@pytest.mark.parametrize(
    ("name", "given_name"),
    [
        ("Белова Марина Сергеевна", "Марина Сергеевна"),
        ("Егоров Павел Ильич", "Павел Ильич"),
        ("Марина Сергеевна Белова", ""),
        ("Белова Марина", ""),
        (None, ""),
    ],
)
def test_people_are_addressed_by_name_only_where_it_is_clear(name: str | None, given_name: str) -> None:
    assert rules.given_name(name) == given_name
