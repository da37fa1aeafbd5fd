"""One update's visit: who came, in which language, and the ways to answer. The only place that sends screens."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar, overload

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramMigrateToChat,
    TelegramNotFound,
)
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    TelegramMethod,
)
from aiogram.types import CallbackQuery, InaccessibleMessage, Message
from sqlalchemy.orm import Session

from bot.context import Context
from bot.dialogs.storage import DialogsLostError
from bot.telegram.session import session_of
from bot.ui.filters import is_command
from bot.ui.links import Links
from bot.ui.receipts import Attachment, send_receipt
from bot.ui.screens import Screen, as_receipt, menu_row, paragraphs
from db.caller import Caller, PersonCaller, asks_who
from db.errors import DomainError, StaleError
from db.people.queries import Visitor
from locales import Texts

P = ParamSpec("P")
R = TypeVar("R")
TEXT_LIMIT = 2000
QUOTED = 60
TOAST = 200
"""The longest word over the screen, in the messenger's units: those of UTF-16."""
LIVE = "live"
"""What a dialog's data call the number of the message whose buttons count."""
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Visit:
    """What a handler works with. `now` is the update's moment; `visitor` is empty before consent."""

    bot: Bot
    context: Context
    links: Links
    t: Texts
    now: datetime
    chat_id: int
    user_id: int
    event: Message | CallbackQuery
    dialog: FSMContext
    visitor: Visitor | None
    forget: Callable[[], None]
    answered: bool = False
    below: bool = False
    """The message that was tapped stays as it is: screens come below, and stay as well when one leaves for the menu."""
    above: str = ""
    """A word that the next screen begins with."""
    instead: Callable[["Visit"], Awaitable[None]] | None = None
    """What a «no» of the domain leads to from here on, whatever the handler's flag says."""
    missing: str = "errors.not_found"
    """The text that says that something is not there."""
    over: int | None = None
    """The answer to the first part of a text that the messenger cut: the answer to the whole takes its place."""
    sent: int | None = None
    """The message that was sent last."""
    fresh: bool = False
    """Whether the tapped screen is known to be the live one."""
    shown: bool = False
    """Whether a screen was shown in place of the one before."""
    asked: bool = False
    """Whether it was said what the next text answers, be it nothing."""

    @property
    def person(self) -> Visitor:
        """Whoever came, known and consented. Raises DomainError `consent_needed` for a stranger."""
        if self.visitor is None:
            raise DomainError("consent_needed")
        return self.visitor

    @property
    def caller(self) -> PersonCaller:
        """Whoever came, as use cases know them. Raises DomainError `consent_needed` for a stranger."""
        return PersonCaller(self.now, self.context.zone, self.person.person_id)

    @property
    def stranger(self) -> Caller:
        """Whoever came, before anything is known of them: for the consent and what comes before it."""
        return Caller(self.now, self.context.zone)

    @overload
    async def write(
        self, use_case: Callable[Concatenate[Session, PersonCaller, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    @overload
    async def write(
        self, use_case: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    async def write(self, use_case: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        """Runs one use case, committed, with a caller that can be neither forgotten nor forged.

        No button of a screen that another one followed gets here. Raises StaleError.
        """
        await self.check_live()
        result = await self.context.database.write(use_case, *self._asking(use_case), *args, **kwargs)
        self.context.notices_may_wait.set()
        return result

    @overload
    async def read(
        self, query: Callable[Concatenate[Session, PersonCaller, P], R], /, *args: P.args, **kwargs: P.kwargs
    ) -> R: ...
    @overload
    async def read(self, query: Callable[Concatenate[Session, P], R], /, *args: P.args, **kwargs: P.kwargs) -> R: ...
    async def read(self, query: Callable[..., R], /, *args: Any, **kwargs: Any) -> R:
        """One query; its caller comes from here."""
        return await self.context.database.read(query, *self._asking(query), *args, **kwargs)

    def _asking(self, use_case: Callable[..., Any]) -> tuple[PersonCaller, ...]:
        return (self.caller,) if asks_who(use_case) else ()

    async def check_live(self) -> None:
        """Refuses a tap on a screen that another one followed: it may not change what it no longer shows.

        A message that stays is no screen: its buttons are their use cases' business. Raises StaleError.
        """
        if self.fresh or self.below or not isinstance(self.event, CallbackQuery) or self.event.message is None:
            return
        live = await self._live()
        if live is not None and self.event.message.message_id < live:
            raise StaleError
        self.fresh = True

    async def show(self, screen: Screen) -> None:
        """Shows the live screen: edited in place after a tap, else and below what stays a new message.

        The screen before it loses its buttons.
        """
        self.shown = True
        if self.above:
            screen, self.above = replace(screen, text=paragraphs(self.above, screen.text)), ""
        if self.below:
            sent, _ = await asyncio.gather(self._send(as_receipt(screen)), self.answer())
            await self._lives(sent)
            return
        message = self.event.message if isinstance(self.event, CallbackQuery) else None
        if message is None or isinstance(message, InaccessibleMessage) or message.text is None:
            await self._lives(await self._send(screen))
            return
        edited, _ = await asyncio.gather(self._edit_id(message.message_id, screen), self.answer())
        await self._lives(message.message_id if edited else await self._send(screen))

    async def receipt(self, screen: Screen, *, file: Attachment | None = None) -> None:
        """Sends a message of its own that is never overwritten: a result, a file.

        What a person is owed for what was just written is a notice (`receipts.py` of the noun): it goes out whatever
        becomes of this visit.
        """
        if file is None:
            await self._send(as_receipt(screen))
        else:
            await send_receipt(self.bot, self.chat_id, screen, file=file)

    async def expect(self, state: State | str | None, **data: Any) -> None:
        """The next text is the answer to `state`; none ends the dialog."""
        self.asked = True
        live = await self._live()
        kept = {**data, LIVE: live} if live is not None else data
        name = state.state if isinstance(state, State) else state
        await self.context.dialogs.put(self.dialog.key, name, kept)

    async def also_expect(self, state: State | None, **data: Any) -> None:
        """As `expect`, where a button answers as well: while dialogs are lost only the buttons do."""
        with suppress(DialogsLostError):
            await self.expect(state, **data)

    async def busy(self, action: str = "typing") -> None:
        """Shows that slow work has begun."""
        await self.answer()
        await self.bot.send_chat_action(self.chat_id, action)

    async def toast(self, message_id: str, *, alert: bool = False, **params: Any) -> None:
        """A short word over the screen after a tap; a message where there was no tap. ≤ 200 characters."""
        text = self.t.plain(message_id, **params)
        if isinstance(self.event, CallbackQuery) and not self.answered:
            await self.answer(_cut(text), alert=alert)
        else:
            await self._send(Screen(self.t(message_id, **params), [menu_row(self.t)]))

    async def answer(self, text: str | None = None, *, alert: bool = False) -> None:
        """Answers the callback query once; a query that grew too old is nobody's fault."""
        if self.answered or not isinstance(self.event, CallbackQuery):
            return
        self.answered = True
        try:
            told = {"text": text, "show_alert": alert} if text else {}
            await self._call(AnswerCallbackQuery, callback_query_id=self.event.id, **told)
        except TelegramBadRequest as error:
            log.debug("callback_not_answered", reason=error.message)

    async def show_again(self, screen: Screen) -> None:
        """Edits the live screen, so that several updates share one (an album)."""
        live = await self._live()
        if live is None or not await self._edit_id(live, screen):
            await self.show(screen)

    async def _live(self) -> int | None:
        """The message of the live screen, where one is known: nothing is kept of a stranger."""
        if self.visitor is None or not self.visitor.consented:
            return None
        try:
            live = (await self.dialog.get_data()).get(LIVE)
        except DialogsLostError:  # buttons go on working
            return None
        return live if isinstance(live, int) else None

    async def _lives(self, message_id: int) -> None:
        """Notes the live screen and takes the buttons off the one before. While dialogs are lost nothing is noted."""
        if self.visitor is None or not self.visitor.consented:
            return
        with suppress(DialogsLostError):
            former = await self._live()
            if former == message_id:
                return
            await self.dialog.update_data({LIVE: message_id})
            if former is not None:
                await self._strip(former)

    async def _strip(self, message_id: int) -> None:
        try:
            await self._call(EditMessageReplyMarkup, chat_id=self.chat_id, message_id=message_id)
        except TelegramAPIError as error:  # its buttons change nothing any more, whether they are seen or not
            log.debug("buttons_not_removed", reason=type(error).__name__)

    async def _edit_id(self, message_id: int, screen: Screen) -> bool:
        """Edits a message of ours. False where Telegram refuses, for whatever reason: a new one says the same."""
        try:
            await self._call(EditMessageText, chat_id=self.chat_id, message_id=message_id, **screen.to_payload())
        except (TelegramBadRequest, TelegramNotFound, TelegramConflictError, TelegramMigrateToChat) as error:
            return "message is not modified" in error.message
        return True

    async def _send(self, screen: Screen) -> int:
        over, self.over = self.over, None
        if over is not None and await self._edit_id(over, screen):
            self.sent = over
            return over
        sent = await self._call(SendMessage, chat_id=self.chat_id, **screen.to_payload())
        number = sent.get("message_id") if isinstance(sent, dict) else None  # it was sent, whatever the answer says
        self.sent = number if isinstance(number, int) else 0
        return self.sent

    async def _call(self, method: type[TelegramMethod[Any]], **payload: Any) -> Any:
        return await session_of(self.bot).call(self.bot, method, payload)


def _cut(text: str) -> str:
    """As much of a word over the screen as the messenger takes: it counts in units of UTF-16."""
    return text.encode("utf-16-le")[: 2 * TOAST].decode("utf-16-le", "ignore")


def typed(message: Message, limit: int = TEXT_LIMIT) -> str:
    """The text that was typed.

    Raises DomainError `text_expected` for a sticker, voice or file, `no_command`, `text_too_long`.
    """
    text = (message.text or "").strip()
    if not text:
        raise DomainError("text_expected")
    if is_command(text):
        raise DomainError("no_command", typed=text[:QUOTED])
    if len(text) > limit:
        raise DomainError("text_too_long", length=len(text), limit=limit, start=text[:QUOTED])
    return text
