"""What a file must be to become a questionnaire."""

import copy
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.diagnostics.content import InstrumentError, Problem, fingerprint, parse
from db.packs import load_pack


@pytest.fixture
def content() -> dict[str, Any]:
    return copy.deepcopy(load_pack("chelyabinsk").instruments()[0])


def problems(content: Any) -> list[Problem]:
    with pytest.raises(InstrumentError) as caught:
        parse(content)
    return caught.value.problems


def test_the_packs_instrument_is_whole(content: dict[str, Any]) -> None:
    parsed = parse(content)
    assert [component.name for component in parsed.components] == [
        "предметный",
        "методический",
        "оценочный",
        "психолого-педагогический",
        "коммуникативный",
        "цифровой",
    ]
    assert len(parsed.items) == 36
    assert [len(component.items) for component in parsed.components] == [5] * 6
    assert all(component.need.code == f"{component.code}_need" for component in parsed.components)


@pytest.mark.parametrize("key", ["teacher", "methodist", "manager"])
def test_the_instruments_words_fit_everybody(key: str) -> None:
    """«Делаю сам(а)» addressed nobody, and «помогаю коллегам» shut out whoever has none beside."""
    content = next(one for one in load_pack("belgorod").instruments() if one["key"] == key)
    parsed = parse(content)
    assert "(а)" not in str(content) and not re.search(r"\bсам\b", str(content), re.IGNORECASE)
    for item in (item for component in parsed.components for item in component.items):
        assert item.step and item.step not in [one.step for one in parsed.items if one is not item]
        assert re.search("делюсь|друг|коллег|педагог|собираю|обще", item.options[4], re.IGNORECASE), item.code
    assert parsed.declined == "Не хочу отвечать"
    assert all("Помогаю" not in label["label"] for label in content["scale"])


def test_instruments_side_by_side_share_no_component() -> None:
    """A component's code is what events, sites and reports know it by."""
    codes = [component["code"] for one in load_pack("belgorod").instruments() for component in one["components"]]
    assert len(codes) == len(set(codes)) == 16


def test_what_is_ours_is_marked_as_such() -> None:
    marked = {one["key"]: parse(one).source for one in load_pack("belgorod").instruments()}
    assert marked["methodist"].startswith("Учебные данные") and marked["manager"].startswith("Учебные данные")


def test_every_problem_is_told_with_its_place(content: dict[str, Any]) -> None:
    component = content["components"][1]
    component["items"][2]["anchors"].pop()
    component["items"][0]["code"] = "subject_1"
    component["need"]["options"][0] = ""
    component["strong"] = "я" * 200
    content["version"] = "1"
    del content["title"]
    assert problems(content) == [
        Problem("repeated", "components[2].items[1]"),
        Problem("count", "components[2].items[3].anchors"),
        Problem("missing", "components[2].need.options[1]"),
        Problem("too_long", "components[2].strong"),
        Problem("not_number", "version"),
        Problem("missing", "title"),
    ]


def test_a_question_that_no_phone_screen_holds_is_refused(content: dict[str, Any]) -> None:
    content["components"][0]["items"][0]["anchors"] = ["я" * 110] * 5
    assert Problem("too_long", "components[0].items[0]") not in problems(content)
    assert Problem("too_long", "components[1].items[1]") in problems(content)


@pytest.mark.parametrize("code", ["", "Subject", "предмет", "a" * 25, "a b", "1a", 5, None])
def test_codes_are_short_and_plain(content: dict[str, Any], code: Any) -> None:
    content["components"][0]["items"][0]["code"] = code
    assert problems(content) == [Problem("bad_code", "components[1].items[1].code")]


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@given(json)
def test_any_other_file_is_refused_with_reasons(content: Any) -> None:
    assert problems(content)


@given(st.data())
def test_a_damaged_file_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    damaged = copy.deepcopy(load_pack("chelyabinsk").instruments()[0])
    holder: Any = damaged
    for _ in range(data.draw(st.integers(1, 5))):
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], dict | list) or not holder[key]:
            break
        holder = holder[key]
    keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
    holder[data.draw(st.sampled_from(keys))] = data.draw(json)
    try:
        parse(damaged)
    except InstrumentError as error:
        assert error.problems


def test_the_fingerprint_sees_words_not_spacing(content: dict[str, Any]) -> None:
    shuffled = copy.deepcopy(dict(reversed(content.items())))
    assert fingerprint(shuffled) == fingerprint(content)
    content["components"][0]["items"][0]["text"] += "."
    assert fingerprint(shuffled) != fingerprint(content)
