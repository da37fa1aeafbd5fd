"""The stand-in refuses what Telegram refuses, with Telegram's words."""

from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
)
from aiogram.methods import GetUserProfilePhotos
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from aiohttp import ClientSession

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer

VERA = 1003
FACE = "\U0001f600"


def keys(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(**{"text": "x", **button})]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("a" * 4097, "message is too long"),
        (FACE * 2049, "message is too long"),
        ("<b>x", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("я <нет>", 'can\'t parse entities: Unsupported start tag "нет" at byte offset 3'),
        ("x</b>", "can't parse entities: Unexpected end tag at byte offset 1"),
        (
            "<b><i>x</b></i>",
            'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("1 < 2", 'can\'t parse entities: Unsupported start tag "" at byte offset 2'),
        (
            '<span class="red">x</span>',
            'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0',
        ),
    ],
)
async def test_texts(bot: Bot, text: str, words: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(VERA, text)
    assert refused.value.message == f"Bad Request: {words}"


async def test_limits_count_after_parsing(bot: Bot) -> None:
    assert (await bot.send_message(VERA, f"<b>{'a' * 4096}</b>")).text == "a" * 4096
    assert (await bot.send_message(VERA, "&lt;" * 4096)).text == "<" * 4096
    assert (await bot.send_message(VERA, FACE * 2048)).text == FACE * 2048


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keys(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (keys(), "text buttons are unallowed in the inline keyboard"),
        (keys(text=" ", callback_data="a"), "inline keyboard button text must be non-empty"),
        (keys(url="http://localhost:8080/x"),
         "inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL"),
        (keys(url="ftp://example.org"),
         "inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol"),
        (keys(copy_text=CopyTextButton(text="c" * 257)), "BUTTON_COPY_TEXT_INVALID"),
        (keys(callback_data="a", style="pink"), "invalid button style specified: pink"),
    ],
)  # fmt: skip
async def test_buttons(bot: Bot, markup: InlineKeyboardMarkup, words: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(VERA, "x", reply_markup=markup)
    assert refused.value.message == f"Bad Request: {words}"


async def test_buttons_at_their_limits(bot: Bot) -> None:
    sent = await bot.send_message(VERA, "x", reply_markup=keys(callback_data="я" * 32))
    assert sent.reply_markup and sent.reply_markup.inline_keyboard[0][0].callback_data == "я" * 32


async def test_edits(bot: Bot, client: SandboxClient) -> None:
    sent = await bot.send_message(VERA, "<b>one</b>", reply_markup=keys(callback_data="a"))

    async def edit(text: str, message_id: int = sent.message_id, **options: Any) -> str:
        with pytest.raises(TelegramBadRequest) as refused:
            await bot.edit_message_text(text, chat_id=VERA, message_id=message_id, **options)
        return refused.value.message.removeprefix("Bad Request: ")

    assert (await edit("<b>one</b>", reply_markup=keys(callback_data="a"))).startswith("message is not modified: spec")
    assert await edit("two", 77) == "message to edit not found"
    assert await edit("a" * 4097) == "MESSAGE_TOO_LONG"
    vera = await client.person(VERA)
    await vera.send("mine")
    assert await edit("two", (await vera.last(own=True)).id) == "message can't be edited"
    board = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="k")]])
    with_board = await bot.send_message(VERA, "board", reply_markup=board)
    assert await edit("two", with_board.message_id) == "message can't be edited"
    file = await bot.send_document(VERA, BufferedInputFile(b"1", "1.txt"))
    assert await edit("two", file.message_id) == "there is no text in the message to edit"
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await bot.edit_message_caption(chat_id=VERA, message_id=sent.message_id, caption="c")
    plain = await bot.edit_message_text("one", chat_id=VERA, message_id=sent.message_id)
    assert plain is not True and plain.reply_markup is None and plain.edit_date
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(chat_id=VERA, message_id=sent.message_id)
    captioned = await bot.edit_message_caption(chat_id=VERA, message_id=file.message_id, caption="<i>c</i>")
    assert captioned is not True and captioned.caption == "c" and captioned.document
    media = InputMediaDocument(media=BufferedInputFile(b"22", "2.txt"))
    replaced = await bot.edit_message_media(media, chat_id=VERA, message_id=file.message_id)
    assert replaced is not True and replaced.document and replaced.document.file_name == "2.txt"


async def test_deletions_and_replies(bot: Bot, client: SandboxClient) -> None:
    sent = await bot.send_message(VERA, "x")
    answer = await bot.send_message(VERA, "y", reply_parameters=ReplyParameters(message_id=sent.message_id))
    assert answer.reply_to_message and answer.reply_to_message.text == "x"
    assert await bot.delete_message(VERA, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(VERA, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(VERA, "y", reply_parameters=ReplyParameters(message_id=sent.message_id))
    assert await bot.delete_messages(VERA, [sent.message_id, answer.message_id])
    old = await bot.send_message(VERA, "old")
    await client.options(clock_offset=49 * 3600)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted for everyone"):
        await bot.delete_message(VERA, old.message_id)


async def test_who_may_be_written_to(bot: Bot, client: SandboxClient) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "x")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation with a user"):
        await bot.send_message(1001, "x")
    await client.person(1001, first_name="Anna", started=True)
    assert await bot.send_message(1001, "x")
    vera = await client.person(VERA)
    await vera.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(VERA, "x")
    await vera.block(False)
    await bot.send_message(VERA, "x")
    kinds = [update.event_type for update in await bot.get_updates()]
    assert kinds == ["my_chat_member", "my_chat_member"]


async def test_files(bot: Bot, client: SandboxClient, picture: bytes) -> None:
    with pytest.raises(TelegramEntityTooLarge, match="Request Entity Too Large"):
        await bot.send_document(VERA, BufferedInputFile(b"x" * (50 * 1024 * 1024 + 1), "big.bin"))
    large = await bot.send_document(VERA, BufferedInputFile(b"x" * (20 * 1024 * 1024 + 1), "large.bin"))
    assert large.document
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(large.document.file_id)
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(VERA, BufferedInputFile(b"no picture", "x.png"))
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(VERA, BufferedInputFile(picture, "x.png"), caption="c" * 1025)
    with pytest.raises(TelegramBadRequest, match="wrong file identifier/HTTP URL specified"):
        await bot.send_document(VERA, "nothing")
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(VERA, large.document.file_id)
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(VERA, BufferedInputFile(b"", "empty.txt"))
    mixed = [
        InputMediaPhoto(media=BufferedInputFile(picture, "x.png")),
        InputMediaDocument(media=BufferedInputFile(b"1", "1.txt")),
    ]
    with pytest.raises(TelegramBadRequest, match="document can't be mixed with other media types"):
        await bot.send_media_group(VERA, mixed)
    with pytest.raises(TelegramBadRequest, match="media group must include 2-10 items"):
        await bot.send_media_group(VERA, mixed[:1])
    assert await client.calls(method="sendDocument")
    vera = await client.person(VERA)
    await vera.send_file("25.bin", b"x" * (25 * 1024 * 1024))
    update = (await bot.get_updates())[-1]
    assert update.message and update.message.document
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.download(update.message.document)


async def test_callback_answers(bot: Bot, client: SandboxClient) -> None:
    sent = await bot.send_message(VERA, "x", reply_markup=keys(callback_data="a"))
    vera = await client.person(VERA)
    first = (await vera.tap(data="a"))["query_id"]
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(first, "t" * 201)
    assert await bot.answer_callback_query(first, "t" * 200)
    too_old = "query is too old and response timeout expired or query ID is invalid"
    with pytest.raises(TelegramBadRequest, match=too_old):
        await bot.answer_callback_query(first)
    late = (await vera.tap(data="a"))["query_id"]
    await client.options(clock_offset=16)
    with pytest.raises(TelegramBadRequest, match=too_old):
        await bot.answer_callback_query(late)
    forged = await vera.forge("evil", 12)
    assert forged["message_id"] == 12
    queries = [update.callback_query for update in await bot.get_updates()]
    assert [query.data for query in queries if query] == ["a", "a", "evil"]
    assert queries[0] and queries[0].message and queries[0].message.message_id == sent.message_id
    assert queries[2] and queries[2].message and queries[2].message.date == 0


async def test_unknown_things(server: SandboxServer, bot: Bot) -> None:
    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(GetUserProfilePhotos(user_id=VERA))
    async with ClientSession() as http:
        async with http.get(f"{server.url}/botNOTOKEN/getMe") as response:
            assert response.status == 401
            assert await response.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        async with http.get(f"{server.url}/bot42:T/getme") as response:
            assert (await response.json())["result"]["is_bot"] is True
        body = {"chat_id": VERA, "text": "by JSON", "reply_markup": {"inline_keyboard": []}}
        async with http.post(f"{server.url}/bot42:T/sendMessage", json=body) as response:
            assert (await response.json())["result"]["text"] == "by JSON"
        async with http.get(
            f"{server.url}/bot42:T/sendMessage", params={"chat_id": VERA, "text": "by GET"}
        ) as response:
            assert (await response.json())["result"]["text"] == "by GET"
        async with http.get(f"{server.url}/file/bot42:T/documents/none") as response:
            assert response.status == 404
        async with http.post(
            f"{server.url}/sandbox/faults", json={}, headers={"Origin": "https://evil.example"}
        ) as response:
            assert response.status == 403


async def test_profile(bot: Bot, client: SandboxClient) -> None:
    await bot.set_my_commands([BotCommand(command="menu", description="M")])
    await bot.set_my_commands([BotCommand(command="menu", description="RU")], language_code="ru")
    scope = BotCommandScopeChat(chat_id=VERA)
    await bot.set_my_commands([BotCommand(command="panel", description="P")], scope=scope)
    anna, vera = await client.person(1001), await client.person(VERA)
    assert [item["description"] for item in await anna.commands()] == ["RU"]
    assert [item["description"] for item in await vera.commands()] == ["P"]
    await bot.delete_my_commands(scope=scope)
    assert [item["description"] for item in await vera.commands()] == ["RU"]
    assert (await bot.get_my_commands())[0].description == "M"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Bad", description="x")])
    await bot.set_my_name("Opora 2")
    assert (await bot.get_me()).first_name == "Opora 2"
    await bot.set_my_description("long", language_code="ru")
    assert (await bot.get_my_description("ru")).description == "long"
    assert (await bot.get_chat(VERA)).first_name == "Vera"


async def test_small_methods(bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    await vera.send("mine")
    mine = await vera.last(own=True)
    copied = await bot.copy_message(VERA, VERA, mine.id)
    forwarded = await bot.forward_message(VERA, VERA, mine.id)
    assert forwarded.forward_origin and forwarded.text == "mine" and copied.message_id < forwarded.message_id
    await bot.send_chat_action(VERA, "typing")
    assert (await vera.chat())["action"] == "typing"
    await bot.set_message_reaction(VERA, mine.id, [ReactionTypeEmoji(emoji="\U0001f44d")])
    assert (await vera.messages())[0].reactions == ["\U0001f44d"]
