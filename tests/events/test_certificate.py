"""A certificate stays inside its page and shows no boxes, whatever a name is written in."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.events.screens_files import certificate_words
from db.events.certificate import Verified, Words, dative, pdf
from db.events.models import EventMode, HostRole
from locales import translator

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


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("Тестова Вера Ивановна", "Тестовой Вере Ивановне"),
        ("Петренко Олег Ильич", "Петренко Олегу Ильичу"),
        ("Салтыкова-Щедрина Мария-Луиза Петровна", "Салтыковой-Щедриной Марии-Луизе Петровне"),
        ("Шевчук Любовь Юрьевна", "Шевчук Любови Юрьевне"),
        ("Черных Иван Фомич", "Черных Ивану Фомичу"),
        ("Ким Ли", None),
        ("Алиев Рза оглы", None),
        ("Smith John Paul", None),
        ("", None),
    ],
)
def test_a_name_stands_in_the_dative_or_as_it_is(name: str, to: str | None) -> None:
    assert dative(name) == to


@given(st.text(max_size=80))
def test_no_name_breaks_the_dative(name: str) -> None:
    assert dative(name) is None or len(dative(name).split()) == 3  # type: ignore[union-attr]


def certified(**fields: Any) -> list[str]:
    starts = datetime(2026, 3, 5, 6, 0, tzinfo=UTC)
    plain: dict[str, Any] = {
        "number": "2026-7F3K-9Q2M", "name": "Тестова Вера Ивановна", "title": "Семинар", "format": "семинар",
        "mode": EventMode.OFFLINE, "organiser": "Центр", "starts_at": starts, "ends_at": starts + timedelta(hours=2),
        "issued_at": starts, "dative": None, "hours": None, "signatory": None, "level": None, "role": None,
        "result": None,
    }  # fmt: skip
    found = Verified(**{**plain, **fields})
    words = certificate_words(
        translator("ru"), found, service="Служба", panel_url="https://example.org", zone=ZoneInfo("Asia/Yekaterinburg")
    )
    return lines(words)


def test_the_certificate_says_to_whom_for_what_and_who_signs_it() -> None:
    full = certified(hours=6, role=HostRole.SPEAKER, level="региональный", signatory="Директор И. И. Петрова")
    for text in (
        "Тестовой Вере Ивановне", "Выдаётся", "в роли докладчика", "6 академических часов", "уровень: региональный",
        "Директор И. И. Петрова",
    ):  # fmt: skip
        assert any(text in line for line in full), text
    plain = certified()
    assert any("Тестовой" in line for line in plain) and not any("академич" in line for line in plain)
    by_hand = certified(name="Ким Ли", dative="Ким Ли Ен")
    assert "Ким Ли Ен" in by_hand and "Выдаётся" in by_hand
    assert "Участник" in certified(name="Ким Ли")


def test_the_longest_names_and_signatories_stay_inside_the_page() -> None:
    name = "Константинопольская-Преображенская Александра-Елизавета Ростиславовна"
    signatory = "Исполняющий обязанности директора муниципального бюджетного учреждения «Центр развития» И. И. Петрова"
    shown = certified(
        name=name,
        title="Слово " * 40,
        hours=999,
        signatory=signatory,
        organiser="Организация " * 20,
        level="региональный",
    )
    joined = " ".join(shown)
    assert "Константинопольской-Преображенской" in joined and "Александре-Елизавете" in joined
    assert "999 академических часов" in joined and "И. И. Петрова" in joined
