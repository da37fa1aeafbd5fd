"""The bot as a process that may be killed, beside a Bot API stand-in and people in the test's own process.

The process runs what `python -m bot` runs, forked from a server that has imported it all: a start takes a fraction of a
second, and hundreds of kills are no matter of an hour.
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer
from db.database import Database
from db.inbox.models import IncomingUpdate, UpdateStatus
from tests.support.processes import CONTEXT
from tests.support.town import add_teacher

FIRST = 10_001
NEWEST = 2_000_000_000
"""A message that came after every other."""
NAME = "Тестова"
SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq"
STARTS_WITHIN = 180.0
Change = Callable[[Any], None]


def _live(values: dict[str, Any], log: str, change: Change | None) -> None:
    import uvloop

    import bot.__main__ as program
    from bot.settings import BotSettings
    from db.logs import configure_logging

    with open(log, "ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    configure_logging("INFO", "console")
    if change is not None:
        change(program)
    uvloop.install()
    asyncio.run(program.run(BotSettings(_env_file=None, **values)))
    sys.exit(0)


class Stand:
    """Sandbox, teachers and one bot process at one database. Teachers have the messenger's ids from FIRST on."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.log = folder / "bot.log"
        self.server = SandboxServer([])
        self.database = Database.connect(url)
        self.client: SandboxClient
        self.process: BaseProcess | None = None

    async def people(self, count: int) -> list[int]:
        """So many teachers; answers their rows' ids."""
        for number in range(FIRST, FIRST + count):
            self.server.world.add_person({"id": number, "first_name": "Имя", "started": True})

        def add(session: Any) -> list[int]:
            now = datetime.now(UTC)
            numbers = range(FIRST, FIRST + count)
            return [add_teacher(session, external_id=one, name=f"{NAME} {one}", now=now) for one in numbers]

        return self.database.write(add)

    async def taps(self, taps: Sequence[tuple[int, str]]) -> None:
        """Taps of people on buttons of messages that none followed."""
        deeds = [{"person": person, "data": data, "message_id": NEWEST, "forged": True} for person, data in taps]
        await self.client.bulk(deeds)

    async def start(self, change: Change | None = None) -> None:
        """Another life of the bot, until it is heard; `change` gets its program before it runs, to break something."""
        before = self._starts()
        values = {
            "bot_token": f"1000000:{SECRET}",
            "telegram_api_url": self.server.url,
            "database_url": self.url,
            "data_dir": self.folder,
        }
        self.process = CONTEXT.Process(target=_live, args=(values, str(self.log), change), daemon=True)
        self.process.start()
        # What the stand-in hears may come from the life before.
        await self.until(lambda: self._starts() > before or not self._alive(), STARTS_WITHIN)
        assert self._alive(), self.tail()

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.join()
        self.process = None

    async def stop(self) -> float:
        """SIGTERM: it ends by itself and well; answers how many seconds it took."""
        assert self.process is not None and self.process.pid is not None
        begun = time.monotonic()
        os.kill(self.process.pid, signal.SIGTERM)
        await self.until(lambda: not self._alive(), STARTS_WITHIN)
        assert self.process.exitcode == 0, self.tail()
        self.process = None
        return time.monotonic() - begun

    def left(self) -> int:
        """Updates that are not handled yet: at the messenger's, or received only."""
        return self.waiting() + self.count(IncomingUpdate.status == UpdateStatus.RECEIVED)

    def waiting(self) -> int:
        """Updates that the bot has not acknowledged."""
        return sum(len(bot.updates) for bot in self.server.world.bots.values())

    def count(self, *conditions: Any) -> int:
        """Rows that fit."""
        return self.database.read(lambda session: session.scalar(select(func.count()).where(*conditions)) or 0)

    def sound(self) -> bool:
        """Whether the database file is whole; a server looks after its own."""
        if self.database.engine.dialect.name != "sqlite":
            return True
        return bool(self.database.read(lambda session: session.scalar(text("PRAGMA integrity_check"))) == "ok")

    def tail(self, lines: int = 30) -> str:
        """The end of what the bot said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    async def until(self, condition: Callable[[], bool], within: float, every: float = 0.02) -> None:
        """Waits for a condition; the failure shows the bot's log."""
        deadline = time.monotonic() + within
        while not condition():
            assert time.monotonic() < deadline, f"not in {within} s\n{self.tail()}"
            await asyncio.sleep(every)

    def _starts(self) -> int:
        return self.log.read_bytes().count(b"bot_started") if self.log.exists() else 0

    def _alive(self) -> bool:
        return self.process is not None and self.process.is_alive()


@contextlib.asynccontextmanager
async def stand(url: str, folder: Path) -> AsyncIterator[Stand]:
    """A stand, cleared away at the end."""
    opened = Stand(url, folder)
    await opened.server.start()
    opened.client = SandboxClient(opened.server.url)
    try:
        yield opened
    finally:
        if opened.process is not None:
            await opened.kill()
        await opened.client.close()
        await opened.server.stop()
        opened.database.close()
    said = opened.log.read_text(errors="replace") if opened.log.exists() else ""
    for secret in (SECRET, NAME):
        assert secret not in said, f"the log of a real bot tells {secret}"
