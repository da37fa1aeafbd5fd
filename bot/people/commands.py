"""The commands that Telegram's own menu shows, by role and language."""

import asyncio

from aiogram import Bot

from bot.house import House


async def publish_commands(bot: Bot, house: House, stop: asyncio.Event) -> None:
    """Publishes them once; quietly tries again while Telegram is away."""
