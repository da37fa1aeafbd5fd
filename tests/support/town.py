"""A whole town in one process: the Bot API stand-in, its people, and the unchanged bot talking to it over HTTP."""

import asyncio
import gc
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session

from bot.context import Context
from bot.dispatch.dispatcher import create_dispatcher
from bot.dispatch.notices import RECEIPTS, rendered
from bot.outbox.delivery import Delivery
from bot.sandbox.client import SandboxClient, SandboxPerson
from bot.sandbox.server import SandboxServer
from bot.scheduler import sweep_all
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates.lanes import OwnLanes
from bot.updates.receiver import Receiver
from db.active.models import Membership
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.notices.models import Notice, NoticeStatus
from db.packs import load_pack
from db.people.models import Consent, MessengerAccount, Person, Role, RoleGrant
from db.people.queries import current_consent_texts
from tests.support.lives import Life

P = ParamSpec("P")
R = TypeVar("R")
MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # 11:00 in Chelyabinsk, a working day
MUNICIPALITY = "chelyabinsky-go"


class Bot:
    """One running bot process's worth of tasks; `kill` drops them in the middle of anything."""

    def __init__(self, settings: BotSettings, clock: FrozenClock) -> None:
        self.context = Context.open(settings, clock)
        self.bot = make_bot(settings)
        self.dispatcher = create_dispatcher(self.context)
        self.receiver = Receiver(self.bot, self.dispatcher, self.context)
        self.delivery = Delivery(self.bot, self.context, rendered, receipts=RECEIPTS)
        self._stop = asyncio.Event()
        self._life = Life()
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """As `python -m bot` does, without the scheduler's clock: tests sweep by hand."""
        with self._life:
            await self.receiver.recover()
            self._tasks = [
                asyncio.create_task(self.receiver.poll(self._stop)),
                asyncio.create_task(self.delivery.run(self._stop)),
            ]

    async def stop(self) -> None:
        """A clean stop."""
        self._stop.set()
        try:
            results = await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.receiver.finish()
        finally:
            await self._close()
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def kill(self) -> None:
        """Drops everything in hand, as a kill would: nothing of it is finished.

        What was handled before is marked; that a kill in the very next moment has it handled again is a matter of
        tests/trust/test_updates.py.
        """
        assert isinstance(self.receiver.lanes, OwnLanes)
        await self.receiver.lanes.flush()
        await self._life.end()
        with warnings.catch_warnings():
            # A killed process gives no connection back: one that a read had in hand is collected here and now, and not
            # amid somebody else's test.
            warnings.filterwarnings("ignore", "The garbage collector is trying to clean up", SAWarning)
            gc.collect()
        await self._close()

    async def _close(self) -> None:
        await self.bot.session.close()
        await self.context.close()


class Townsman(SandboxPerson):
    """Somebody whose every deed is handled to its end before the test looks: a reply may have a second part."""

    def __init__(self, client: SandboxClient, person_id: int, bot: Callable[[], Bot]) -> None:
        super().__init__(client, person_id)
        self._bot = bot

    async def settle(self, *args: Any, **kwargs: Any) -> SandboxPerson:
        await super().settle(*args, **kwargs)
        if running := set(self._bot().receiver.handling.walks):
            await asyncio.wait(running, timeout=30)
        context = self._bot().context
        for _ in range(3000):
            if not await context.database.read(owes, context.clock.now()):
                break
            await asyncio.sleep(0.01)
        return self


def owes(session: Session, now: datetime) -> bool:
    """Whether a receipt is still to be sent; one that Telegram has refused waits for its time."""
    due = Notice.kind.in_(RECEIPTS), Notice.status == NoticeStatus.PENDING, Notice.due_at <= now
    waiting = select(Notice.id).where(*due)
    return session.scalar(waiting.limit(1)) is not None


class Townsfolk(SandboxClient):
    """The stand-in's client of a town."""

    def __init__(self, url: str, bot: Callable[[], Bot]) -> None:
        super().__init__(url)
        self._bot = bot

    async def person(self, person_id: int, **fields: Any) -> Townsman:
        await super().person(person_id, **fields)
        return Townsman(self, person_id, self._bot)


@cache
def people_of(region: str) -> list[dict[str, Any]]:
    """The people of a region's sandbox; reading them takes a third of what a town costs."""
    return load_pack(region).sandbox_people


class Town:
    """The stand-in, the bot and the database, on a clock that stands still."""

    def __init__(self, url: str, clock: FrozenClock, **settings: Any) -> None:
        self.url = url
        self.clock = clock
        self.server = SandboxServer(people_of(settings.get("region_pack", "chelyabinsk")))
        self.database = Database.connect(url)
        self._settings = settings
        self.client: Townsfolk
        self.bot: Bot

    async def open(self) -> "Town":
        """Starts the stand-in and the bot on a database with the pack loaded."""
        await self.server.start()
        self.client = Townsfolk(self.server.url, lambda: self.bot)
        await self.start_bot()
        return self

    async def close(self) -> None:
        """Stops everything."""
        try:
            await self.bot.stop()
        finally:
            await self.client.close()
            await self.server.stop()
            self.database.close()

    async def start_bot(self) -> None:
        """Another process of the bot."""
        settings = BotSettings(
            _env_file=None,
            bot_token="1000000:test",
            telegram_api_url=self.server.url,
            database_url=self.url,
            **self._settings,
        )
        self.bot = Bot(settings, self.clock)
        await self.bot.start()

    async def kill_bot(self) -> None:
        """kill -9 and a fresh start."""
        await self.bot.kill()
        await self.start_bot()

    async def person(self, person_id: int) -> SandboxPerson:
        """Somebody of the chat page, a stranger to the bot."""
        return await self.client.person(person_id)

    async def teacher(self, person_id: int = 2001, name: str = "Тестова Вера Ивановна", **fields: Any) -> SandboxPerson:
        """Somebody who has pressed Start, consented and saved a profile; `roles` and `municipality` (code) as asked."""
        person = await self.client.person(person_id)
        await self.client.request("POST", "people", json={"id": person_id, "first_name": "Вера", "started": True})
        self.database.write(add_teacher, external_id=person_id, name=name, now=self.clock.now(), **fields)
        return person

    async def sweep(self) -> None:
        """What the scheduler does when its minute comes; then delivers."""
        await sweep_all(self.bot.context)
        await self.delivered()

    async def delivered(self) -> None:
        """Waits until every notice that is due has gone out, or is put off."""

        def done() -> bool:
            due = Notice.status == NoticeStatus.PENDING, Notice.due_at <= self.clock.now()
            return self.read(lambda session: session.scalar(select(Notice.id).where(*due).limit(1))) is None

        self.bot.delivery.wake()
        await until(done)

    def move(self, **delta: float) -> datetime:
        """Moves the clock on."""
        self.clock.moment += timedelta(**delta)
        return self.clock.moment

    def read(self, query: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A query for assertions."""
        return self.database.read(query, *args, **kwargs)

    def write(self, use_case: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """A use case, as the panel in another process would run it."""
        return self.database.write(use_case, *args, **kwargs)


def add_teacher(
    session: Session,
    *,
    external_id: int,
    name: str,
    now: datetime,
    municipality: str = MUNICIPALITY,
    roles: list[Role] | None = None,
    locale: str = "ru",
    platform: str = "telegram",
) -> int:
    """A person with consent, a full profile and one messenger; returns the id."""
    town = session.scalars(select(Municipality).where(Municipality.code == municipality)).one()

    def term(kind: TermKind) -> int:
        return session.scalars(select(Term.id).where(Term.kind == kind).order_by(Term.position)).first() or 0

    person = Person(
        full_name=name,
        municipality_id=town.id,
        organisation_id=session.scalars(select(Organisation.id).where(Organisation.municipality_id == town.id)).first(),
        position_id=term(TermKind.POSITION),
        subject_id=term(TermKind.SUBJECT),
        qualification_id=term(TermKind.QUALIFICATION),
        experience_years=10,
        profile_saved_at=now,
        created_at=now,
    )
    session.add(person)
    session.flush()
    account = {"platform": platform, "external_id": external_id, "locale": locale}
    session.add(MessengerAccount(person_id=person.id, **account))
    for text in current_consent_texts(session):
        session.add(Consent(person_id=person.id, consent_text_id=text.id, given_at=now))
    for role in roles or []:
        order = "1" if role is Role.ACTIVE_MEMBER else None
        session.add(RoleGrant(person_id=person.id, role=role, granted_at=now, order_number=order))
        if order is not None:
            session.add(Membership(person_id=person.id, order_number=order, since=now))
    return person.id


def person_of(session: Session, *, external_id: int, platform: str = "telegram") -> int:
    """The id of whoever is at this number."""
    there = MessengerAccount.platform == platform, MessengerAccount.external_id == external_id
    return session.scalars(select(MessengerAccount.person_id).where(*there)).one()


def quarantined(session: Session) -> list[str | None]:
    """Errors of updates that were set aside."""
    query = select(IncomingUpdate.error).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
    return list(session.scalars(query))


def on_paper_only(session: Session, *, person_id: int) -> None:
    """The person is in no messenger any more."""
    session.execute(delete(MessengerAccount).where(MessengerAccount.person_id == person_id))


def block(session: Session, *, person_id: int, at: datetime | None) -> None:
    """The person has the bot blocked since then, wherever they are."""
    mine = update(MessengerAccount).where(MessengerAccount.person_id == person_id)
    session.execute(mine.values(blocked_at=at))


async def until(condition: Callable[[], bool], within: float = 90) -> None:
    """Waits for a condition that another task or process brings about; fails when it does not come."""
    deadline = asyncio.get_running_loop().time() + within
    while not condition():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError("the condition did not come true in time")
        await asyncio.sleep(0.01)
