"""The diary in the bot: a month, a line by hand, the month as a file."""
