"""The Bot API methods, by theme; importing the package registers them all."""

from bot.sandbox.api import callbacks, editing, media, profile, sending, updates
from bot.sandbox.api.registry import METHODS

__all__ = ["METHODS", "callbacks", "editing", "media", "profile", "sending", "updates"]
