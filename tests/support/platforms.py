"""Two messengers, the second one invented: their numbers of chats, people and updates are the same."""

from bot.settings import BotSettings

ONE, OTHER = "telegram", "carrier-pigeon"


class PigeonSettings(BotSettings):
    """Those of a bot for the second."""

    platform = OTHER
