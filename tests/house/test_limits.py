"""Whatever people and methodists may type, at its longest, makes a message that the messenger takes.

A ticket of the panel's own limits was «caption is too long»: the seat was taken, and there was no ticket. So every
screen and every notice is made here of fields at their limits, in letters, in emoji (which Telegram counts twice) and
in signs that HTML escapes, and is held to Telegram's numbers.
"""

import inspect
import typing
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from bot.dispatch.notices import BY_KIND, RECEIPTS, rendered
from bot.sandbox.html import parse_html, utf16_length
from bot.ui.screens import CAPTION, MESSAGE, Screen, as_receipt, captioned, fitted, length, within
from db.nouns import NOUNS
from locales import Texts, translator
from tests.support.fullest import ZONE, Fullest, Params, hints_of

ROOT = Path(__file__).resolve().parents[2]
CAPTIONS = {
    *("events.screens_cards.ticket", "events.screens_cards.file_only", "events.screens_cards.certificate"),
    *("diagnostics.screens_results.receipt", "people.screens_data.file_caption"),
    *("diagnostics.screens_file.file", "growth.screens.file", "mentoring.screens.paper"),
}
"""What is said under a picture or a file."""

SEEDS = range(12)
LABEL, DATA, ADDRESS, KEYS = 64, 64, 2048, 100
WITHOUT = {"people.screens_data.confirm", "mentoring.screens_series.told"}
"""An argument is a word of ours: every key of it is there, which tests/house/test_locales.py holds.

The second is made of what a notice was written with, as the test of notices below."""


@cache
def screens() -> dict[str, Callable[..., Screen]]:
    """Every screen of every noun."""
    found = {}
    for noun in NOUNS:
        for path in sorted((ROOT / "bot" / noun).glob("screens*.py")):
            module = import_module(f"bot.{noun}.{path.stem}")
            for name, made in vars(module).items():
                own = inspect.isfunction(made) and made.__module__ == module.__name__ and name[0] != "_"
                if own and typing.get_type_hints(made).get("return") is Screen:
                    found[f"{noun}.{path.stem}.{name}"] = made
    return {name: made for name, made in found.items() if name not in WITHOUT}


def troubles(screen: Screen, most: int) -> Iterator[str]:
    """What Telegram would refuse of a screen as it goes out."""
    payload = (captioned(screen) if most == CAPTION else screen).to_payload()
    text, _ = parse_html(payload["text"])
    if not 0 < utf16_length(text.strip()) <= most:
        yield f"a text of {utf16_length(text)}"
    keys = [key for row in payload.get("reply_markup", {}).get("inline_keyboard", []) for key in row]
    if len(keys) > KEYS:
        yield f"{len(keys)} buttons"
    for key in keys:
        if not key["text"].strip() or len(key["text"]) > LABEL:
            yield f"a button of {len(key['text'])}: {key['text'][:20]}"
        if len(key.get("callback_data", "").encode()) > DATA:
            yield f"data of {len(key['callback_data'].encode())}: {key['callback_data']}"
        if len(key.get("url", "")) > ADDRESS:
            yield f"an address of {len(key['url'])}"


@pytest.mark.parametrize("name", screens())
def test_every_screen_fits_what_the_messenger_takes_in_each_language(name: str) -> None:
    made = screens()[name]
    texts = next(one for one, hint in hints_of(made).items() if hint is Texts)
    found = set()
    for seed in SEEDS:
        given = Fullest(seed).arguments(made)  # dear to make; a screen changes nothing of it
        for language in ("ru", "en"):
            screen = made(**{texts: translator(language)}, **given)
            told = {*troubles(screen, CAPTION if name in CAPTIONS else MESSAGE), *troubles(as_receipt(screen), MESSAGE)}
            found |= {f"{language}: {one}" for one in told}
    assert not found


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", BY_KIND)
def test_every_notice_fits_what_the_messenger_takes(kind: str, language: str) -> None:
    t = translator(language)
    found = set()
    for seed in SEEDS:
        params: dict[str, Any] = Params(Fullest(seed))
        screen = rendered(t, kind=kind, params=params, expected=bool(seed % 2), zone=ZONE)
        found |= set(troubles(screen, CAPTION if kind in RECEIPTS else MESSAGE))
    assert not found


def test_what_is_too_long_is_cut_at_its_end_with_its_tags_closed() -> None:
    assert within("<b>аб&amp;в</b> г", 6) == "<b>аб&amp;в</b> г"
    assert within("<b>аб&amp;в</b> г", 4) == "<b>аб&amp;…</b>"
    assert within("<b>\U0001f393\U0001f393</b>", 4) == "<b>\U0001f393\U0001f393</b>"
    assert within("<b>\U0001f393\U0001f393</b>", 3) == "<b>\U0001f393…</b>"


def test_the_longest_part_gives_way_and_the_end_is_said() -> None:
    said = fitted("{title}: {reason}. Конец.".format, 40, title="Сбор", reason="я" * 500)
    assert said.startswith("Сбор: яя") and said.endswith("…. Конец.") and length(said) == 40


def test_the_descriptions_before_start_fit_too() -> None:
    for language in ("ru", "en"):
        t = translator(language)
        assert utf16_length(t.plain("menu.description")) <= 512
        assert utf16_length(t.plain("menu.short_description")) <= 120
