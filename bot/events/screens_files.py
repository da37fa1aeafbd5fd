"""Files of events: the calendar file and the certificate."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.ui.moments import full_date, label
from bot.ui.receipts import Attachment
from bot.ui.screens import CAPTION, Screen, fitted, menu_row
from db.calendar.ics import IcsEvent, calendar
from db.events.certificate import Verified, Words, dative
from db.events.models import EventStatus, RegistrationStatus
from db.events.queries import EventCard
from db.overviews.lessons import OwnLesson
from locales import Texts


def calendar_file(
    t: Texts, found: EventCard, *, link: str, now: datetime, parts: Sequence[OwnLesson] = ()
) -> Attachment:
    """Makes the event's iCalendar file (RFC 5545), in UTC; an event that counts by its `parts` is those.

    The UID stays the same, so a second import updates the first, and is known for the newer one by its SEQUENCE. What
    was called off, by the organiser or by the person, is CANCELLED.
    """
    line = found.line
    left = found.mine is not None and found.mine.status is RegistrationStatus.CANCELLED
    whole = IcsEvent(
        code=line.code,
        title=line.title,
        description=(_room(t, found), found.about, found.link, link),
        where=found.where or found.link,
        url=found.link or link,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        sequence=found.revision,
        cancelled=left or line.status is EventStatus.CANCELLED,
    )
    entries = [
        replace(
            whole,
            code=f"{line.code}-{one.id}",
            title=one.title,
            where=(one.place or whole.where) if found.where else whole.where,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one in parts
    ]
    return Attachment(calendar(entries or [whole], now=now), t.plain("events.file.name"))


def _room(t: Texts, found: EventCard) -> str:
    if not found.line.split or found.mine is None:
        return ""
    return t.plain("events.room.mine.online" if found.mine.online else "events.room.mine.hall")


def certificate_words(t: Texts, found: Verified, *, service: str, panel_url: str, zone: ZoneInfo) -> Words:
    """The certificate's lines."""
    begins, ends = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    first, last = full_date(t, found.starts_at, zone), full_date(t, found.ends_at, zone)
    dates = first if begins.date() == ends.date() else f"{first} – {last}"
    written = (found.dative or dative(found.name)) if found.name else None
    role = found.role or "guest"
    details = [
        t.plain("events.certificate.format", format=found.format, mode=t.plain(f"events.mode.{found.mode}")),
        t.plain("events.certificate.level", level=found.level) if found.level else "",
    ]
    organiser = t.plain("events.certificate.organiser", organiser=found.organiser) if found.organiser else ""
    return Words(
        service=service,
        heading=t.plain("events.certificate.diploma" if found.result else "events.certificate.heading"),
        subheading=t.plain("events.certificate.result", result=found.result)
        if found.result
        else t.plain(f"events.certificate.of.{role}"),
        name_label=t.plain("events.certificate.to" if written else "events.certificate.person"),
        name=written or found.name or "",
        title_label=t.plain("events.certificate.event"),
        title=found.title,
        details=", ".join(part for part in details if part),
        when=f"{dates}, {begins:%H:%M}–{ends:%H:%M} ({label(t, found.starts_at, zone)})",
        hours=t.plain("events.card.hours", n=found.hours) if found.hours else "",
        organiser=organiser,
        signatory=found.signatory or "",
        number=t.plain("events.certificate.number", number=found.number),
        issued=t.plain("events.certificate.issued", date=full_date(t, found.issued_at, zone)),
        verify=t.plain("events.certificate.verify"),
        address=f"{panel_url}/verify/{found.number}",
    )


def material(t: Texts, *, title: str) -> Screen:
    """What goes with a material's file."""
    return Screen(fitted(partial(t, "events.material.file"), CAPTION, title=title), [menu_row(t)])
