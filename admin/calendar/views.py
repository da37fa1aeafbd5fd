"""The billboard for everybody, a person's own calendar by its secret address, the poster of an event."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime
from flask import Response, abort, current_app, make_response, request, url_for

from admin.access import METHODISTS, only, public
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from admin.security import allow_keeping
from db.calendar import queries
from db.calendar.ics import IcsEvent, calendar
from db.calendar.poster import PosterWords, poster
from db.calendar.queries import BillboardFilter, FeedEntry
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.errors import NotFoundError
from db.events import queries as events
from db.events import staff_queries
from db.events.models import EventStatus
from db.limits import day_of

BILLBOARD_LIMIT, FEED_LIMIT = "120 per minute", "60 per minute"
MONTHS = 12
PAGE = 30


class Billboard(Page):
    """What is planned, for whoever comes: no sign-in, and nobody's name on it."""

    path, endpoint, title = "/afisha", "afisha", "calendar.billboard.title"

    @expose("/")
    @public
    def index(self) -> Answer:
        """The events ahead."""
        with current_app.extensions["opora_limiter"].shared_limit(BILLBOARD_LIMIT, scope="afisha"):
            components = self.read(events.component_names)
        asked = self.word("component", 64)
        narrowed = BillboardFilter(
            day_of(self.word("month", 7) + "-01"), self.number("level"), asked if asked in components else None
        )
        total = self._read(queries.count, narrowed=narrowed)
        paging = Paging.asked(total, PAGE)
        shown = self._read(queries.billboard, narrowed=narrowed, limit=paging.limit, offset=paging.offset)
        page = self.page(
            "calendar/billboard.html",
            shown=shown,
            start=self.bot_link("ev_"),
            paging=paging,
            narrowed=narrowed,
            month=f"{narrowed.month:%Y-%m}" if narrowed.month else None,
            months=self._months(),
            levels=[(one.id, one.name) for one in self.read(dictionaries.terms, kind=TermKind.EVENT_LEVEL)],
            components=list(components.items()),
        )
        allow_keeping()
        answer = make_response(page)
        answer.add_etag()
        return answer.make_conditional(request)

    def _read(self, query: Any, **arguments: Any) -> Any:
        return self.panel.database.read(query, self.panel.stranger, **arguments)

    def _months(self) -> list[tuple[str, str]]:
        day = self.panel.local(self.now()).date().replace(day=1)
        months = []
        for _ in range(MONTHS):
            months.append((f"{day:%Y-%m}", format_date(day, "LLLL y", locale="ru")))
            day = (day + timedelta(days=31)).replace(day=1)
        return months


class OwnCalendar(Page):
    """A person's own calendar: whoever has the address reads it, so it is long, and can be changed in the bot."""

    path, endpoint, title = "/calendar", "own_calendar", "calendar.own.title"

    @expose("/")
    @public
    def index(self) -> Answer:
        """Nothing, without a secret."""
        abort(404)

    @expose("/<secret>")
    @public
    def card(self, secret: str) -> Answer:
        """How a phone subscribes."""
        self._entries(secret)
        address = f"{self.panel.settings.public_url}{url_for('own_calendar.feed', secret=secret)}"
        webcal = urlsplit(address)._replace(scheme="webcal").geturl()
        return self.page("calendar/own.html", address=address, webcal=webcal)

    @expose("/<secret>.ics")
    @public
    def feed(self, secret: str) -> Answer:
        """The calendar itself."""
        start = self.bot_link("ev_")
        found = [_entry(one, start and start + one.code) for one in self._entries(secret)]
        content = calendar(found, now=self.now(), name=self.t.plain("calendar.own.name"))
        return Response(content, mimetype="text/calendar")

    def _entries(self, secret: str) -> list[FeedEntry]:
        with current_app.extensions["opora_limiter"].shared_limit(FEED_LIMIT, scope="calendar"):
            return self.panel.database.read(queries.feed, self.panel.stranger, secret=secret[:64])


def _entry(one: FeedEntry, link: str | None) -> IcsEvent:
    return IcsEvent(
        code=one.code,
        title=one.title,
        description=(one.about, one.link, link),
        where=one.where or one.link,
        url=one.link or link,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        sequence=one.revision,
        cancelled=one.cancelled,
    )


class Posters(Page):
    """The poster of an event, to be printed."""

    path, endpoint, title = "/posters", "posters", "calendar.poster.title"
    allowed = METHODISTS

    @expose("/")
    def index(self) -> Answer:
        """Nothing: a poster belongs to an event."""
        abort(404)

    @expose("/<int:event_id>.pdf")
    @only(METHODISTS)
    def export(self, event_id: int) -> Answer:
        """One page A4."""
        event = self.read(staff_queries.detail, event_id=event_id).event
        if event.status is not EventStatus.PUBLISHED or not self.scope.sees(event):
            raise NotFoundError
        t = self.t
        town = event.municipality.name if event.municipality else None
        level = t.plain("events.certificate.level", level=event.level.name) if event.level else ""
        parts = [event.format.name, t.plain(f"events.mode.{event.mode}"), level]
        words = PosterWords(
            service=event.organiser or self.panel.pack.about.service_name,
            kind=", ".join(part for part in parts if part),
            title=event.title,
            when=self._when(event.starts_at, event.ends_at),
            where=event.place or town or "",
            who=t.plain("calendar.poster.who", who=event.audience) if event.audience else "",
            about=event.about,
            scan=t.plain("calendar.poster.scan"),
            address=self.bot_link(f"ev_{event.code}") or "",
        )
        headers = {"Content-Disposition": f'inline; filename="poster-{event_id}.pdf"'}
        return Response(poster(words), mimetype="application/pdf", headers=headers)

    def _when(self, starts_at: datetime, ends_at: datetime) -> str:
        begins, ends = self.panel.local(starts_at), self.panel.local(ends_at)
        day = format_datetime(begins, "d MMMM y, EEEE, HH:mm", locale="ru")
        same: date = begins.date()
        return f"{day}–{ends:%H:%M}" if same == ends.date() else f"{day} – {format_date(ends, 'd MMMM', locale='ru')}"


VIEWS: list[View] = [Billboard, OwnCalendar, Posters]
