"""One's own calendar as a feed, the billboard, the poster; what the bot lists of events: `db/overviews/calendar.py`."""
