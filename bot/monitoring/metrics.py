"""What the bot counts of itself. Made once here; a hot path only calls `inc` and `observe`.

Nothing of people is in a name or a label. What each one means and when to worry: docs/metrics.md.
"""

from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from prometheus_client import Counter, Gauge, Histogram

from db.overviews.backlog import Backlog

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

RECEIVED = Counter("opora_updates_received", "Updates stored, each counted once")
HANDLED = Counter("opora_updates_handled", "Updates done")
FAILED = Counter("opora_updates_failed", "Tries to handle an update that ended in an error of ours")
QUARANTINED = Counter("opora_updates_quarantined", "Updates set aside after several tries")
HANDLING = Histogram("opora_update_seconds", "From the start of handling an update until it is done", buckets=QUICK)

SENT = Counter("opora_notices_sent", "Notices that Telegram took")
PUT_OFF = Counter("opora_notices_put_off", "Notices to be sent again: flood control, a lost line, a failing server")
REFUSED = Counter("opora_notices_refused", "Notices that can't be delivered and wait in the panel")

_CALLS_FAILED = Counter("opora_telegram_failures", "Calls of the Bot API that failed", ["reason"])
_FAILURES = {
    reason: _CALLS_FAILED.labels(reason=reason) for reason in ("network", "server", "flood_control", "refused")
}

LAG = Histogram("opora_loop_lag_seconds", "How late the event loop woke a timer, twice a second", buckets=LAGS)

# Asked of the database at each scrape.
_WAITING = Gauge("opora_updates_waiting", "Updates received and not handled yet")
_WAITING_AGE = Gauge("opora_updates_oldest_seconds", "Age of the oldest of them, 0 where none waits")
_SET_ASIDE = Gauge("opora_updates_set_aside", "Updates in quarantine")
_DUE = Gauge("opora_notices_due", "Notices that are due and not sent yet")
_DUE_AGE = Gauge("opora_notices_oldest_seconds", "How long the oldest of them has been due, 0 where none is")
_DEAD = Gauge("opora_notices_dead", "Notices that could not be delivered and wait in the panel")
_DATABASE = Gauge("opora_database_up", "1 when the database answered this scrape in time, else 0")


def call_failed(error: TelegramAPIError) -> None:
    """Counts a failed call by what it was."""
    if isinstance(error, TelegramNetworkError):
        reason = "network"
    elif isinstance(error, TelegramRetryAfter):
        reason = "flood_control"
    else:
        reason = "server" if isinstance(error, TelegramServerError) else "refused"
    _FAILURES[reason].inc()


def show(backlog: Backlog | None) -> None:
    """Sets what the database told; without an answer the gauges say so instead of an old figure."""
    _DATABASE.set(backlog is not None)
    unknown = float("nan")
    _WAITING.set(backlog.updates if backlog else unknown)
    _WAITING_AGE.set(backlog.updates_age if backlog else unknown)
    _SET_ASIDE.set(backlog.quarantined if backlog else unknown)
    _DUE.set(backlog.notices if backlog else unknown)
    _DUE_AGE.set(backlog.notices_age if backlog else unknown)
    _DEAD.set(backlog.dead if backlog else unknown)
