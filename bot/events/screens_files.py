"""Files of events: the calendar file and the certificate."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.ui.moments import full_date, label
from bot.ui.receipts import Attachment
from db.events.certificate import Words
from db.events.models import EventStatus, RegistrationStatus
from db.events.queries import EventCard, Verified
from locales import Texts


def calendar_file(t: Texts, found: EventCard, *, link: str, now: datetime) -> Attachment:
    """Makes the event's iCalendar file (RFC 5545), in UTC.

    The UID stays the same, so a second import updates the first, and is known for the newer one by its SEQUENCE. What
    was called off, by the organiser or by the person, is CANCELLED.
    """
    from icalendar import Calendar, Event  # a twentieth of the bot's start, for a file that few ask for

    line = found.line
    entry = Event()
    entry.add("uid", f"event-{line.code}@opora")
    entry.add("dtstamp", now)
    entry.add("dtstart", line.starts_at)
    entry.add("dtend", line.ends_at)
    entry.add("summary", line.title)
    entry.add("description", "\n".join(part for part in (found.about, found.link, link) if part))
    if found.where or found.link:
        entry.add("location", found.where or found.link)
    entry.add("url", found.link or link)
    left = found.mine is not None and found.mine.status is RegistrationStatus.CANCELLED
    entry.add("status", "CANCELLED" if left or line.status is EventStatus.CANCELLED else "CONFIRMED")
    entry.add("sequence", found.revision)
    calendar = Calendar()
    calendar.add("prodid", "-//opora//events//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return Attachment(bytes(calendar.to_ical()), t.plain("events.file.name"))


def certificate_words(t: Texts, found: Verified, *, service: str, panel_url: str, zone: ZoneInfo) -> Words:
    """The certificate's lines."""
    begins, ends = found.starts_at.astimezone(zone), found.ends_at.astimezone(zone)
    first, last = full_date(t, found.starts_at, zone), full_date(t, found.ends_at, zone)
    dates = first if begins.date() == ends.date() else f"{first} – {last}"
    organiser = t.plain("events.certificate.organiser", organiser=found.organiser) if found.organiser else ""
    return Words(
        service=service,
        heading=t.plain("events.certificate.heading"),
        subheading=t.plain("events.certificate.of"),
        name_label=t.plain("events.certificate.person"),
        name=found.name or "",
        title_label=t.plain("events.certificate.event"),
        title=found.title,
        details=t.plain("events.certificate.format", format=found.format, mode=t.plain(f"events.mode.{found.mode}")),
        when=f"{dates}, {begins:%H:%M}–{ends:%H:%M} ({label(t, found.starts_at, zone)})",
        organiser=organiser,
        number=t.plain("events.certificate.number", number=found.number),
        issued=t.plain("events.certificate.issued", date=full_date(t, found.issued_at, zone)),
        verify=t.plain("events.certificate.verify"),
        address=f"{panel_url}/verify/{found.number}",
    )
