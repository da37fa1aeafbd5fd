"""When a message nobody asked for may be sent, and when to try again what failed. No Session here."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.dictionaries.rules import Rules
from db.notices.models import NoticeStatus
from db.transitions import Transitions

WEEK = timedelta(days=7)
TWO_HOURS = timedelta(hours=2)
EARLY_START = timedelta(minutes=30)
FIRST_RETRY = 2.0
LONGEST_RETRY = 3600.0
LONGEST_RESERVED = 15.0  # about as many processes, each with a second of notices; half of a lease
TRIES = 30  # with the longest pause of an hour it takes about a day to give up


STATUSES = Transitions(
    {
        NoticeStatus.PENDING: [NoticeStatus.SENT, NoticeStatus.DEAD, NoticeStatus.CANCELLED],
        # Tried again or given up in the panel; another process may still tell that it was sent.
        NoticeStatus.DEAD: [NoticeStatus.PENDING, NoticeStatus.CANCELLED, NoticeStatus.SENT],
        # What expired unsent may get another moment; what was taken back on its way may have arrived.
        NoticeStatus.CANCELLED: [NoticeStatus.PENDING, NoticeStatus.SENT],
        NoticeStatus.SENT: [NoticeStatus.SENT],
    }
)


def is_quiet(moment: datetime, *, rules: Rules, zone: ZoneInfo) -> bool:
    """Whether people should be left alone at this moment: 21:00–08:00, Sundays, holidays in the region's own time."""
    local = moment.astimezone(zone)
    return rules.is_day_off(local.date()) or at_night(local.time(), rules)


def quiet_until(day: date, *, rules: Rules) -> date:
    """The last of the days off that follow this day without a break, or the day itself."""
    for _ in range(30):
        if not rules.is_day_off(day + timedelta(days=1)):
            break
        day += timedelta(days=1)
    return day


def waking_moment(moment: datetime, *, rules: Rules, zone: ZoneInfo) -> datetime:
    """The first moment at or after this one when people may be spoken to unasked; in UTC."""
    start, end = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_to)
    moment = moment.astimezone(UTC)
    # A day off may follow a night and a night a day off: two weeks see the end of both.
    for _ in range(30):
        if not is_quiet(moment, rules=rules, zone=zone):
            return moment
        local = moment.astimezone(zone)
        if rules.is_day_off(local.date()):
            day, clock = local.date() + timedelta(days=1), time(0)
        else:
            day = local.date() + timedelta(days=int(start > end and local.time() >= start))
            clock = end
        following = datetime.combine(day, clock, zone).astimezone(UTC)
        # A clock that is put back repeats an hour: time still has to move on.
        moment = max(following, moment + timedelta(minutes=1))
    return moment


def hours_before(starts_at: datetime, *, rules: Rules, zone: ZoneInfo) -> datetime:
    """The moment of a last reminder: two hours before; in the morning not before quiet hours end.

    Who has to be there before that is up early anyway: then the two hours stand.
    """
    quiet_to = datetime.combine(starts_at.astimezone(zone).date(), time.fromisoformat(rules.quiet_to), zone)
    moment = starts_at - TWO_HOURS
    return quiet_to.astimezone(UTC) if moment < quiet_to <= starts_at - EARLY_START else moment


def allowed_moment(moment: datetime, *, sent: Sequence[datetime], rules: Rules, zone: ZoneInfo) -> datetime | None:
    """The first moment at or after `moment` for one more unasked message; none when the region allows none at all.

    `sent` are the moments of the person's unasked messages, oldest first; at most `unasked_per_week` fall into any
    seven days.
    """
    limit = rules.unasked_per_week
    if limit < 1:
        return None
    if len(sent) >= limit:
        moment = max(moment, sent[-limit] + WEEK)
    return waking_moment(moment, rules=rules, zone=zone)


def retry_after(attempts: int, *, spread: float) -> timedelta:
    """How long to wait after the n-th failure (from 1): doubling up to an hour, times `spread` (0.5–1.5, drawn)."""
    seconds = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** (min(attempts, 20) - 1))
    return timedelta(seconds=seconds * spread)


def next_start(at: float, reserved: float) -> float:
    """When the next messages may begin, in seconds: what other processes have reserved comes first.

    Nobody reserves more than a moment; more than that is another machine's wrong clock and is not waited for.
    """
    return max(at, reserved) if reserved <= at + LONGEST_RESERVED else at


def at_night(clock: time, rules: Rules) -> bool:
    """Whether a local time is within the quiet hours, which may span midnight; equal ends mean there are none."""
    start, end = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_to)
    if start <= end:
        return start <= clock < end
    return clock >= start or clock < end
