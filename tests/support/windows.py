"""What people have before them: the chat page of the sandbox and the panel, each in a real browser."""

import asyncio
import io
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Download, FilePayload, Locator, Page, expect

from bot.sandbox.client import Message, SandboxClient, SandboxPerson
from db.clock import Clock
from db.database import Database
from db.demo.fill import DEMO_PASSWORD
from tests.support import browser as chromium
from tests.support.browser import PATIENCE
from tests.support.stage import Stage
from tests.support.town import add_teacher

DEED = re.compile(r"/sandbox/people/\d+/(tap|send|files)$")
MIME = {"pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
expect.set_options(timeout=PATIENCE * 1000)


class Chat:
    """One person at the chat page. Presses buttons by their texts, types, attaches; counts taps and words typed."""

    def __init__(self, page: Page, person: SandboxPerson) -> None:
        self.page = page
        self.person = person
        self.taps = 0
        self.typed = 0

    async def start(self) -> str:
        """The big Start button of an empty chat."""
        async with self._done():
            await self.page.locator("#start").click()
        self.taps += 1
        return await self.settled()

    async def say(self, text: str) -> str:
        """Types and sends; returns what the bot shows then."""
        await self.page.locator("#text").fill(text)
        async with self._done():
            await self.page.locator("#text").press("Enter")
        if not text.startswith("/"):
            self.typed += 1
        return await self.settled()

    async def press(self, text: str, *, exact: bool = False) -> str:
        """Presses the newest button with this text (or a part of it); returns what the bot shows then."""
        await self.tap(text, exact=exact)
        return await self.settled()

    async def tap(self, text: str, *, exact: bool = False) -> None:
        """Presses, and does not wait for the bot."""
        async with self._done():
            await self.key(text, exact=exact).click()
        self.taps += 1

    def key(self, text: str, *, exact: bool = False) -> Locator:
        """The newest inline button with this text."""
        pattern = re.compile(f"^{re.escape(text)}$") if exact else text
        return self.page.locator(".message .key", has_text=pattern).last

    async def attach(self, *files: tuple[str, bytes], words: str = "") -> str:
        """Attaches files and sends them at once, as an album when there are several."""
        chosen: list[FilePayload] = [
            {"name": name, "mimeType": MIME.get(name.rsplit(".", 1)[-1], "application/octet-stream"), "buffer": data}
            for name, data in files
        ]
        await self.page.set_input_files("#files", files=chosen)
        await expect(self.page.locator("#attached li")).to_have_count(len(files))
        if words:
            await self.page.locator("#text").fill(words)
        async with self._done():
            await self.page.locator("#send").click()
        await expect(self.page.locator("#attached")).to_be_hidden()
        return await self.settled()

    async def open_link(self, payload: str) -> str:
        """Opens the bot by a link with this payload, as the page's own deep-link field does."""
        await self.page.locator("#more").click()
        await self.page.locator("#payload").fill(payload)
        async with self._done():
            await self.page.locator("#deep-link button[type=submit]").click()
        return await self.settled()

    async def settled(self) -> str:
        """Waits until the bot has reacted and the page shows it; the newest message's text as the page has it."""
        await self.person.settle(PATIENCE)
        deadline = time.monotonic() + PATIENCE
        while True:  # of several things said at once each changes the message once more
            try:
                return await self.shown(await self.person.last())
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    async def shown(self, message: Message) -> str:
        """Waits until the page shows this message as the stand-in has it; its text on the page."""
        item = self.page.locator(f'.message[data-id="{message.id}"]')
        await expect(item.locator(".inline-keys .key")).to_have_text(message.buttons, timeout=1000 * PATIENCE / 8)
        if message.text:
            first = next(line for line in message.text.splitlines() if line.strip())
            await expect(item.locator(".text")).to_contain_text(first.strip(), timeout=1000 * PATIENCE / 8)
            return await item.locator(".text").inner_text()
        return ""

    async def receives(self, text: str, within: float = PATIENCE) -> str:
        """Waits for a message with this text to appear on the page; the whole text."""
        item = self.page.locator(".message:not(.own)", has_text=text).last
        await expect(item).to_be_visible(timeout=within * 1000)
        return await item.locator(".text").inner_text()

    async def texts(self) -> list[str]:
        """All that the bot has said and the page shows, oldest first."""
        return await self.page.locator(".message:not(.own) .text").all_inner_texts()

    async def buttons(self) -> list[str]:
        """The inline buttons of the newest message that has any."""
        return await self.page.locator(".message.with-keys").last.locator(".key").all_inner_texts()

    async def toast(self) -> str:
        """The newest word over the screen, an alert being closed after reading."""
        alert = self.page.locator("#alert")
        either = self.page.locator("#alert[open] #alert-text, .toast").last
        await expect(either).to_be_visible()
        text = await either.inner_text()
        if await alert.is_visible():
            await self.page.locator("#alert-ok").click()
        return text

    @asynccontextmanager
    async def _done(self) -> AsyncIterator[None]:
        """Until the stand-in has what was done: only then can one wait for the bot's reaction to it."""
        async with self.page.expect_response(DEED) as answer:
            yield
        assert (await answer.value).ok, await (await answer.value).text()

    async def download(self, name: str) -> bytes:
        """Clicks the newest file whose name has `name`; its bytes."""
        async with self.page.expect_download() as waiting:
            await self.page.locator("a.file", has_text=name).last.click()
        return await saved(await waiting.value)


async def saved(download: Download) -> bytes:
    """The bytes of what the browser has downloaded."""
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


@asynccontextmanager
async def window(browser: Browser) -> AsyncIterator[Page]:
    """A window of somebody's own. Fails when a page asks another machine, a script throws or a file is missing."""
    context = await browser.new_context(**chromium.CONTEXT, accept_downloads=True)
    problems: list[str] = []
    context.on("weberror", lambda error: problems.append(f"a script failed: {error.error}"))
    context.on(
        "request",
        lambda request: None if chromium.is_local(request.url) else problems.append(f"asked for {request.url}"),
    )
    context.on(
        "response",
        lambda answer: problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    try:
        yield page
    finally:
        await context.close()
    assert not problems, problems


@asynccontextmanager
async def chat_of(browser: Browser, stage: Stage, person_id: int) -> AsyncIterator[Chat]:
    """The chat page with this person chosen."""
    async with SandboxClient(stage.sandbox_url) as client, window(browser) as page:
        await page.goto(f"{stage.sandbox_url}/#{person_id}")
        await expect(page.locator("#people button").first).to_be_visible()
        await expect(page.locator('#people [aria-current="true"]')).to_be_visible()
        yield Chat(page, SandboxPerson(client, person_id))


@asynccontextmanager
async def panel_of(
    browser: Browser, stage: Stage, login: str = "region", password: str = DEMO_PASSWORD
) -> AsyncIterator[Page]:
    """The panel, signed in by the form."""
    async with window(browser) as page:
        await page.goto(f"{stage.panel_url}/login")
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[name=password]").fill(password)
        await page.locator("form button[type=submit]").first.click()
        await expect(page).to_have_url(f"{stage.panel_url}/")
        yield page


async def settle_in(stage: Stage, person_id: int, name: str, **fields: Any) -> None:
    """A teacher with consent and a profile who has pressed Start; `municipality` (code) and `roles` as asked."""
    async with SandboxClient(stage.sandbox_url) as client:
        about = {"id": person_id, "first_name": name.split()[1], "last_name": name.split()[0], "started": True}
        await client.request("POST", "people", json=about)
    database = Database.connect(stage.environment["DATABASE_URL"])
    try:
        database.write(add_teacher, external_id=person_id, name=name, now=Clock().now(), **fields)
    finally:
        database.close()


def digits(text: str) -> str:
    """A text without the spaces inside numbers, whatever kind of space they are."""
    return re.sub(r"(?<=\d)[\u00a0\u202f](?=\d{3})", "", text)


def pdf(lines: Sequence[str]) -> bytes:
    """A real one-page PDF with these lines, as a teacher would scan it."""
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * number, line)
    canvas.save()
    return buffer.getvalue()
