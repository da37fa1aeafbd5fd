"""What a methodist types about an event: kept as typed until all of it makes sense."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from flask import request

from admin.panel import Panel
from db.events.models import Event, EventMode
from db.events.rules import link
from db.events.staff_services import EventPlan
from db.limits import YEARS, whole

LIMITS = {"title": 200, "about": 2000, "place": 300, "link": 300, "audience": 300, "organiser": 300}
MOST_SEATS = 100_000


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
    open_to_all: bool = True
    components: tuple[str, ...] = ()
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
            open_to_all=event.open_to_all,
            components=tuple(item.component for item in event.components),
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
            open_to_all="open_to_all" in sent,
            components=tuple(code[:64] for code in sent.getlist("components")),
        )

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
        if self.mode not in set(EventMode):
            self.errors["mode"] = "events.panel.error.needed"
        if self.mode != EventMode.ONLINE and not self.place:
            self.errors["place"] = "errors.event_place"
        if self.mode != EventMode.OFFLINE and link(self.link) is None:
            self.errors["link"] = "errors.event_link"
        seats = self._seats()
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
            open_to_all=self.open_to_all,
            components=self.components,
        )

    def _seats(self) -> int | None:
        if not self.capacity:
            return None
        if not self.capacity.isdecimal() or not 1 <= int(self.capacity) <= MOST_SEATS:
            self.errors["capacity"] = "events.panel.error.capacity"
            return None
        return int(self.capacity)

    def _moment(self, day: str, hour: str) -> datetime | None:
        try:
            local = datetime.fromisoformat(f"{day}T{hour}")
        except ValueError:
            return None
        if local.tzinfo is not None or local.year not in YEARS:
            return None
        return local.replace(tzinfo=self.panel.zone).astimezone(UTC)
