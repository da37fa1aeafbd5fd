"""Says how long a link takes files and how many links somebody may ask for. No Session here."""

from datetime import timedelta

LASTS = timedelta(minutes=30)
"""Long enough to find a paper on another machine and scan it, short enough for a link that was left open there."""
KEPT = timedelta(days=1)
"""How long a link that is over is remembered."""
MOST = 12
"""Links that one person may ask for in an hour."""
HOUR = timedelta(hours=1)
GATHERED = timedelta(seconds=15)
"""How long the bot waits for the next file before it tells of those that came."""
TOKEN_BYTES = 32
TOKEN_LIMIT = 64
AT_ONCE = 10
"""Files of one sending."""
