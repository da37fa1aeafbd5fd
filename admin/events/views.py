"""Events: the list, one plan, its people, check-in, the signature sheet; and the public check of a certificate."""

from dataclasses import replace
from datetime import date, timedelta

from babel.dates import format_date
from flask import Response, abort, current_app, redirect, url_for

from admin.access import ALL, METHODISTS, only, public
from admin.base import Answer, Page, View, expose
from admin.events.forms import Form
from admin.events.tables import guest_list
from admin.paging import Paging
from admin.sheets import XLSX
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.events import queries, staff_queries, staff_services
from db.events.models import EventMode, EventStatus
from db.events.rules import check_in_window
from db.events.staff_queries import Detail, EventFilter, Guest
from db.limits import day_of
from db.texts import comparable

MONTHS_BACK, MONTHS_AHEAD = 12, 12
VERIFY_LIMIT = "30 per minute"


class Events(Page):
    """What is planned in the region, and the people of one's own events."""

    path, endpoint, title = "/events", "events", "events.panel.title"
    allowed, section, icon, order = ALL, "work", "calendar", 20

    @expose("/")
    def index(self) -> Answer:
        """The list."""
        narrowed = EventFilter(self._month(), self._status(), self.number("municipality"), self.word("q", 100))
        total = self.read(staff_queries.count, narrowed=narrowed)
        paging = Paging.asked(total, 30)
        rows = self.read(staff_queries.rows, narrowed=narrowed, limit=paging.limit, offset=paging.offset)
        return self.page(
            "events/list.html",
            rows=rows,
            paging=paging,
            narrowed=narrowed,
            months=self._months(),
            chosen_month=f"{narrowed.month:%Y-%m}" if narrowed.month else None,
            statuses=[(one.value, self.t.plain(f"events.panel.status.{one}")) for one in EventStatus],
            municipalities=[(0, self.t.plain("events.panel.whole_region")), *self.places()],
            now=self.now(),
        )

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """A new draft; `copy` takes another event's words, `title` and `format_id` a plan's line."""
        copied = self.number("copy")
        form = replace(Form.empty(self.panel), title=self.word("title", 200), format_id=self.word("format_id", 10))
        if copied is not None:
            detail = self._detail(copied)
            form = replace(Form.of(detail.event, self.panel), starts="", ends="", date="", end_date="")
            if not detail.own:  # the link is for those who come
                form = replace(form, link="")
        if self.is_post():
            form = Form.sent(self.panel)
            plan = form.plan()
            if plan is not None:
                outcome = self.perform(staff_services.create, plan=plan)
                if outcome.say("events.panel.created"):
                    return redirect(url_for("events.card", event_id=outcome.value))
        return self._form(form, None)

    @expose("/<int:event_id>")
    def card(self, event_id: int) -> Answer:
        """One event with its list. That names were seen goes into the journal."""
        detail = self._detail(event_id)
        if detail.own:
            self._note(detail, action="events.read")
        text = self.word("q", 100)
        found = (
            self.read(staff_queries.people_like, event_id=event_id, text=text)
            if detail.own and self.scope.can_write
            else []
        )
        self.note_reading(action="people.list", object_type="person", people=(number for number, _ in found))
        opens, closes = check_in_window(detail.event.starts_at, detail.event.ends_at)
        guest = self.word("guest", 100)
        listed = _named(detail.of("seated", "offered"), guest)
        paging = Paging.asked(len(listed))
        return self.page(
            "events/card.html",
            detail=detail,
            event=detail.event,
            components=self.read(queries.component_names),
            guest=guest,
            listed=listed[paging.offset : paging.offset + paging.limit],
            queue=_named(detail.of("waiting"), guest)[: paging.limit],
            paging=paging,
            text=text,
            found=found,
            writes=detail.own and self.scope.can_write,
            now=self.now(),
            marks_open=self.now() >= opens,
            closed=self.now() > closes,
            link=self.bot_link(f"ev_{detail.event.code}"),
        )

    @expose("/<int:event_id>/edit", methods=["GET", "POST"])
    @only(METHODISTS)
    def edit(self, event_id: int) -> Answer:
        """Changes an event; people on its list are told what moved."""
        detail = self._own(event_id)
        form = Form.of(detail.event, self.panel)
        if self.is_post():
            form = Form.sent(self.panel)
            plan = form.plan()
            if plan is not None and self.perform(
                staff_services.change, event_id=event_id, plan=plan, revision=self.number("revision") or 0
            ).say("events.panel.saved"):
                return redirect(url_for("events.card", event_id=event_id))
        return self._form(form, detail)

    @expose("/<int:event_id>/publish", methods=["POST"])
    @only(METHODISTS)
    def publish(self, event_id: int) -> Answer:
        """Shows a draft in the bot."""
        self.perform(staff_services.publish, event_id=event_id).say("events.panel.published")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/cancel", methods=["POST"])
    @only(METHODISTS)
    def cancel(self, event_id: int) -> Answer:
        """Calls an event off and tells everybody on its list why."""
        self.perform(staff_services.call_off, event_id=event_id, reason=self.word("reason", 500)).say(
            "events.panel.called_off"
        )
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/delete", methods=["POST"])
    @only(METHODISTS)
    def delete(self, event_id: int) -> Answer:
        """Throws a draft away."""
        if self.perform(staff_services.discard, event_id=event_id).say("events.panel.deleted"):
            return redirect(url_for("events.index"))
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/people", methods=["POST"])
    @only(METHODISTS)
    def add(self, event_id: int) -> Answer:
        """Puts somebody on the list."""
        outcome = self.perform(staff_services.add_person, event_id=event_id, person_id=self.number("person") or 0)
        if outcome:
            outcome.say(f"events.panel.added.{outcome.value}")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/people/<int:registration_id>/remove", methods=["POST"])
    @only(METHODISTS)
    def remove(self, event_id: int, registration_id: int) -> Answer:
        """Takes somebody off the list, with a reason."""
        self.perform(
            staff_services.remove_person, registration_id=registration_id, reason=self.word("reason", 500)
        ).say("events.panel.removed")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/people/<int:registration_id>/mark", methods=["POST"])
    @only(METHODISTS)
    def mark(self, event_id: int, registration_id: int) -> Answer:
        """Marks attendance by hand, or takes the mark back."""
        present = self.word("present") == "1"
        self.perform(staff_services.mark, registration_id=registration_id, present=present).say(
            "events.panel.marked" if present else "events.panel.unmarked"
        )
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/check-in")
    @only(METHODISTS)
    def check_in(self, event_id: int) -> Answer:
        """The page for the screen in the hall: a big code and a number that grows."""
        detail = self._own(event_id)
        link = self.bot_link(f"ci_{detail.event.check_in_token}")
        return self.page("events/check_in.html", detail=detail, event=detail.event, link=link)

    @expose("/<int:event_id>/check-in/count")
    @only(METHODISTS)
    def counted(self, event_id: int) -> Answer:
        """How many are there by now, as a bare number for the page above."""
        return str(self.read(staff_queries.attended, event_id=event_id))

    @expose("/<int:event_id>/sheet")
    @only(METHODISTS)
    def sheet(self, event_id: int) -> Answer:
        """The list for signatures, to be printed."""
        detail = self._own(event_id)
        self._note(detail, action="events.print")
        return self.page("events/sheet.html", detail=detail, event=detail.event)

    @expose("/<int:event_id>/list.xlsx")
    @only(METHODISTS)
    def export(self, event_id: int) -> Answer:
        """The list as a table."""
        detail = self._own(event_id)
        self._note(detail, action="events.export")
        content = guest_list(detail, self.panel)
        headers = {"Content-Disposition": f'attachment; filename="event-{event_id}.xlsx"'}
        return Response(content, mimetype=XLSX, headers=headers)

    def _detail(self, event_id: int) -> Detail:
        return self.read(staff_queries.detail, event_id=event_id)

    def _own(self, event_id: int) -> Detail:
        detail = self._detail(event_id)
        if not detail.own:
            abort(404)
        return detail

    def _note(self, detail: Detail, *, action: str) -> None:
        self.note_reading(
            action=action,
            object_type="event",
            object_id=detail.event.id,
            municipality_id=detail.event.municipality_id,
            people=(guest.person_id for guest in detail.guests),
        )

    def _form(self, form: Form, detail: Detail | None) -> Answer:
        towns: list[tuple[int | str, str]] = [*self.places()]
        if self.scope.municipality_ids is None:
            towns.insert(0, ("", self.t.plain("events.panel.whole_region")))
        return self.page(
            "events/form.html",
            form=form,
            detail=detail,
            towns=towns,
            formats=[(one.id, one.name) for one in self.read(dictionaries.terms, kind=TermKind.EVENT_FORMAT)],
            modes=[(one.value, self.t.plain(f"events.mode.{one}")) for one in EventMode],
            components=list(self.read(queries.component_names).items()),
        )

    def _status(self) -> EventStatus | None:
        value = self.word("status")
        return EventStatus(value) if value in set(EventStatus) else None

    def _month(self) -> date | None:
        return day_of(self.word("month", 7) + "-01")

    def _months(self) -> list[tuple[str, str]]:
        day = self.panel.local(self.now()).date().replace(day=1)
        for _ in range(MONTHS_BACK):
            day = (day - timedelta(days=1)).replace(day=1)
        months = []
        for _ in range(MONTHS_BACK + MONTHS_AHEAD + 1):
            months.append((f"{day:%Y-%m}", format_date(day, "LLLL y", locale="ru")))
            day = (day + timedelta(days=31)).replace(day=1)
        return months


def _named(guests: list[Guest], text: str) -> list[Guest]:
    """Those of whom every word stands in the name or the place of work."""
    words = comparable(text).split()
    if not words:
        return guests
    lines = [comparable(f"{one.name or ''} {one.organisation or ''} {one.municipality or ''}") for one in guests]
    return [one for one, line in zip(guests, lines, strict=True) if all(word in line for word in words)]


class Verify(Page):
    """Whoever holds a certificate in hand may check it, without an account. Numbers can't be guessed by counting."""

    path, endpoint, title = "/verify", "verify", "events.verify.title"

    @expose("/")
    @public
    def index(self) -> Answer:
        """Asks for the number."""
        number = self.word("number", 40)
        return self._answer(number) if number else self.page("events/verify.html", number="", found=None)

    @expose("/<number>")
    @public
    def one(self, number: str) -> Answer:
        """What the certificate of this number says."""
        return self._answer(number[:40])

    def _answer(self, number: str) -> Answer:
        with current_app.extensions["opora_limiter"].shared_limit(VERIFY_LIMIT, scope="verify"):
            found = self.read(queries.verify, number=number)
        page = self.page("events/verify.html", number=number, found=found)
        return page if found else (page, 404)


VIEWS: list[View] = [Events, Verify]
