"""What people see in Telegram."""

import bot.models  # noqa: F401  before anything imports aiogram
