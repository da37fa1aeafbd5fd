"""Who has pressed Start, kept over restarts as Telegram keeps it."""

import json
import os
from pathlib import Path

from bot.sandbox.state import World


class Memory:
    """A small JSON file beside the bot's own data.

    Without it, after a restart, the bot would be refused by people who have known it for long.
    """

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._world = world
        world.changed_started = self.save
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            world.started.update(int(number) for number in known["started"])
        except (OSError, ValueError, KeyError, TypeError):
            # A missing or broken file only means that everybody presses Start anew.
            return

    def save(self) -> None:
        """Write the file, whole or not at all; a full disk doesn't stop the chat."""
        spare = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            spare.write_text(json.dumps({"started": sorted(self._world.started)}), encoding="utf-8")
            os.replace(spare, self._path)
        except OSError:
            return
