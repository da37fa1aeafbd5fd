"""A language is added by a catalogue alone, also one that no standard list of languages knows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import locales
from locales import languages, translator
from tests.events.support import make_event
from tests.people.test_first_meeting import walk
from tests.support.town import Town

NAMES = {"kbd": "Адыгэбзэ", "krc": "Къарачай-малкъар тил"}
PLAIN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "menu.title"
msgstr "%s"
"""


@pytest.fixture
def small_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Catalogues of one text each, in Kabardian and in Karachay-Balkar, beside the product's own."""
    folder = tmp_path / "locales"
    for code in ("ru", "en"):
        shutil.copytree(locales.FOLDER / code, folder / code)
    for code, name in NAMES.items():
        (folder / code / "LC_MESSAGES").mkdir(parents=True)
        (folder / code / "LC_MESSAGES" / "all.po").write_text(PLAIN % name, encoding="utf-8")
    monkeypatch.setattr(locales, "FOLDER", folder)
    for cached in (languages, translator):
        cached.cache_clear()
    yield
    monkeypatch.undo()
    for cached in (languages, translator):
        cached.cache_clear()


@pytest.mark.usefixtures("small_languages")
@pytest.mark.parametrize("code", NAMES)
async def test_a_language_that_no_list_knows_is_offered_by_its_name_and_walked_in(town: Town, code: str) -> None:
    """A Kabardian or Balkar catalogue broke `/settings` for everybody, and every date for its speakers."""
    context = town.bot.context
    about = context.pack.about.model_copy(update={"languages": NAMES})
    context.pack.__dict__["about"] = about
    event_id = town.write(make_event, now=town.clock.now())
    vera = await town.teacher()
    screen = await walk(vera, ">/settings")
    assert set(NAMES.values()) <= set(screen.buttons)
    screen = await walk(vera, NAMES[code])
    assert NAMES[code] in screen.text
    assert "не экзамен" in (await walk(vera, ">/diagnostics")).text
    assert "Предмет и содержание" in (await walk(vera, "Начать", "В")).text
    screen = await walk(vera, "Г")
    while "Показать результат" not in screen.buttons:
        screen = await walk(vera, next(one for one in ("Г", "Пригодилась бы") if one in screen.buttons))
    assert "Ваша картина · 2 марта 2026" in (await walk(vera, "Показать результат")).text
    assert "5 марта" in (await walk(vera, ">/events", "Обратная связь")).text, f"of event {event_id}"
    assert "5 мар, 11:00" in (await walk(vera, "Записаться", ">/my")).text
    assert "включительно" in (await walk(vera, ">/apply")).text


def test_dates_of_an_unknown_language_are_written_as_in_the_default_one() -> None:
    unknown = texts_of("kbd")
    assert (unknown.language, unknown.formats) == ("kbd", "ru")
    assert translator("en").formats == "en"


def texts_of(code: str) -> locales.Texts:
    known = translator("ru")
    return locales.Texts(code, known._catalog, frozenset())
