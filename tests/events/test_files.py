"""What people type stays within its line of a calendar file, whatever signs it has."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from bot.events.screens_files import calendar_file
from db.events.models import EventMode, EventStatus
from db.events.queries import EventCard, EventLine
from db.events.rules import link
from locales import translator
from tests.support.town import MONDAY

HOSTILE = [
    "Семинар\r\nBEGIN:VALARM\r\nACTION:PROCEDURE",
    "Семинар\nEND:VEVENT\nBEGIN:VEVENT\nUID:чужой",
    "Семинар\rATTACH;VALUE=URI:https://example.org/x",
    "Семинар;X=1:2,3\\nATTENDEE:mailto:a@example.org",
]
OURS = {"BEGIN", "END", "VERSION", "PRODID", "METHOD", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION"}
OURS |= {"LOCATION", "URL", "STATUS", "SEQUENCE"}


@pytest.mark.parametrize("words", HOSTILE)
def test_words_with_line_breaks_add_nothing_to_a_calendar_file(words: str) -> None:
    begins = MONDAY + timedelta(days=2)
    line = EventLine(
        1, "abc", words, "семинар", EventMode.OFFLINE, None, begins, begins + timedelta(hours=1), None, 0,
        EventStatus.PUBLISHED,
    )  # fmt: skip
    card = EventCard(line, 0, words, words, words, (), words, None, 0, None, None)
    content = calendar_file(translator("ru"), card, link="https://t.me/opora_bot?start=ev_abc", now=MONDAY).content
    lines = content.replace(b"\r\n ", b"").decode().strip().split("\r\n")
    assert {one.partition(":")[0].partition(";")[0] for one in lines} <= OURS
    assert not any(sign in one for one in lines for sign in "\r\n")
    (entry,) = Calendar.from_ical(content).walk("VEVENT")
    assert entry["UID"] == "event-abc@opora" and not entry.subcomponents
    assert "".join(entry["SUMMARY"].split()) == "".join(words.split())


@pytest.mark.parametrize("typed", ["https://example.org/\r\nATTACH:x", "https://example.org/a b", "https://a\nb"])
def test_a_link_is_one_word(typed: str) -> None:
    assert link(typed) is None
