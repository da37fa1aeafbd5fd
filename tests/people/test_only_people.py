"""Only what a person says to the bot alone is answered: not what the messenger says by itself, not what groups say."""

from typing import Any

import pytest

from tests.support.town import Town

PERSON = {"id": 2001, "is_bot": False, "first_name": "Вера", "language_code": "ru"}
CHAT = {"id": 2001, "type": "private", "first_name": "Вера"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Учительская"}
TOPIC = {"name": "Тема", "icon_color": 1}
SERVICE: dict[str, dict[str, Any]] = {
    "a pin": {"pinned_message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "закреплено"}},
    "the timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
    "write access": {"write_access_allowed": {"from_request": True}},
    "a topic": {"forum_topic_created": TOPIC},
    "a topic closed": {"forum_topic_closed": {}},
    "a background": {"chat_background_set": {"type": {"type": "chat_theme", "theme_name": "x"}}},
    "something newer than this bot": {"what_comes_next_year": {"a": 1}},
}


async def give(town: Town, update: dict[str, Any]) -> list[Any]:
    """Hands the bot an update; answers what it said to Telegram because of it."""
    before = await town.client.calls()
    last = before[-1]["n"] if before else 0
    await town.bot.receiver.take([{"update_id": 7, **update}])
    await town.bot.receiver.idle()
    quiet = ("getupdates", "setmycommands", "getme", "deletewebhook")
    return [one for one in await town.client.calls(after=last) if one["method"].lower() not in quiet]


@pytest.mark.parametrize("kind", SERVICE)
@pytest.mark.parametrize("known", [True, False], ids=["teacher", "stranger"])
async def test_what_no_person_said_is_passed_over_in_silence(town: Town, kind: str, known: bool) -> None:
    """A pin drew «Не понял», the auto-delete timer began the welcome again."""
    if known:
        await town.teacher()
    message = {"message_id": 5, "date": 1, "chat": CHAT, "from": PERSON, **SERVICE[kind]}
    assert await give(town, {"message": message}) == []


async def test_a_pin_amid_a_question_leaves_it_waiting_for_its_answer(town: Town) -> None:
    vera = await town.teacher()
    for deed in ("/mydata", "Исправить профиль", "Имя"):
        await (vera.send(deed) if deed.startswith("/") else vera.tap(deed))
        await vera.settle()
    pin = {"message_id": 5, "date": 1, "chat": CHAT, "from": PERSON, **SERVICE["a pin"]}
    assert await give(town, {"message": pin}) == []
    await (await vera.send("Новикова Вера Ивановна")).settle()
    assert "Новикова" in (await vera.last()).text


SAID = {"message_id": 5, "date": 1, "chat": GROUP, "from": PERSON}
IN_A_GROUP: dict[str, dict[str, Any]] = {
    "a text": {"message": {**SAID, "text": "привет"}},
    "a command": {"message": {**SAID, "text": "/menu@opora_bot"}},
    "a link": {"message": {**SAID, "text": "/start ev_1234567890"}},
    "a correction": {"edited_message": {**SAID, "edit_date": 2, "text": "привет"}},
    "a tap": {"callback_query": {"id": "1", "chat_instance": "1", "from": PERSON, "data": "menu", "message": SAID}},
    "a stale tap": {"callback_query": {"id": "1", "chat_instance": "1", "from": PERSON, "data": "x", "message": SAID}},
    "a tap on a vanished message": {
        "callback_query": {
            "id": "1", "chat_instance": "1", "from": PERSON, "data": "menu",
            "message": {"message_id": 5, "date": 0, "chat": GROUP},
        }
    },
    "a tap from elsewhere": {
        "callback_query": {"id": "1", "chat_instance": "1", "from": PERSON, "data": "menu", "inline_message_id": "x"}
    },
    "what is no message": {"message": {"chat": GROUP, "text": "привет"}},
}  # fmt: skip


@pytest.mark.parametrize("kind", IN_A_GROUP)
async def test_a_group_gets_nothing_ever(town: Town, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taps were not filtered, and an apology put a menu there that shows a name."""
    monkeypatch.setattr("bot.updates.handling.TRIES", 1)
    await town.teacher()
    assert await give(town, IN_A_GROUP[kind]) == []
