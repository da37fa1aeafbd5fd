"""Which method is answered by which function."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.calls import Call

Handler = Callable[[Call], Awaitable[Any]]
METHODS: dict[str, tuple[str, Handler]] = {}


def method(name: str) -> Callable[[Handler], Handler]:
    """Register a Bot API method; Telegram ignores the case of names."""

    def register(handler: Handler) -> Handler:
        METHODS[name.lower()] = (name, handler)
        return handler

    return register
