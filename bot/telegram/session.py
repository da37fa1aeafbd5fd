"""How the bot speaks HTTP with a Bot API server: aiogram's session, and a short way for what every tap needs."""

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from http import HTTPStatus
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNetworkError
from aiogram.methods import SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import ClientConnectionError, ClientError, ClientTimeout
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError

from bot.monitoring import metrics
from bot.settings import BotSettings

JSON = {"Content-Type": "application/json"}
# What aiogram leaves as it is. Through a proxy even TLS fails with plain OSErrors, and one that hangs up with EOFError.
NO_LINE = (OSError, EOFError, ProxyConnectionError, ProxyError, ProxyTimeoutError)
NO_ANSWER = (*NO_LINE, ClientError, ClientDecodeError, UnicodeDecodeError, json.JSONDecodeError)


class BotSession(AiohttpSession):
    """Sends and takes JSON as it goes over the wire, beside what aiogram's session does.

    `messages` counts what was said to people, sent or edited.
    """

    messages = 0

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  as its base has it
    ) -> TelegramType:
        """One call, counted when it says something."""
        with self._counting(type(method)):
            return await super().make_request(bot, method, timeout)

    async def call(
        self, bot: Bot, method: type[TelegramMethod[Any]], payload: dict[str, Any], *, wait: float = 0.0
    ) -> Any:
        """Calls a method with its parameters as they are and answers its result unparsed.

        It has the session's time and `wait` seconds more. Building, checking and taking apart models costs more than
        all else of a tap.

        Raises what aiogram raises for a refusal or a lost connection.
        """
        with self._counting(method):
            status, content = await self._post(bot, method, payload, wait)
            if status == HTTPStatus.OK and isinstance(told := json.loads(content), dict) and told.get("ok"):
                with suppress(KeyError):
                    return told["result"]
            return self.check_response(bot, method.model_construct(**payload), status, content).result

    async def _post(
        self, bot: Bot, method: type[TelegramMethod[Any]], payload: dict[str, Any], wait: float
    ) -> tuple[int, str]:
        http = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        timeout = ClientTimeout(float(self.timeout) + wait)
        async with http.post(url, data=body, headers=JSON, timeout=timeout) as answer:
            return answer.status, await answer.text()

    async def stream_content(self, *args: Any, **kwargs: Any) -> AsyncGenerator[bytes, None]:
        """A file, in pieces. Whatever is wrong with the line is a ClientError, without the proxy's address."""
        try:
            async with aclosing(super().stream_content(*args, **kwargs)) as pieces:
                async for piece in pieces:
                    yield piece
        except NO_LINE as error:
            raise ClientConnectionError(type(error).__name__) from None

    @contextmanager
    def _counting(self, method: type[TelegramMethod[Any]]) -> Iterator[None]:
        if method.__name__.startswith(("Send", "Edit")) and method is not SendChatAction:
            self.messages += 1
        try:
            yield
        except TelegramAPIError as error:
            metrics.call_failed(error)
            raise
        except NO_ANSWER as error:
            failure = _failure(error)(method.model_construct(), type(error).__name__)
            metrics.call_failed(failure)
            # Neither chained nor quoted: its text holds what was answered, or the proxy's address.
            raise failure from None


def _failure(error: Exception) -> type[TelegramAPIError]:
    """Returns which failure a broken call is: a lost connection, which may be tried again, or another.

    Telegram may have done what was asked though its answer is not understood: what is tried again without end must not
    be done again.
    """
    done = isinstance(error, ClientDecodeError) and isinstance(error.data, dict) and error.data.get("ok")
    return TelegramAPIError if done else TelegramNetworkError


def session_of(bot: Bot) -> BotSession:
    """The bot's session; `make_bot` gives no other."""
    assert isinstance(bot.session, BotSession)  # noqa: S101
    return bot.session


def make_bot(settings: BotSettings) -> Bot:
    """The bot of these settings: its server, its proxy, HTML by default, no link previews."""
    session = BotSession(
        proxy=settings.telegram_proxy,
        api=TelegramAPIServer.from_base(settings.api_url),
        json_loads=json.loads,
        timeout=30,
    )
    return Bot(
        settings.token,
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )
