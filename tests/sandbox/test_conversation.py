"""A whole conversation over HTTP: texts, taps, edits, files, albums."""

import asyncio

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.sandbox.client import SandboxClient, SandboxError

from .conftest import Poll

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Count", callback_data="count:1", style="primary"),
            InlineKeyboardButton(text="Toast", callback_data="toast"),
        ],
        [InlineKeyboardButton(text="Site", url="https://example.org")],
    ]
)


def dispatcher() -> Dispatcher:
    router = Router()

    @router.message(CommandStart())
    async def start(message: Message, command: CommandObject) -> None:
        await message.answer(f"<b>Hello</b> {command.args or '-'}", reply_markup=KEYS)

    @router.message(Command("phone"))
    async def phone(message: Message) -> None:
        key = KeyboardButton(text="My phone", request_contact=True)
        await message.answer("Phone?", reply_markup=ReplyKeyboardMarkup(keyboard=[[key]]))

    @router.message(F.contact)
    async def contact(message: Message) -> None:
        assert message.contact
        await message.answer(message.contact.phone_number, reply_markup=ReplyKeyboardRemove())

    @router.callback_query(F.data.startswith("count:"))
    async def count(query: CallbackQuery) -> None:
        await query.answer()
        await asyncio.sleep(0.1)
        assert isinstance(query.message, Message) and query.data
        number = int(query.data.removeprefix("count:")) + 1
        button = InlineKeyboardButton(text="Count", callback_data=f"count:{number}")
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[button]])
        await query.message.edit_text(f"Count {number}", reply_markup=keyboard)

    @router.callback_query(F.data == "toast")
    async def toast(query: CallbackQuery) -> None:
        await query.answer("Done!", show_alert=True)

    @router.message(F.document)
    async def document(message: Message, bot: Bot) -> None:
        assert message.document
        data = await bot.download(message.document)
        assert data
        name = f"{(message.media_group_id and 'album') or 'single'}-{message.document.file_name}"
        await message.reply_document(BufferedInputFile(data.read()[::-1], name), caption=message.caption)

    @router.message(F.photo)
    async def photo(message: Message) -> None:
        assert message.photo
        await message.answer_photo(message.photo[-1].file_id, caption="<i>back</i>")

    @router.message(F.text)
    async def echo(message: Message) -> None:
        await message.answer(message.html_text)

    @router.message()
    async def odd(message: Message) -> None:
        await message.answer(message.content_type)

    fresh = Dispatcher()
    fresh.include_router(router)
    return fresh


async def test_deep_link_taps_and_edits(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.start("ev_42")).settle()
    hello = await anna.last()
    assert hello.text == "Hello ev_42"
    assert hello.html.startswith("<b>Hello</b>")
    assert hello.buttons == ["Count", "Toast", "Site"]
    assert hello.button("count")["style"] == "primary"

    await anna.tap("Count")
    await anna.settle()
    counted = await anna.last()
    assert (counted.id, counted.text, counted.edited) == (hello.id, "Count 2", True)
    await anna.tap(data="count:2", message_id=counted.id)
    await anna.settle()
    assert (await anna.last()).text == "Count 3"
    with pytest.raises(SandboxError, match="no button 'Toast'"):
        await anna.tap("Toast")


async def test_toast_is_a_reaction(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.start()).settle()
    await anna.tap("Toast")
    await anna.settle()
    toast = (await anna.toasts())[-1]
    assert (toast["text"], toast["alert"]) == ("Done!", True)


async def test_text_keeps_entities_and_escapes(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send("1 < 2 & «\U0001f600» https://example.org/x.")).settle()
    answer = await anna.last()
    assert answer.text == "1 < 2 & «\U0001f600» https://example.org/x."
    assert [(item["type"], item["offset"], item["length"]) for item in answer.entities] == [("url", 13, 21)]
    assert "1 &lt; 2 &amp;" in answer.html


async def test_files_up_and_down(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send_file("план.pdf", b"%PDF-1.4 abc", caption="my plan")).settle()
    answer = await anna.last()
    assert answer.document and answer.document["name"] == "single-план.pdf"
    assert answer.text == "my plan"
    assert await anna.download(answer) == b"cba 4.1-FDP%"


async def test_album_from_a_person(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await anna.send_album([("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")], caption="three")
    await anna.settle()
    await anna.wait_for(lambda message: bool(message.document and message.document["name"] == "album-c.txt"))
    own = [message for message in await anna.messages() if not message.outgoing]
    assert len({message.raw["album"] for message in own}) == 1
    assert [message.text for message in own] == ["three", "", ""]


async def test_photo_by_file_id(client: SandboxClient, poll: Poll, picture: bytes) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send_photo(picture)).settle()
    answer = await anna.last()
    assert answer.photo and (answer.photo["width"], answer.photo["height"]) == (3, 2)
    assert await anna.download(answer) == picture
    assert answer.html == "<i>back</i>"


async def test_album_from_the_bot(client: SandboxClient, bot: Bot) -> None:
    vera = await client.person(1003)
    files = [BufferedInputFile(name.encode(), f"{name}.txt") for name in ("one", "two")]
    sent = await bot.send_media_group(1003, [InputMediaDocument(media=file) for file in files])
    assert len(sent) == 2 and sent[0].media_group_id == sent[1].media_group_id
    assert await vera.download((await vera.messages())[0]) == b"one"


async def test_reply_keyboard_sends_contact(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send("/phone")).settle()
    assert (await anna.chat())["keyboard"]["keyboard"][0][0]["text"] == "My phone"
    await anna.tap("My phone")
    await anna.settle()
    assert (await anna.last()).text.startswith("+7351")
    assert (await anna.chat())["keyboard"] is None


@pytest.mark.parametrize("kind", ["sticker", "voice", "video_note", "location", "dice", "video", "audio", "poll"])
async def test_odd_messages(client: SandboxClient, poll: Poll, kind: str) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send_odd(kind)).settle()
    assert (await anna.last()).text == kind


async def test_forward_and_edited(client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    anna = await client.person(1001)
    await (await anna.send_odd("forward", text="from elsewhere")).settle()
    assert (await anna.last()).text == "from elsewhere"
    own = (await anna.messages())[0]
    await anna.send_odd("edited", message_id=own.id, text="other words")
    assert (await anna.messages())[0].text == "other words"


async def test_a_long_text_goes_as_several(client: SandboxClient, bot: Bot) -> None:
    vera = await client.person(1003)
    await vera.send("\U0001f600" + "я" * 4094 + "\U0001f600" + "б" * 900)
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["\U0001f600" + "я" * 4094, "\U0001f600" + "б" * 900]


async def test_silence_is_explained(client: SandboxClient, poll: Poll) -> None:
    silent, heard = Dispatcher(), asyncio.Event()

    @silent.message()
    async def nothing(message: Message) -> None:
        heard.set()

    await poll(silent)
    anna = await client.person(1001)
    await anna.send("anybody?")
    await heard.wait()
    with pytest.raises(SandboxError, match=r"(?s)no message sent.*anybody\?"):
        await anna.settle(0.5)


async def test_no_bot_is_explained(client: SandboxClient) -> None:
    anna = await client.person(1001)
    await anna.send("anybody?")
    with pytest.raises(SandboxError, match="not fetched"):
        await anna.settle(0.2)
