"""A Bot API stand-in and deliveries that drain one outbox into it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.context import Context
from bot.dispatch import notices as said
from bot.outbox.delivery import Delivery
from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.ui.screens import Screen
from db.clock import FrozenClock
from db.database import Database
from db.notices import services
from db.notices.models import Notice, NoticeStatus
from tests.support import callers
from tests.support.town import add_teacher

NOTE = "tests.note"


class Post:
    """A post office of one messenger.

    People of the chat page, notices for them, and any number of processes that deliver.
    """

    def __init__(
        self,
        database: Database,
        url: str,
        clock: FrozenClock,
        server: SandboxServer,
        messenger: type[BotSettings] = BotSettings,
    ) -> None:
        self.database = database
        self.clock = clock
        self.server = server
        self.client = SandboxClient(server.url)
        self.platform = messenger.platform
        self._messenger = messenger
        self._url = url
        self._opened: list[tuple[Context, Any]] = []
        self._count = 0

    def delivery(self, **options: Any) -> Delivery:
        """One more process; pauses are short unless the test says otherwise."""
        settings = self._messenger(
            _env_file=None, bot_token="42:TEST", telegram_api_url=self.server.url, database_url=self._url
        )
        context, bot = Context.open(settings, self.clock), make_bot(settings)
        self._opened.append((context, bot))
        return Delivery(bot, context, said.rendered, **{"per_second": 1000.0, "chat_pause": 0.0, **options})

    async def chat(self, external_id: int) -> None:
        """A chat in which the bot was started."""
        body = {"id": external_id, "first_name": "Вера", "started": True}
        await self.client.request("POST", "people", json=body)

    async def person(self, external_id: int, **fields: Any) -> int:
        """Somebody who has started the bot; answers the row's id."""
        await self.chat(external_id)
        who = {"external_id": external_id, "name": f"Тестова {external_id}", "platform": self.platform}
        return self.database.write(add_teacher, now=self.clock.now(), **who, **fields)

    def put(self, person_id: int, words: str = "", **fields: Any) -> str:
        """One notice into the outbox; answers its key."""
        self._count += 1
        key = fields.pop("key", f"test:{self._count}")
        params = {"words": words or key}
        self.database.write(
            services.enqueue,
            callers.clock(self.clock.now()),
            key=key,
            person_id=person_id,
            kind=NOTE,
            params=params,
            **fields,
        )
        return key

    def notice(self, key: str) -> Notice:
        """The row as it stands."""
        return self.database.read(lambda session: session.query(Notice).filter_by(key=key).one())

    def left(self) -> int:
        """How many are not sent yet."""
        waiting = select(func.count()).select_from(Notice).where(Notice.status != NoticeStatus.SENT)
        return self.database.read(lambda session: session.scalar(waiting) or 0)

    async def got(self, external_id: int) -> list[str]:
        """The texts that arrived."""
        person = await self.client.person(external_id)
        return [message.text for message in await person.messages() if message.outgoing]

    async def close(self) -> None:
        """Closes every process."""
        await self.client.close()
        for context, bot in self._opened:
            await bot.session.close()
            await context.database.close()


def say(_t: Any, params: dict[str, Any], _zone: Any) -> Screen:
    if params["words"] == "broken":
        raise LookupError("no such word")
    return Screen(params["words"])


@pytest.fixture
async def post(
    database: Database, database_url: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Post]:
    """The post office, on each database in turn."""
    monkeypatch.setitem(said.BY_KIND, NOTE, say)
    async with SandboxServer([]) as server:
        opened = Post(database, database_url, clock, server)
        try:
            yield opened
        finally:
            await opened.close()
