"""Trouble to order: what the stand-in does wrong on purpose, and Telegram's flood limits."""

import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.refusals import Json

KINDS = ("retry_after", "error", "slow", "drop_reply", "drop_request")
_OVERALL = 30
_QUIET = {"getupdates"}


@dataclass(slots=True)
class Fault:
    """One kind of trouble, for how many calls, and for which methods.

    No `methods` means all but getUpdates; `times` 0 means without end; `percent` is drawn from `seed`.
    """

    kind: str
    seconds: float = 1.0
    status: int = 500
    description: str = "Internal Server Error"
    methods: frozenset[str] = frozenset()
    chat_id: int = 0
    times: int = 0
    percent: float = 100.0
    seed: int = 0
    hits: int = 0
    id: int = 0
    dice: random.Random = field(default_factory=random.Random)

    @classmethod
    def from_json(cls, entry: Json) -> "Fault":
        """Read an order. :raises ValueError: for an unknown kind or field."""
        if entry.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        allowed = {"kind", "seconds", "status", "description", "chat_id", "times", "percent", "seed", "methods"}
        if unknown := set(entry) - allowed:
            raise ValueError(f"unknown field: {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {name: value for name, value in entry.items() if value is not None}
        values["methods"] = frozenset(str(name).lower() for name in values.get("methods", ()))
        fault = cls(**values)
        # Benchmarks and tests want the same misfortune every time.
        fault.dice = random.Random(fault.seed)  # noqa: S311
        return fault

    def strikes(self, method: str, chat_id: int) -> bool:
        """Whether this call is hit; counts it when it is."""
        wanted = method in self.methods if self.methods else method not in _QUIET
        if not wanted or (self.chat_id and self.chat_id != chat_id) or (self.times and self.hits >= self.times):
            return False
        if self.percent < 100 and self.dice.random() * 100 >= self.percent:
            return False
        self.hits += 1
        return True

    def as_json(self) -> Json:
        """The order and how often it has struck."""
        return {
            "id": self.id, "kind": self.kind, "seconds": self.seconds, "status": self.status,
            "methods": sorted(self.methods), "chat_id": self.chat_id, "times": self.times, "percent": self.percent,
            "hits": self.hits,
        }  # fmt: skip


class Faults:
    """The orders now in force."""

    def __init__(self) -> None:
        self.orders: list[Fault] = []
        self._number = 0

    def add(self, fault: Fault) -> Fault:
        """Put an order in force."""
        self._number += 1
        fault.id = self._number
        self.orders.append(fault)
        return fault

    def remove(self, number: int | None = None) -> None:
        """Lift one order, or all."""
        self.orders = [fault for fault in self.orders if number is not None and fault.id != number]

    def strike(self, method: str, chat_id: int) -> dict[str, Fault]:
        """What befalls this call, by kind."""
        return {fault.kind: fault for fault in self.orders if fault.strikes(method, chat_id)}


class FloodLimits:
    """30 messages a second overall and one a second in a chat, with a little room for bursts."""

    def __init__(self, burst: int = 3) -> None:
        self.burst = burst
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}

    def wait_for(self, method: str, chat_id: int) -> int:
        """Seconds to wait before this call may be repeated; 0 lets it through."""
        if not method.startswith(("send", "edit", "copy", "forward")) or method == "sendchataction":
            return 0
        now = time.monotonic()
        while self._all and self._all[0] <= now - 1:
            self._all.popleft()
        if len(self._all) >= _OVERALL:
            return 1
        recent = self._chats.setdefault(chat_id, deque(maxlen=self.burst))
        if len(recent) == self.burst and now - recent[0] < self.burst:
            return max(1, round(self.burst - (now - recent[0])))
        recent.append(now)
        self._all.append(now)
        if len(self._chats) > 10_000:
            self._chats.pop(next(iter(self._chats)))
        return 0
