"""Bot and panel need each other for nothing: one dead, the other works fully; afterwards the backlog drains.

The full form is dead for one minute, not ten: neither counts the other's absence, so that ten minutes differ by the
backlog alone, and all of it, five updates a second, is put in at once.
"""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession, CookieJar

from bot.events.callbacks import RegisterTap
from db.clock import Clock
from db.events.models import Registration
from db.scope import StaffRole
from tests.events.support import make_event
from tests.support.bots import FIRST, Stand, stand
from tests.support.figures import Figures
from tests.support.panel import PASSWORD, add_staff
from tests.support.processes import CONTEXT, engine_of, volumes
from tests.support.stage import free_port

PAGES = ("/", "/people/", "/events/", "/notices/", "/health")


def _panel(url: str, folder: str, port: int) -> None:
    os.environ.update(DATABASE_URL=url, DATA_DIR=folder, BOT_TOKEN="1:test", ADMIN_LISTEN=f"127.0.0.1:{port}")
    with open(f"{folder}/panel.log", "ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    from admin.__main__ import main

    sys.exit(main())


@asynccontextmanager
async def panel(place: Stand) -> AsyncIterator[ClientSession]:
    """The panel as a process, and a methodist who is signed in; killed -9 at the end."""
    place.database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=Clock().now())
    port = free_port()
    process = CONTEXT.Process(target=_panel, args=(place.url, str(place.folder), port), daemon=True)
    process.start()
    try:
        async with ClientSession(f"http://127.0.0.1:{port}", cookie_jar=CookieJar(unsafe=True)) as http:
            for _ in range(600):
                try:
                    async with http.get("/health"):
                        break
                except OSError:
                    assert process.is_alive()
                    await asyncio.sleep(0.1)
            async with http.get("/login") as answer:
                token = re.search(r'name="csrf_token" value="([^"]+)"', await answer.text())
            assert token
            form = {"login": "region", "password": PASSWORD, "csrf_token": token[1]}
            async with http.post("/login", data=form, allow_redirects=False) as answer:
                assert answer.status == 302
            yield http
    finally:
        process.kill()
        process.join()


async def browse(http: ClientSession, seconds: float) -> tuple[int, int]:
    """Opens pages for so long; how many, and how many did not open."""
    opened = failed = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        async with http.get(PAGES[opened % len(PAGES)], allow_redirects=False) as answer:
            failed += answer.status != 200
        opened += 1
        await asyncio.sleep(0.1)
    return opened, failed


@volumes(seconds=(1, 600), updates=(30, 3_000))
async def test_one_dead_and_the_other_works(
    database_url: str, tmp_path: Path, figures: Figures, seconds: float, updates: int
) -> None:
    async with stand(database_url, tmp_path) as place:
        people = min(updates // 2, 100)
        await place.people(people)
        now = datetime.now(UTC)
        events = [place.database.write(make_event, now=now, capacity=1) for _ in range(updates // people)]
        taps = [(FIRST + one, RegisterTap(event_id=event).pack()) for event in events for one in range(people)]
        half = len(taps) // 2
        await place.start()
        async with panel(place) as http:
            await place.kill()
            await place.taps(taps[:half])
            opened, failed = await browse(http, seconds)
            assert place.left() == half
            begun = time.monotonic()
            await place.start()
            await place.until(lambda: not place.left(), within=600, every=0.1)
            drained = time.monotonic() - begun
        await place.taps(taps[half:])  # the panel is dead from here on
        await place.until(lambda: not place.left(), within=600, every=0.1)
        handled = place.count(Registration.id > 0)
        await place.stop()
    measured = (
        f"{engine_of(database_url)}: bot dead {seconds} s: {opened} pages of the panel, {failed} failed; {half} "
        f"updates drained in {drained:.0f} s; panel dead: {handled - half} of {len(taps) - half} updates handled"
    )
    held = not failed and handled == len(taps)
    figures.note("Independence", measured, goal="the other works fully; the backlog drains", held=held)
    assert held
