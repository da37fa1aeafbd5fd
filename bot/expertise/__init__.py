"""Expert work in the bot: an invitation and its answer."""
