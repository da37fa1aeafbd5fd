"""Writes events as iCalendar (RFC 5545): one to import, or a person's feed to subscribe to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(hours=1)
"""How often a phone is asked to look again."""


@dataclass(frozen=True, slots=True)
class IcsEvent:
    """One event: `url` is what its card opens, `sequence` grows with every change."""

    code: str
    title: str
    description: tuple[str | None, ...]
    where: str | None
    url: str | None
    starts_at: datetime
    ends_at: datetime
    sequence: int
    cancelled: bool


def calendar(events: Iterable[IcsEvent], *, now: datetime, name: str = "") -> bytes:
    """Makes the file, in UTC. With a `name` it is a feed.

    The UID of an event stays the same, so that a second look updates the first, and the SEQUENCE tells which is newer.
    """
    from icalendar import Calendar, Event  # a twentieth of the bot's start, for a file that few ask for

    made = Calendar()
    made.add("prodid", "-//opora//events//RU")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    if name:
        made.add("x-wr-calname", name)
        made.add("refresh-interval", EVERY, parameters={"value": "DURATION"})
        made.add("x-published-ttl", "PT1H")
    for one in events:
        entry = Event()
        entry.add("uid", f"event-{one.code}@opora")
        entry.add("dtstamp", now)
        entry.add("dtstart", one.starts_at)
        entry.add("dtend", one.ends_at)
        entry.add("summary", one.title)
        entry.add("description", "\n".join(part for part in one.description if part))
        if one.where:
            entry.add("location", one.where)
        if one.url:
            entry.add("url", one.url)
        entry.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
        entry.add("sequence", one.sequence)
        made.add_component(entry)
    return bytes(made.to_ical())
