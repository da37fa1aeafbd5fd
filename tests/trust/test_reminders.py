"""Reminders on time: in every Russian zone, on every day; after an absence each once, or marked as too late."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.events import notices, seats, sweeps
from db.events import rules as event_rules
from db.notices import outbox
from db.notices import rules as notice_rules
from db.notices.models import Notice, NoticeStatus
from tests.events.support import RULES, make_event, make_people
from tests.support import callers
from tests.support.figures import Figures
from tests.support.processes import engine_of, volumes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOWN = 6 * HOUR
YEAR = 2026
WAKING = (time.fromisoformat(RULES.waking_from), time.fromisoformat(RULES.waking_to))
QUIET_TO = time.fromisoformat(RULES.quiet_to)


def russian_zones() -> list[ZoneInfo]:
    """Every zone that the time zone database gives to Russia."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    return [ZoneInfo(line.split("\t")[2]) for line in table.splitlines() if line.startswith("RU\t")]


# --- the rules: every zone, day and hour ----------------------------------------------------------------------------


def wrong_moments(zone: ZoneInfo, moment: datetime) -> Iterator[str]:
    """What is not as promised of reminders of an event at this moment, and of an offer made at this moment."""
    known = {"rules": RULES, "zone": zone}
    day, hours = event_rules.day_before(moment, **known), notice_rules.hours_before(moment, **known)
    if not WAKING[0] <= day.astimezone(zone).time() <= WAKING[1]:
        yield "the first reminder comes at a waking hour"
    if not moment - 2 * DAY < day < moment - event_rules.DAY_REMINDER_UNTIL:
        yield "the first reminder comes about a day before, in time"
    if not day < hours <= moment - notice_rules.EARLY_START or hours < moment - 2 * HOUR:
        yield "the second reminder comes in the last two hours, in time"
    local = moment.astimezone(zone)
    if local.time() >= time(8, 30) and hours.astimezone(zone).time() < QUIET_TO:
        yield "the second reminder wakes nobody"
    far = moment + 20 * DAY
    until = event_rules.offer_until(moment, starts_at=far, **known)
    if not WAKING[0] <= until.astimezone(zone).time() <= WAKING[1] or until - moment < RULES.offer_hours * HOUR:
        yield "an offer lasts six waking hours"
    told = event_rules.told_at(moment, starts_at=far, **known)
    if not moment <= told < until or not QUIET_TO <= told.astimezone(zone).time() < time(21):
        yield "an offer is told by day, before it runs out"
    unasked = notice_rules.waking_moment(moment, **known)
    if unasked < moment or notice_rules.is_quiet(unasked, **known):
        yield "what nobody asked for waits until people are up"
    if unasked > moment and not notice_rules.is_quiet(unasked - timedelta(minutes=1), **known):
        yield "and not longer"


@volumes(every_day=(45, 1), every_hour=(5, 1))
def test_the_moments_are_right_everywhere(every_day: int, every_hour: int, figures: Figures) -> None:
    wrong: Counter[str] = Counter()
    zones, count = russian_zones(), 0
    for zone, day, hour in itertools.product(zones, range(0, 365, every_day), range(0, 24, every_hour)):
        moment = datetime(YEAR, 1, 1, hour, 15 * (day % 4), tzinfo=zone).astimezone(UTC) + day * DAY
        wrong.update(f"{zone.key}: {what}" for what in wrong_moments(zone, moment))
        count += 1
    measured = f"rules: {len(zones)} zones, {count} moments of {YEAR}, {wrong.total()} wrong"
    figures.note("Reminders on time", measured, goal="every Russian zone over a year: 0 wrong", held=not wrong)
    assert len(zones) > 20 and not wrong, wrong.most_common(5)


# --- a bot that is away for hours -----------------------------------------------------------------------------------


class Season:
    """Days in one zone with an event and a guest each; the bot sweeps and sends every hour it is up."""

    def __init__(self, database: Database, zone: ZoneInfo, first: datetime, days: int, dice: random.Random) -> None:
        self.database, self.zone, self.dice = database, zone, dice
        self.begins, self.ends = first, first + (days + 3) * DAY
        self.sent: Counter[tuple[str, int]] = Counter()
        self.ups: list[datetime] = []
        self.starts: dict[int, datetime] = {}
        for day in range(days):
            minutes = dice.randrange(24 * 4) * 15
            starts = first + (2 + day) * DAY + timedelta(minutes=minutes)
            event_id = database.write(make_event, now=first, starts_at=starts, capacity=1)
            guest = database.write(make_people, count=1, now=first, first=10_000 + event_id)[0]
            database.write(seats.register, callers.person(guest, first), event_id=event_id)
            self.starts[event_id] = starts

    def pass_by(self) -> None:
        """Hour after hour; about once a day the bot is away for six of them."""
        now = self.begins
        while now < self.ends:
            if self.dice.random() < 1 / 24:
                now += DOWN
            self.ups.append(now)
            self.database.write(sweeps.sweep, callers.clock(now, self.zone), rules=RULES)
            while self.database.write(self.send, now=now):
                pass
            now += HOUR

    def send(self, session: Session, *, now: datetime) -> bool:
        """What delivery does, without the messenger."""
        taken = outbox.take(session, callers.clock(now, self.zone), platform="telegram")
        for one in taken.outgoing:
            self.sent[one.kind, one.params["event"]] += 1
            outbox.mark_sent(session, callers.clock(now), notice_id=one.notice_id)
        return bool(taken.outgoing) or taken.more

    def wrong(self) -> Iterator[str]:
        """Reminders that were not said once when they could be, or not marked when they could not."""
        marked = self.database.read(too_late)
        known = {"rules": RULES, "zone": self.zone}
        for event_id, starts in self.starts.items():
            for kind, moment, until in (
                ("reminder_day", event_rules.day_before(starts, **known), event_rules.DAY_REMINDER_UNTIL),
                ("reminder_hours", notice_rules.hours_before(starts, **known), event_rules.HOURS_REMINDER_UNTIL),
            ):
                could = any(moment <= up < starts - until for up in self.ups)
                found = (self.sent[f"events.{kind}", event_id], marked[f"events.{kind}", event_id])
                if found != ((1, 0) if could else (0, 1)):
                    yield f"{self.zone.key}: {kind} at {starts}: said {found[0]} times, marked {found[1]} times"


def too_late(session: Session) -> Counter[tuple[str, int]]:
    """Reminders that are marked as too late."""
    marked = (Notice.status == NoticeStatus.CANCELLED, Notice.error == "expired")
    return Counter((one.kind, one.params["event"]) for one in session.scalars(select(Notice).where(*marked)))


def live(url: str, zones: int, days: int) -> tuple[int, int, int, list[str]]:
    """Reminders that were due, said, and marked as too late; what was wrong. Each zone has its own part of the year."""
    due, said, marked, wrong = 0, 0, 0, []
    database = Database.connect(url)
    chosen = russian_zones()[:: len(russian_zones()) // zones][:zones]
    for number, zone in enumerate(chosen):
        first = datetime(YEAR, 1, 1, 3, tzinfo=UTC) + number * DAY * (365 // zones)
        season = Season(database, zone, first, days, random.Random(number))
        season.pass_by()
        due += 2 * days
        said += season.sent.total()
        wrong += season.wrong()
        marked = database.read(too_late).total()
    database.close()
    return due, said, marked, wrong


@volumes(zones=(1, 26), days=(2, 14))
def test_after_an_absence_each_is_said_once_or_marked(
    database_url: str, zones: int, days: int, figures: Figures
) -> None:
    due, said, marked, wrong = live(database_url, zones, days)
    measured = (
        f"{engine_of(database_url)}: {zones} zones, {zones * days} days with absences of 6 h:"
        f" {due} due, {said} said once, {marked} marked as too late, {len(wrong)} wrong"
    )
    figures.note("Reminders on time", measured, goal="each due reminder once, or marked too late", held=not wrong)
    assert not wrong, wrong[:5]


def test_control_a_bot_that_does_not_know_what_it_has_said_repeats_itself(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = itertools.count()
    monkeypatch.setattr(notices, "_suffix", lambda what, stamp: f".{what}.{next(turns)}")
    assert live(sqlite_url, 1, 1)[3]
