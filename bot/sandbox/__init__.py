"""A stand-in for Telegram's Bot API: people, chats and files on this machine, spoken to over HTTP."""
