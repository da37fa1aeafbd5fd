"""Makes a Visit of every update, and refuses kindly what fails before a handler is reached."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType, ContentType
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.context import Context
from bot.ui.languages import language
from bot.ui.links import Links
from bot.ui.refusals import refuse
from bot.ui.visit import Visit
from db.errors import DomainError
from db.notices.services import come_back
from db.people.queries import Visitor, visitor
from locales import translator

ANSWER_WITHIN = 0.6
SAID = frozenset(
    {
        ContentType.TEXT,
        ContentType.ANIMATION,
        ContentType.AUDIO,
        ContentType.CHECKLIST,
        ContentType.CONTACT,
        ContentType.DICE,
        ContentType.DOCUMENT,
        ContentType.GAME,
        ContentType.LIVE_PHOTO,
        ContentType.LOCATION,
        ContentType.PAID_MEDIA,
        ContentType.PHOTO,
        ContentType.POLL,
        ContentType.RICH_MESSAGE,
        ContentType.STICKER,
        ContentType.STORY,
        ContentType.VENUE,
        ContentType.VIDEO,
        ContentType.VIDEO_NOTE,
        ContentType.VOICE,
    }
)
"""What a person says by; all else, such as a pin or a timer, the messenger says by itself."""
KNOWN_FOR = 30.0
KNOWN = 20_000
Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


def _is_personal(event: Message | CallbackQuery) -> bool:
    """Whether a person says something to the bot alone: in a group everybody would read the answer along."""
    if isinstance(event, Message):
        return event.chat.type == ChatType.PRIVATE and event.content_type in SAID
    if event.message is None:
        return event.inline_message_id is None
    return event.message.chat.type == ChatType.PRIVATE


class VisitMiddleware(BaseMiddleware):
    """An outer middleware of all updates: knows the person (for seconds), answers every callback within a second."""

    def __init__(self, context: Context, links: Links) -> None:
        self._context = context
        self._links = links
        # Beside other processes nothing is remembered: one of them may have heard of a consent or a withdrawal.
        self._known_for = 0.0 if context.settings.beside_others else KNOWN_FOR
        self._known: OrderedDict[int, tuple[float, Visitor | None]] = OrderedDict()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Runs the handler with `visit`; updates that are neither messages, edits nor taps pass by.

        What is no person's word to the bot alone is passed over in silence.
        """
        data["context"] = self._context
        update = event
        inner = None
        if isinstance(update, Update):
            inner = update.message or update.callback_query or update.edited_message
        if inner is None or inner.from_user is None or "state" not in data:
            return await handler(event, data)
        if not _is_personal(inner):
            return None
        user = inner.from_user
        known = await self._who(user.id)
        if known is not None and known.blocked:  # the messenger told us of the return while we could not hear it
            known = await self._is_back(user.id)
        chat_id = inner.chat.id if isinstance(inner, Message) else (inner.message.chat.id if inner.message else user.id)
        visit = Visit(
            bot=data["bot"],
            context=self._context,
            links=self._links,
            t=translator(known.locale if known else language(user.language_code, self._context.settings.locale)),
            now=self._context.clock.now(),
            chat_id=chat_id,
            user_id=user.id,
            event=inner,
            dialog=data["state"],
            visitor=known,
            forget=lambda: self._forget(user.id),
        )
        data["visit"] = visit
        return await self._run(handler, event, data, visit)

    async def _run(self, handler: Handler, event: TelegramObject, data: dict[str, Any], visit: Visit) -> Any:
        deadline: asyncio.TimerHandle | None = None
        late: set[asyncio.Task[None]] = set()
        if isinstance(visit.event, CallbackQuery):
            loop = asyncio.get_running_loop()
            deadline = loop.call_later(ANSWER_WITHIN, lambda: late.add(loop.create_task(visit.answer())))
        try:
            return await handler(event, data)
        except DomainError as error:  # before any handler, such as a dialog that can't be read
            await refuse(visit, error)
            return None
        finally:
            if deadline is not None:
                deadline.cancel()
                if late:
                    await asyncio.gather(*late)
                await visit.answer()

    async def _who(self, user_id: int) -> Visitor | None:
        found = self._known.get(user_id)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        who = await self._context.database.read(visitor, platform=self._context.settings.platform, external_id=user_id)
        self._known[user_id] = (time.monotonic() + self._known_for, who)
        self._known.move_to_end(user_id)
        if len(self._known) > KNOWN:
            self._known.popitem(last=False)
        return who

    async def _is_back(self, user_id: int) -> Visitor | None:
        await self._context.database.write(
            come_back, self._context.caller, platform=self._context.settings.platform, external_id=user_id
        )
        self._context.notices_may_wait.set()
        self._forget(user_id)
        return await self._who(user_id)

    def _forget(self, user_id: int) -> None:
        self._known.pop(user_id, None)
