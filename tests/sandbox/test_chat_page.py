"""The chat page in a real browser, with a small aiogram bot behind it."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.filters import CommandStart
from aiogram.types import BotCommand, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from playwright.async_api import Page, expect

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer
from locales import translator

from .conftest import Poll

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Toast", callback_data="toast"),
            InlineKeyboardButton(text="Edit", callback_data="edit"),
        ],
        [InlineKeyboardButton(text="Alert", callback_data="alert", style="danger")],
        [InlineKeyboardButton(text="Link", url="https://t.me/opora_bot?start=ev_42")],
    ]
)
t = translator("ru").plain


@pytest.fixture
async def chat(page: Page, server: SandboxServer) -> AsyncIterator[Page]:
    """The shared page with the chat open; a message on its console is a failure."""
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await page.goto(server.url)
    await page.wait_for_selector("#people button")
    yield page
    assert errors == []


def dispatcher() -> Dispatcher:
    fresh = Dispatcher()

    @fresh.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer(f"<b>Hello!</b> {message.text} <tg-spoiler>secret</tg-spoiler>", reply_markup=KEYS)

    @fresh.message(F.document)
    async def document(message: Message) -> None:
        assert message.document
        await message.answer_document(message.document.file_id, caption=f"got {message.document.file_name}")

    @fresh.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or message.content_type)

    @fresh.callback_query()
    async def tap(query: CallbackQuery) -> None:
        await query.answer(
            {"toast": "Well done", "alert": "Read this"}.get(query.data or "", ""), query.data == "alert"
        )
        if query.data == "edit" and isinstance(query.message, Message):
            await query.message.edit_text("Edited text")

    return fresh


async def test_start_tap_toast_and_upload(chat: Page, bot: Bot, poll: Poll, client: SandboxClient) -> None:
    await bot.set_my_commands([BotCommand(command="menu", description="The menu")])
    await poll(dispatcher())
    await chat.get_by_role("button", name=t("sandbox.start"), exact=True).click()
    hello = chat.locator(".message", has_text="Hello!")
    await expect(hello).to_be_visible()
    await expect(hello.locator("b")).to_have_text("Hello!")

    await chat.get_by_role("button", name="Toast").click()
    await expect(chat.locator(".toast")).to_have_text("Well done")
    await chat.get_by_role("button", name="Alert").click()
    await expect(chat.locator("#alert-text")).to_have_text("Read this")
    await chat.locator("#alert-ok").click()

    await chat.get_by_role("button", name="Link").click()
    await expect(chat.locator(".message.own", has_text="/start ev_42")).to_be_visible()
    await expect(chat.locator(".message", has_text="/start ev_42 secret")).to_be_visible()

    await chat.set_input_files("#files", files=[{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}])
    await chat.get_by_role("textbox", name=t("sandbox.write")).fill("here it is")
    await chat.keyboard.press("Enter")
    await expect(chat.locator(".message", has_text="got plan.pdf").locator("a.file")).to_be_visible()
    async with chat.expect_download() as download:
        await chat.locator("a.file").last.click()
    assert (await (await download.value).path()).read_bytes() == b"%PDF"

    await chat.get_by_role("button", name="Edit").first.click()
    await expect(chat.locator(".message.edited")).to_contain_text("Edited text")

    await chat.locator("#menu").click()
    await chat.get_by_role("button", name="/menu").click()
    await expect(chat.locator(".message:not(.own)", has_text="/menu")).to_be_visible()


async def test_text_is_never_markup_and_unread_is_counted(chat: Page, client: SandboxClient, poll: Poll) -> None:
    await poll(dispatcher())
    await chat.locator("#text").fill("<img src=x onerror=alert(1)> & <b>no</b>")
    await chat.locator("#send").click()
    await expect(chat.locator(".message.own .text")).to_have_text("<img src=x onerror=alert(1)> & <b>no</b>")
    boris = await client.person(1002)
    await (await boris.send("hi")).settle()
    await expect(chat.locator(".badge")).to_have_text("1")
    await chat.get_by_role("button", name="Boris Mentor").click()
    await expect(chat.locator(".badge")).to_have_count(0)
    await expect(chat.locator(".message:not(.own)")).to_have_text(
        ["hi" + await chat.locator(".stamp").last.inner_text()]
    )


async def test_block_and_phone_width(chat: Page, client: SandboxClient, bot: Bot) -> None:
    await chat.locator("#more").click()
    await chat.locator("#block").click()
    await expect(chat.locator("#status")).to_have_text(t("sandbox.blocked"))
    await chat.get_by_role("button", name=t("sandbox.unblock")).first.click()
    await expect(chat.locator("#status")).not_to_have_text(t("sandbox.blocked"))
    await chat.set_viewport_size({"width": 390, "height": 800})
    await expect(chat.locator(".people")).to_be_visible()
    await expect(chat.locator(".chat")).to_be_hidden()
    await chat.get_by_role("button", name="Vera").click()
    await expect(chat.locator(".people")).to_be_hidden()
    await expect(chat.locator("#text")).to_be_visible()
    assert await chat.evaluate("document.documentElement.scrollWidth") <= 390
    await chat.locator("#back").click()
    await expect(chat.locator(".people")).to_be_visible()


async def test_the_page_notices_when_the_bot_connects(chat: Page, bot: Bot) -> None:
    await expect(chat.locator("#status")).to_have_text(t("sandbox.no_bot"))
    await bot.set_my_description("I help")
    await expect(chat.locator("#status")).to_have_text(t("sandbox.as", name="Anna Teacher"))
    await expect(chat.locator("#empty-text")).to_have_text("I help")
