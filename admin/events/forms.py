"""What a methodist types about an event: kept as typed until all of it makes sense."""

import enum
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from babel.dates import format_date
from flask import request

from admin.base import Page
from admin.panel import Panel
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Audience, TermKind
from db.dictionaries.queries import MARKS
from db.dictionaries.units import UnitLevel
from db.events import queries
from db.events.hosts import ResultMark
from db.events.models import Event, EventMode, EventStatus
from db.events.rules import SERIES, Every, link
from db.events.staff_queries import Detail, EventFilter
from db.events.staff_services import HOURS, EventPlan
from db.limits import YEARS, day_of, whole

LIMITS = {"title": 200, "about": 2000, "place": 300, "link": 300, "audience": 300, "organiser": 300, "signatory": 300}
MOST_SEATS = 100_000
OVER = "over"
MONTHS_BACK, MONTHS_AHEAD = 12, 12


class Guests(enum.StrEnum):
    """Whose people may come."""

    OWN = "own"
    NETWORK = "network"
    ALL = "all"


def _guests(event: Event) -> Guests:
    if event.open_to_all:
        return Guests.ALL
    return Guests.NETWORK if event.for_network else Guests.OWN


@dataclass(frozen=True)
class Form:
    """The fields as texts; `errors` names what is wrong, by field, as keys of texts."""

    panel: Panel
    title: str = ""
    about: str = ""
    format_id: str = ""
    municipality_id: str = ""
    mode: str = EventMode.OFFLINE.value
    place: str = ""
    link: str = ""
    date: str = ""
    starts: str = ""
    ends: str = ""
    end_date: str = ""
    capacity: str = ""
    audience: str = ""
    organiser: str = ""
    guests: str = Guests.ALL.value
    level_id: str = ""
    hours: str = ""
    signatory: str = ""
    meant_for: str = ""
    components: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    young: str = ""
    split: str = ""
    online_capacity: str = ""
    minimum: str = ""
    quota_unit: str = ""
    quota: str = ""
    every: str = ""
    times: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, panel: Panel) -> Self:
        """A new event, organised by the pack's service until another name is typed."""
        return cls(panel, organiser=panel.pack.about.service_name)

    @classmethod
    def of(cls, event: Event, panel: Panel) -> Self:
        """An event as it stands, in local time."""
        begins, ends = panel.local(event.starts_at), panel.local(event.ends_at)
        return cls(
            panel,
            title=event.title,
            about=event.about,
            format_id=str(event.format_id),
            municipality_id=str(event.municipality_id or ""),
            mode=event.mode.value,
            place=event.place or "",
            link=event.link or "",
            date=f"{begins:%Y-%m-%d}",
            starts=f"{begins:%H:%M}",
            ends=f"{ends:%H:%M}",
            end_date=f"{ends:%Y-%m-%d}" if ends.date() != begins.date() else "",
            capacity=str(event.capacity or ""),
            audience=event.audience or "",
            organiser=event.organiser or "",
            guests=_guests(event).value,
            level_id=str(event.level_id or ""),
            hours=str(event.hours or ""),
            signatory=event.signatory or "",
            meant_for=event.meant_for or "",
            components=tuple(item.component for item in event.components),
            positions=tuple(str(item.position_id) for item in event.positions),
            young="1" if event.young else "",
            split="1" if event.split else "",
            online_capacity=str(event.online_capacity or ""),
            minimum=str(event.minimum or ""),
            quota_unit=event.quota_unit or "",
            quota=str(event.quota or ""),
        )

    @classmethod
    def sent(cls, panel: Panel) -> Self:
        """What came with a POST."""
        sent = request.form

        def typed(name: str) -> str:
            return sent.get(name, "").strip()[: LIMITS.get(name, 40)]

        return cls(
            panel,
            title=typed("title"),
            about=typed("about"),
            format_id=typed("format_id"),
            municipality_id=typed("municipality_id"),
            mode=typed("mode"),
            place=typed("place"),
            link=typed("link"),
            date=typed("date"),
            starts=typed("starts"),
            ends=typed("ends"),
            end_date=typed("end_date"),
            capacity=typed("capacity"),
            audience=typed("audience"),
            organiser=typed("organiser"),
            guests=typed("guests") or Guests.OWN.value,
            level_id=typed("level_id"),
            hours=typed("hours"),
            signatory=typed("signatory"),
            meant_for=typed("meant_for"),
            components=tuple(code[:64] for code in sent.getlist("components")),
            positions=tuple(number[:12] for number in sent.getlist("positions")),
            young=typed("young"),
            split=typed("split"),
            online_capacity=typed("online_capacity"),
            minimum=typed("minimum"),
            quota_unit=typed("quota_unit"),
            quota=typed("quota"),
            every=typed("every"),
            times=typed("times"),
        )

    def series(self) -> tuple[Every, int] | None:
        """How often it repeats; none for one event. What makes no sense is told by `errors`."""
        if not self.every:
            return None
        times = whole(self.times)
        if self.every not in set(Every) or times is None or times not in SERIES:
            self.errors["times"] = "errors.event_times_many"
            return None
        return Every(self.every), times

    def plan(self) -> EventPlan | None:
        """The plan, when every field makes sense; else none, and `errors` tells why."""
        self.errors.clear()
        for name in ("title", "about"):
            if not getattr(self, name):
                self.errors[name] = "events.panel.error.needed"
        if whole(self.format_id) is None:
            self.errors["format_id"] = "events.panel.error.needed"
        if self.municipality_id and whole(self.municipality_id) is None:
            self.errors["municipality_id"] = "events.panel.error.needed"
        if self.level_id and whole(self.level_id) is None:
            self.errors["level_id"] = "events.panel.error.needed"
        if self.hours and whole(self.hours) not in HOURS:
            self.errors["hours"] = "errors.event_hours"
        if self.meant_for and self.meant_for not in set(Audience):
            self.errors["meant_for"] = "events.panel.error.needed"
        if any(whole(one) is None for one in self.positions):
            self.errors["positions"] = "events.panel.error.needed"
        if self.guests not in set(Guests):
            self.errors["guests"] = "events.panel.error.needed"
        if self.mode not in set(EventMode):
            self.errors["mode"] = "events.panel.error.needed"
        if self.mode != EventMode.ONLINE and not self.place:
            self.errors["place"] = "errors.event_place"
        if self.mode != EventMode.OFFLINE and link(self.link) is None:
            self.errors["link"] = "errors.event_link"
        if self.quota_unit and self.quota_unit not in set(UnitLevel):
            self.errors["quota"] = "events.panel.error.needed"
        if bool(self.quota_unit) != bool(self.quota):
            self.errors["quota"] = "events.panel.error.quota"
        seats, online = self._seats("capacity"), self._seats("online_capacity")
        minimum, quota = self._seats("minimum"), self._seats("quota")
        begins, ends = self._moment(self.date, self.starts), self._moment(self.end_date or self.date, self.ends)
        if begins is None:
            self.errors["date"] = "events.panel.error.moment"
        if ends is None:
            self.errors["ends"] = "events.panel.error.end"
        elif begins is not None and ends <= begins:
            self.errors["ends"] = "errors.event_times"
        if self.errors or begins is None or ends is None:
            return None
        return EventPlan(
            title=self.title,
            about=self.about,
            format_id=int(self.format_id),
            municipality_id=int(self.municipality_id) if self.municipality_id else None,
            mode=EventMode(self.mode),
            place=self.place or None,
            link=self.link or None,
            starts_at=begins,
            ends_at=ends,
            capacity=seats,
            audience=self.audience or None,
            organiser=self.organiser or None,
            open_to_all=self.guests == Guests.ALL,
            components=self.components,
            level_id=int(self.level_id) if self.level_id else None,
            hours=int(self.hours) if self.hours else None,
            signatory=self.signatory or None,
            meant_for=Audience(self.meant_for) if self.meant_for else None,
            for_network=self.guests == Guests.NETWORK,
            split=self.split == "1",
            online_capacity=online,
            minimum=minimum,
            quota_unit=UnitLevel(self.quota_unit) if self.quota_unit else None,
            quota=quota,
            positions=tuple(int(one) for one in self.positions),
            young=self.young == "1",
        )

    def _seats(self, field: str) -> int | None:
        typed: str = getattr(self, field)
        if not typed:
            return None
        if not typed.isdecimal() or not 1 <= int(typed) <= MOST_SEATS:
            self.errors[field] = "events.panel.error.capacity"
            return None
        return int(typed)

    def _moment(self, day: str, hour: str) -> datetime | None:
        try:
            local = datetime.fromisoformat(f"{day}T{hour}")
        except ValueError:
            return None
        if local.tzinfo is not None or local.year not in YEARS:
            return None
        return local.replace(tzinfo=self.panel.zone).astimezone(UTC)


def choices(page: Page, event: Event | None = None) -> dict[str, Any]:
    """What the form has to choose from. The network is a choice where the region has one.

    A position that is out of use by now stays among those of an event that names it.
    """
    plain = page.t.plain

    def terms(kind: TermKind) -> list[tuple[int | str, str]]:
        return [(one.id, one.name) for one in page.read(dictionaries.terms, kind=kind)]

    positions = dict(terms(TermKind.POSITION))
    for item in event.positions if event else ():
        positions.setdefault(item.position_id, item.position.name)
    networked = any(one.network for one in page.read(dictionaries.municipalities))
    guests = [one for one in Guests if networked or one is not Guests.NETWORK]
    levels = terms(TermKind.EVENT_LEVEL)
    return {
        "formats": terms(TermKind.EVENT_FORMAT),
        "modes": [(one.value, plain(f"events.mode.{one}")) for one in EventMode],
        "components": list(page.read(queries.component_names).items()),
        "guests": [(one.value, plain(f"events.panel.guests.{one}")) for one in guests],
        "audiences": [("", plain("events.panel.for.any"))]
        + [(one.value, plain(f"events.panel.for.{one}")) for one in Audience],
        "positions": [(str(number), name) for number, name in positions.items()],
        "levels": [("", plain("events.panel.level.none")), *levels] if levels else [],
        "units": [("", plain("events.panel.quota.none"))]
        + [(one.value, plain(f"events.panel.quota.{one}")) for one in UnitLevel],
        "repeats": [("", plain("events.panel.every.once"))]
        + [(one.value, plain(f"events.panel.every.{one}")) for one in Every],
    }


def begun(page: Page) -> Form:
    """A new event with what a plan's line, or a gap that nobody fills yet, says of it in the address."""
    form = replace(Form.empty(page.panel), title=page.word("title", 200), format_id=page.word("format_id", 10))
    form = replace(form, municipality_id=page.word("municipality_id", 10), meant_for=page.word("meant_for", 20))
    if component := page.word("component", 64):
        form = replace(form, components=(component,))
    return replace(form, positions=tuple(request.args.getlist("positions")))


def copy_of(detail: Detail, panel: Panel) -> Form:
    """Another event's words without its days; the link is for those who come."""
    form = replace(Form.of(detail.event, panel), starts="", ends="", date="", end_date="")
    return form if detail.own else replace(form, link="")


def result_marks(page: Page) -> list[ResultMark]:
    """The results of a contest as they were chosen, each beside what had stood there."""
    seen = page.numbered("was-")
    sent = page.numbered("result-").items()
    return [ResultMark(number, whole(seen.get(number, "")), whole(text)) for number, text in sent]


def narrowed(page: Page) -> EventFilter:
    """Reads what the list is narrowed to."""
    month, status = day_of(page.word("month", 7) + "-01"), page.word("status")
    marks = tuple(mark for mark in MARKS if page.word(mark, 1) == "1")
    over = {OVER: True, EventStatus.PUBLISHED: False}.get(status)  # what is over is published too
    known = EventStatus.PUBLISHED if over else EventStatus(status) if status in set(EventStatus) else None
    return EventFilter(month, known, page.number("municipality"), page.word("q", 100), marks, over)


def statuses(page: Page) -> list[tuple[str, str]]:
    """What the list may be narrowed to, in the words of its last column."""
    return [(one, page.t.plain(f"events.panel.status.{one}")) for one in (*EventStatus, OVER)]


def months(page: Page) -> list[tuple[str, str]]:
    """The months that the list may be narrowed to, a year back and a year ahead."""
    day = page.panel.local(page.now()).date().replace(day=1)
    for _ in range(MONTHS_BACK):
        day = (day - timedelta(days=1)).replace(day=1)
    found = []
    for _ in range(MONTHS_BACK + MONTHS_AHEAD + 1):
        found.append((f"{day:%Y-%m}", format_date(day, "LLLL y", locale="ru")))
        day = (day + timedelta(days=31)).replace(day=1)
    return found
