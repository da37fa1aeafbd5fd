"""What the stand-in remembers: people, bots, chats, messages, updates, calls."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.files import FileStore
from bot.sandbox.refusals import CHAT_NOT_FOUND, Json, bad_request, forbidden

# Ids must only grow over restarts: a bot drops update ids that it has seen.
_EPOCH = 1_767_225_600
_IDS_PER_SECOND = 10
_KEPT_MESSAGES = 1_000
_KEPT_TOASTS = 50
_KEPT_QUERIES = 20_000
_KEPT_CALLS = 5_000
_ACTION_LASTS = 5.0
# Telegram leaves these out unless asked for.
_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

Listener = Callable[[str, Json], None]


@dataclass(slots=True)
class Person:
    """Somebody with Telegram on the phone."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "ru"
    about: str = ""
    phone: str = ""
    user: Json = field(default_factory=dict)
    chat: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        names: Json = {"first_name": self.first_name}
        if self.last_name:
            names["last_name"] = self.last_name
        if self.username:
            names["username"] = self.username
        self.phone = self.phone or f"+7351{self.id % 10_000_000:07d}"
        self.user = {"id": self.id, "is_bot": False, **names, "language_code": self.language_code}
        self.chat = {"id": self.id, **names, "type": "private"}

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(slots=True)
class Stored:
    """A message of a chat and what only the stand-in knows of it."""

    data: Json
    outgoing: bool
    editable: bool = True
    deleted: bool = False
    reactions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Stimulus:
    """Something a person did that the bot is expected to react to."""

    update_id: int
    kind: str
    delivered: bool = False
    confirmed: bool = False
    answered: bool = False
    toast: bool = False
    changed: bool = False


@dataclass(slots=True)
class Query:
    """A tap that waits for answerCallbackQuery."""

    chat: "Chat"
    at: float
    stimulus: Stimulus
    message_id: int


class Chat:
    """One person's private chat with one bot."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.started = False
        self.blocked = False
        self.messages: dict[int, Stored] = {}
        self.revision = 0
        self.keyboard: Json | None = None
        self._action = ""
        self._action_at = 0.0
        self.toasts: deque[Json] = deque(maxlen=_KEPT_TOASTS)
        self.open: deque[Stimulus] = deque(maxlen=1_000)
        self.in_flight = 0
        self.active_at = 0.0
        self._waiters: list[asyncio.Future[None]] = []

    @property
    def action(self) -> str:
        """What the bot is seen doing; it fades by itself."""
        return self._action if time.monotonic() - self._action_at < _ACTION_LASTS else ""

    def act(self, action: str) -> None:
        """The bot does this now; an empty string ends it."""
        self._action, self._action_at = action, time.monotonic()
        if action:
            self.wake()

    def touch(self) -> None:
        """Something visible changed: wake who waits for it."""
        self.revision += 1
        self.wake()

    def wake(self) -> None:
        """Let waiters look again without a new revision."""
        self.active_at = time.monotonic()
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Sleep until the next change or for so many seconds."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await asyncio.wait((waiter,), timeout=max(seconds, 0))

    def reacted(self) -> None:
        """The bot changed the chat: the oldest delivered stimulus has its reaction."""
        for stimulus in self.open:
            if stimulus.delivered and not stimulus.changed and stimulus.kind != "silent":
                stimulus.changed = True
                break

    def keep(self, message: Stored) -> None:
        """Add a message; the oldest go beyond the cap."""
        self.messages[message.data["message_id"]] = message
        while len(self.messages) > _KEPT_MESSAGES:
            self.messages.pop(next(iter(self.messages)))


@dataclass(slots=True)
class Webhook:
    """Where updates are posted to."""

    url: str
    secret: str = ""
    max_connections: int = 40
    error: str = ""
    error_at: int = 0


class BotState:
    """One bot, found by the number its token begins with."""

    def __init__(self, bot_id: int, world: "World") -> None:
        self.id = bot_id
        self.world = world
        self.updates: deque[Json] = deque()
        self.again: list[Json] = []
        self.last_update: Json | None = None
        self.stimuli: dict[int, Stimulus] = {}
        self.allowed: list[str] = []
        self.webhook: Webhook | None = None
        self.poll: asyncio.Future[str] | None = None
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        first = int((time.time() - _EPOCH) * _IDS_PER_SECOND)
        self.next_update_id = max(first, 1_000)
        self.next_message_id = max(first, 1_000)

    @property
    def user(self) -> Json:
        """The bot as the author of messages."""
        name = self.profile.get(("name", "")) or self.world.bot_name
        return {"id": self.id, "is_bot": True, "first_name": name, "username": self.world.bot_username}

    def chat(self, person_id: int) -> Chat:
        """The chat with a known person. :raises RefusedError: chat not found."""
        chat = self.chats.get(person_id)
        if chat is None:
            person = self.world.people.get(person_id)
            if person is None:
                raise bad_request(CHAT_NOT_FOUND)
            chat = self.chats[person_id] = Chat(person)
            chat.started = person_id in self.world.started
        return chat

    def writable(self, person_id: int) -> Chat:
        """The chat, when the person lets the bot write. :raises RefusedError: otherwise."""
        chat = self.chat(person_id)
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def message_id(self) -> int:
        """The next message id of this bot's account."""
        self.next_message_id += 1
        return self.next_message_id

    def push(self, kind: str, content: Json, stimulus: Stimulus | None = None) -> Json | None:
        """Queue an update for the bot; None when the bot doesn't want this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT
        if not wanted:
            return None
        self.next_update_id += 1
        update = {"update_id": self.next_update_id, kind: content}
        if stimulus is not None:
            stimulus.update_id = self.next_update_id
            self.stimuli[self.next_update_id] = stimulus
        self.updates.append(update)
        self.last_update = update
        self.world.counts["updates"] += 1
        self.wake()
        return update

    def wake(self) -> None:
        """Tell the long poll or the webhook that there is something to deliver."""
        if self.poll is not None and not self.poll.done():
            self.poll.set_result("")
        self.world.deliver(self)

    def delivered(self, updates: Iterable[Json]) -> None:
        """The bot has these in hand, though it may still ask for them again."""
        for update in updates:
            stimulus = self.stimuli.get(update["update_id"])
            if stimulus is not None:
                stimulus.delivered = True

    def confirm(self, offset: int) -> None:
        """Forget updates below the offset."""
        while self.updates and self.updates[0]["update_id"] < offset:
            update = self.updates.popleft()
            stimulus = self.stimuli.pop(update["update_id"], None)
            if stimulus is not None:
                stimulus.delivered = stimulus.confirmed = True
                self.world.confirmed(update, self)

    def remember(self, query_id: str, query: Query) -> None:
        """Keep a tap until it is answered; the oldest go beyond the cap."""
        self.queries[query_id] = query
        while len(self.queries) > _KEPT_QUERIES:
            self.queries.pop(next(iter(self.queries)))


class World:
    """Everything of one stand-in."""

    def __init__(self, people: Iterable[Json] = (), *, bot_name: str = "Opora", bot_username: str = "opora_bot",
                 query_lifetime: float = 15.0, log_calls: bool = True) -> None:  # fmt: skip
        self.bot_name = bot_name
        self.bot_username = bot_username
        self.query_lifetime = query_lifetime
        self.log_calls = log_calls
        self.clock_offset = 0.0
        self.people: dict[int, Person] = {}
        self.started: set[int] = set()
        self.bots: dict[int, BotState] = {}
        self.files = FileStore()
        self.calls: deque[Json] = deque(maxlen=_KEPT_CALLS)
        self.call_number = 0
        self.counts: dict[str, int] = {"calls": 0, "refused": 0, "updates": 0, "faults": 0}
        self.listeners: list[Listener] = []
        self.deliver: Callable[[BotState], None] = lambda bot: None
        self.changed_started: Callable[[], None] = lambda: None
        for entry in people:
            self.add_person(entry)

    def now(self) -> float:
        """The stand-in's clock, which tests may move."""
        return time.time() + self.clock_offset

    def add_person(self, entry: Json) -> Person:
        """Add or replace somebody; `started` means they pressed Start in an earlier life."""
        known = {name: entry[name] for name in Person.__dataclass_fields__ if entry.get(name) is not None}
        known.pop("user", None)
        known.pop("chat", None)
        person = Person(**{**known, "id": int(entry["id"])})
        self.people[person.id] = person
        if entry.get("started"):
            self.started.add(person.id)
        for bot in self.bots.values():
            if person.id in bot.chats:
                bot.chats[person.id].person = person
                bot.chats[person.id].started |= person.id in self.started
        self.tell("people", {"id": person.id})
        return person

    def remember_start(self, person_id: int) -> None:
        """Remembers that the person has pressed Start: bots may write to them from now on."""
        if person_id not in self.started:
            self.started.add(person_id)
            self.changed_started()

    def bot(self, bot_id: int | None = None) -> BotState:
        """The bot with this id, else the newest; people may write before the first bot has come."""
        if bot_id is None:
            return next(reversed(self.bots.values())) if self.bots else self.bot(0)
        state = self.bots.get(bot_id)
        if state is None:
            early = self.bots.pop(0, None)
            state = early or BotState(bot_id, self)
            state.id = bot_id
            self.bots[bot_id] = state
            self.tell("commands", {})
        return state

    def confirmed(self, update: Json, bot: BotState) -> None:
        """Wake who waits for the bot to have taken this update."""
        for content in update.values():
            if isinstance(content, dict) and "from" in content:
                chat = bot.chats.get(content["from"]["id"])
                if chat is not None:
                    chat.wake()

    def tell(self, kind: str, content: Json) -> None:
        """Pass an event to the open chat pages."""
        for listener in self.listeners:
            listener(kind, content)

    def log(self, call: Json) -> None:
        """Keep a call for the log, when it is on."""
        self.call_number += 1
        call["n"] = self.call_number
        self.calls.append(call)

    def statistics(self) -> Json:
        """Figures for people and benchmarks."""
        figures: dict[str, Any] = dict(self.counts)
        figures["people"] = len(self.people)
        figures["waiting_updates"] = sum(len(bot.updates) for bot in self.bots.values())
        figures["bots"] = [bot.id for bot in self.bots.values() if bot.id]
        return figures
