"""Commands as people type them, and texts that only look like one."""

import pytest

from bot.ui.filters import is_command
from tests.support.town import Town


@pytest.mark.parametrize(
    "typed",
    ["/MENU", "/Menu", "/menu@opora_bot", "/MENU@Opora_Bot", "/ menu", "  /menu  ", "/menu.", "/menu да"],
)
async def test_a_command_is_understood_however_it_is_typed(town: Town, typed: str) -> None:
    vera = await town.teacher()
    await (await vera.send(typed)).settle()
    assert (await vera.last()).text == "Вера Ивановна, чем помочь?"


@pytest.mark.parametrize("typed", ["/START", "/start@opora_bot", "/ start"])
async def test_start_is_understood_by_a_stranger(town: Town, typed: str) -> None:
    stranger = await town.person(2009)
    await (await stranger.send(typed)).settle()
    assert (await stranger.last()).button("Познакомиться")


@pytest.mark.parametrize("payload", ["ev_12%2034", "ev_Привет", "ev 1234567890", "x" * 64, "?start=ev_1", "zz_123"])
async def test_a_broken_link_is_told_above_what_comes(town: Town, payload: str) -> None:
    """It led to the menu without a word."""
    vera = await town.teacher()
    await (await vera.send(f"/start {payload}")).settle()
    screen = await vera.last()
    assert "Эта ссылка уже не работает" in screen.text and "чем помочь" in screen.text


async def test_a_stranger_with_a_broken_link_hears_of_it(town: Town) -> None:
    stranger = await town.person(2009)
    await (await stranger.send("/start ev_12%2034")).settle()
    screen = await stranger.last()
    assert "Эта ссылка уже не работает" in screen.text and screen.button("Познакомиться")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/5 баллов, спасибо", False),
        ("/ 5", False),
        ("/ещё раз спасибо за встречу", False),
        ("и/или", False),
        ("/menu", True),
        ("/ MENU@bot now", True),
        ("/unknown word", True),
        ("/меню", True),
    ],
)
def test_a_text_that_begins_with_a_slash_is_no_command_for_that(text: str, command: bool) -> None:
    """A comment «/5 …» was refused with «нужен обычный текст»."""
    assert is_command(text) is command
