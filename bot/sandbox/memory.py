"""Chats, their files and who has pressed Start, kept over restarts as Telegram keeps them."""

import asyncio
import base64
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.sandbox.files import StoredFile
from bot.sandbox.state import BotState, Chat, Stored, World

EVERY = 2.0
"""Seconds between two looks whether there is something new to keep."""


class Memory:
    """A JSON file beside the bot's own data. It is of a demonstration: a few chats with a few documents.

    Without it, after a restart, everybody's chat would be empty, and the bot refused by people who have known it.
    """

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._world = world
        self._kept: Any = None
        self._keeping: asyncio.Task[None] | None = None
        world.changed_started = self.save
        try:
            self._restore(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            # A missing or broken file only means that everybody begins anew.
            return

    def start(self) -> None:
        """Keep what is new from now on, so that a killed process loses the last moments only."""
        self._keeping = asyncio.create_task(self._keep())

    def stop(self) -> None:
        """Keep everything a last time."""
        if self._keeping is not None:
            self._keeping.cancel()
        self.save()

    def save(self) -> None:
        """Write the file, whole or not at all; a full disk doesn't stop the chat."""
        spare = self._path.with_suffix(".new")
        world = self._world
        kept = {
            "started": sorted(world.started),
            "bots": [_bot(bot) for bot in world.bots.values() if bot.id],
            "files": [{**asdict(file), "data": base64.b64encode(file.data).decode()} for file in world.files.all()],
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            spare.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
            os.replace(spare, self._path)
        except OSError:
            return

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            seen = self._seen()
            if seen != self._kept:
                self.save()
                self._kept = seen

    def _seen(self) -> object:
        chats = [chat for bot in self._world.bots.values() for chat in bot.chats.values()]
        return sorted(self._world.started), [(chat.person.id, chat.revision, chat.blocked) for chat in chats]

    def _restore(self, kept: dict[str, Any]) -> None:
        world = self._world
        world.started.update(int(number) for number in kept["started"])
        for file in kept.get("files", ()):
            world.files.put(StoredFile(**{**file, "data": base64.b64decode(file["data"])}))
        for known in kept.get("bots", ()):
            bot = world.bots[int(known["id"])] = BotState(int(known["id"]), world)
            bot.next_update_id = max(bot.next_update_id, known["update"])
            bot.next_message_id = max(bot.next_message_id, known["message"])
            for one in known["chats"]:
                person = world.people.get(one["person"])
                if person is not None:
                    chat = bot.chats[person.id] = Chat(person)
                    chat.started, chat.blocked, chat.keyboard = one["started"], one["blocked"], one["keyboard"]
                    for message in one["messages"]:
                        chat.keep(Stored(**message))


def _bot(bot: BotState) -> dict[str, Any]:
    return {
        "id": bot.id,
        "update": bot.next_update_id,
        "message": bot.next_message_id,
        "chats": [
            {
                "person": chat.person.id,
                "started": chat.started,
                "blocked": chat.blocked,
                "keyboard": chat.keyboard,
                "messages": [asdict(message) for message in chat.messages.values()],
            }
            for chat in bot.chats.values()
        ],
    }
