"""What people see in Telegram."""

import bot.telegram.lazy_models  # noqa: F401  before anything imports aiogram
