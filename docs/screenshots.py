"""Takes the README's screenshots from a fresh sandbox (`make run` on an empty DATA_DIR, in another terminal).

.venv/bin/python -m docs.screenshots [CHAT_URL PANEL_URL]

A region's page in docs/regions/ has one of the panel, from a sandbox of that pack:
.venv/bin/python -m docs.screenshots --region terek [PANEL_URL]
"""

import asyncio
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bot.sandbox.client import SandboxClient
from db.demo.fill import DEMO_LOGIN, DEMO_PASSWORD
from tests.support.browser import CONTEXT, launch_options

FOLDER = Path(__file__).parent / "screenshots"
TEACHER = 1002
PEOPLE = [1001, 1002, 1003, 1004, 1005, 1006]
PHONE = {"width": 480, "height": 860}
DESK = {"width": 1280, "height": 860}
REGIONS = {
    "chelyabinsk": "/active/",
    "terek": "/reports/monitoring/",
    "timashevsk": "/network/",
    "sverdlovsk": "/groups/",
    "belgorod": "/projects/recommendations",
}
"""The page of the panel that shows most of what a region's document says."""
COLOURS = 64
"""Of a table on a page nobody misses the others, and the file is a third."""


async def chat(browser: Browser, url: str) -> None:
    """A question and a result, as a teacher with a history sees them on a phone."""
    async with SandboxClient(url) as client:
        newcomer = await client.person(1004)
        await (await newcomer.send("/diagnostics")).settle(timeout=20)
        page = await _page(browser, url, PHONE)
        await _open(page, 1004)
        for word in ("Начать", "Пройти", "Продолжить"):
            if any(word in button for button in (await newcomer.last()).buttons):
                await newcomer.tap(word)
                await newcomer.settle(timeout=20)
                break
        await page.wait_for_timeout(1500)
        await page.screenshot(path=FOLDER / "question.png")
        teacher = await client.person(TEACHER)
        await (await teacher.send("/diagnostics")).settle(timeout=20)
        await teacher.tap("Ещё…")
        await teacher.settle(timeout=20)
        await teacher.tap("артин")
        await teacher.wait_for(lambda message: message.photo is not None, timeout=30)
        page = await _page(browser, url, {**PHONE, "height": 1160})
        await _open(page, TEACHER)
        await page.wait_for_timeout(2500)
        # The caption is long, and the chat stands at its end: the radar's upper half was out of sight.
        await page.locator(".has-photo").last.evaluate("bubble => bubble.scrollIntoView({block: 'start'})")
        await page.wait_for_timeout(300)
        await page.screenshot(path=FOLDER / "result.png")


async def panel(browser: Browser, url: str) -> None:
    """The oldest application and the funnel, as a methodist sees them."""
    page = await _signed_in(browser, url)
    await page.screenshot(path=FOLDER / "today.png")
    await page.goto(f"{url}/applications/")
    await page.locator("tbody a").first.click()
    await page.wait_for_timeout(800)
    await page.screenshot(path=FOLDER / "application.png")
    await page.goto(f"{url}/reports/selection")
    await page.wait_for_timeout(800)
    await page.screenshot(path=FOLDER / "funnel.png")


async def region(browser: Browser, url: str, name: str) -> None:
    """What a region's document is about, as its methodist sees it."""
    page = await _signed_in(browser, url)
    await page.goto(f"{url}{REGIONS[name]}")
    await page.wait_for_timeout(800)
    path = FOLDER / "regions" / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    await page.screenshot(path=path)
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(COLOURS)
    small.save(path, optimize=True)


async def _signed_in(browser: Browser, url: str) -> Page:
    page = await _page(browser, url, DESK)
    await page.goto(f"{url}/login")
    await page.fill("input[name=login]", DEMO_LOGIN)
    await page.fill("input[name=password]", DEMO_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{url}/")
    return page


async def _page(browser: Browser, url: str, size: dict[str, int]) -> Page:
    context = await browser.new_context(**{**CONTEXT, "viewport": size})
    page = await context.new_page()
    await page.goto(url)
    return page


async def _open(page: Page, person: int) -> None:
    """The people are listed in the order of the pack; the number in the list tells them apart."""
    await page.locator("#people button").nth(PEOPLE.index(person)).click()
    await page.wait_for_timeout(800)


async def main(chat_url: str, panel_url: str, name: str = "") -> None:
    """The README's, or a region's."""
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        if name:
            await region(browser, panel_url, name)
        else:
            await panel(browser, panel_url)
            await chat(browser, chat_url)
        await browser.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--region"]:
        asyncio.run(main("", *(sys.argv[3:4] or ["http://127.0.0.1:8080"]), sys.argv[2]))
    else:
        asyncio.run(main(*(sys.argv[1:3] or ["http://127.0.0.1:8081", "http://127.0.0.1:8080"])))
