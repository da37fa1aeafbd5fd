"""The address of one's own calendar; the list of events is `bot/events/`."""
