"""Events: the list, one plan, its people, check-in, the signature sheet; and the public check of a certificate."""

from typing import Any

from flask import Response, abort, current_app, redirect, url_for

from admin import scans
from admin.access import ALL, METHODISTS, only, public
from admin.base import Answer, Page, View, expose, say_refusal
from admin.events.forms import Form, begun, choices, copy_of, months, narrowed, result_marks, statuses
from admin.events.tables import events_sheet, guest_list, named, results_list
from admin.paging import Paging
from admin.sheets import XLSX
from db.dictionaries.queries import used_marks
from db.errors import DomainError
from db.events import hosts, queries, services, staff_queries, staff_services
from db.events.certificate import dative, verify
from db.events.models import HostRole
from db.events.rules import QUESTION_LIMIT, SERIES, check_in_window
from db.events.staff_queries import Detail
from db.presence import staff_queries as presence
from db.presence.staff_services import change_event

VERIFY_LIMIT = "30 per minute"


class Events(Page):
    """What is planned in the region, and the people of one's own events."""

    path, endpoint, title = "/events", "events", "events.panel.title"
    allowed, section, icon, order = ALL, "work", "calendar", 20

    @expose("/")
    def index(self) -> Answer:
        """The list."""
        asked = narrowed(self)
        total = self.read(staff_queries.count, narrowed=asked)
        paging = Paging.asked(total, 30)
        rows = self.read(staff_queries.rows, narrowed=asked, limit=paging.limit, offset=paging.offset)
        return self.page(
            "events/list.html",
            rows=rows,
            paging=paging,
            narrowed=asked,
            marks=self.read(used_marks),
            months=months(self),
            chosen_month=f"{asked.month:%Y-%m}" if asked.month else None,
            statuses=statuses(self),
            municipalities=[(0, self.t.plain("events.panel.whole_region")), *self.places()],
            now=self.now(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """What the list's filter finds, as a file: no person is in it."""
        book = events_sheet(self.read(staff_queries.rows, narrowed=narrowed(self)), self.panel)
        return self.taken(book, "events", [], action="events.export_list")

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """A new draft; `copy` takes another event's words, the rest a plan's line or what nobody offers yet."""
        copied = self.number("copy")
        form = begun(self) if copied is None else copy_of(self._detail(copied), self.panel)
        if self.is_post():
            form = Form.sent(self.panel)
            plan, series = form.plan(), form.series()
            if plan is not None and series is not None and not form.errors:
                every, times = series
                many = self.perform(staff_services.create_series, plan=plan, every=every, times=times)
                if many.say("events.panel.created_series", n=times):
                    return redirect(url_for("events.index", status="draft"))
            elif plan is not None and not form.errors:
                outcome = self.perform(staff_services.create, plan=plan)
                if outcome.say("events.panel.created_past" if plan.ends_at <= self.now() else "events.panel.created"):
                    return redirect(url_for("events.card", event_id=outcome.value))
        return self._form(form, None)

    @expose("/<int:event_id>")
    def card(self, event_id: int) -> Answer:
        """One event with its list. That names were seen goes into the journal."""
        detail = self._detail(event_id)
        if detail.own or detail.guests:
            self._note(detail, action="events.read")
        text = self.word("q", 100)
        found = (
            self.read(staff_queries.people_like, event_id=event_id, text=text)
            if detail.own and self.scope.can_write
            else []
        )
        asked = self.read(hosts.questions, event_id=event_id)
        shown = {number for number, _ in found} | {one.person_id for one in asked if one.person_id is not None}
        self.note_reading(action="people.list", object_type="person", people=sorted(shown))
        opens, closes = check_in_window(detail.event.starts_at, detail.event.ends_at)
        guest = self.word("guest", 100)
        listed = named(detail.of("seated", "offered"), guest)
        paging = Paging.asked(len(listed))
        return self.page(
            "events/card.html",
            detail=detail,
            event=detail.event,
            components=self.read(queries.component_names),
            on_paper=len(self.read(presence.guests, event_id=event_id)) if detail.own else 0,
            guest=guest,
            listed=listed[paging.offset : paging.offset + paging.limit],
            queue=named(detail.of("waiting"), guest)[: paging.limit],
            paging=paging,
            text=text,
            found=found,
            hosts=self.read(hosts.hosts, event_id=event_id),
            questions=asked,
            materials=self.read(queries.materials, event_id=event_id) if detail.own else (),
            spelt=lambda name: dative(name) or name,
            results=self.read(hosts.results, event_id=event_id),
            roles=[(one.value, self.t.plain(f"events.panel.role.{one}")) for one in HostRole],
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
                change_event, event_id=event_id, plan=plan, revision=self.number("revision") or 0
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

    @expose("/<int:event_id>/keep", methods=["POST"])
    @only(METHODISTS)
    def keep(self, event_id: int) -> Answer:
        """Has an event take place, though few have signed up."""
        self.perform(hosts.keep_small, event_id=event_id).say("events.panel.minimum.kept")
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

    @expose("/<int:event_id>/hosts", methods=["POST"])
    @only(METHODISTS)
    def add_host(self, event_id: int) -> Answer:
        """Names somebody who leads, speaks, judges or organises."""
        role = self.word("role")
        self.perform(
            hosts.add_host,
            event_id=event_id,
            role=HostRole(role) if role in set(HostRole) else HostRole.SPEAKER,
            person_id=self.number("person"),
            name=self.word("name", 300),
        ).say("events.panel.host.added")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/hosts/<int:host_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop_host(self, event_id: int, host_id: int) -> Answer:
        """Takes a host off."""
        self.perform(hosts.drop_host, event_id=event_id, host_id=host_id).say("events.panel.host.dropped")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/materials", methods=["POST"])
    @only(METHODISTS)
    def add_material(self, event_id: int) -> Answer:
        """Adds what those who came may read: a link or a file."""
        self._own(event_id)
        try:
            stored = scans.brought(self.panel.settings.data_dir) if scans.sent() else None
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            said = {"title": self.word("title", 300), "link": self.word("link", 300)}
            kept = self.perform(hosts.add_material, event_id=event_id, stored=stored, **said)
            kept.say("events.panel.material.added")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/materials/<int:material_id>/file")
    @only(METHODISTS)
    def material(self, event_id: int, material_id: int) -> Answer:
        """A material that is a file."""
        self._own(event_id)
        _, scan = self.read(services.material_file, event_id=event_id, material_id=material_id)
        return scans.given(self.panel.settings.data_dir, scan)

    @expose("/<int:event_id>/materials/<int:material_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop_material(self, event_id: int, material_id: int) -> Answer:
        """Takes it off."""
        self.perform(hosts.drop_material, event_id=event_id, material_id=material_id).say(
            "events.panel.material.dropped"
        )
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/questions/<int:question_id>", methods=["POST"])
    @only(METHODISTS)
    def answer(self, event_id: int, question_id: int) -> Answer:
        """Answers a question for those who lead."""
        said = self.word("answer", QUESTION_LIMIT)
        answered = self.perform(hosts.answer_question, event_id=event_id, question_id=question_id, text=said)
        answered.say("events.panel.question.answered")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/people/<int:registration_id>/spell", methods=["POST"])
    @only(METHODISTS)
    def spell(self, event_id: int, registration_id: int) -> Answer:
        """Writes by hand what a certificate says."""
        self.perform(
            hosts.spell,
            event_id=event_id,
            registration_id=registration_id,
            dative=self.word("dative", 300),
            mark=next(iter(result_marks(self)), None),
        ).say("events.panel.spelt")
        return self.back("events.card", event_id=event_id)

    @expose("/<int:event_id>/results", methods=["GET", "POST"])
    @only(METHODISTS)
    def results(self, event_id: int) -> Answer:
        """The results of a contest, everybody's at once. What was chosen stays where somebody else was quicker."""
        detail, known = self._contest(event_id)
        chosen = {one.registration_id: one.result_id for one in detail.came()}
        if self.is_post():
            marks = result_marks(self)
            chosen |= {one.registration_id: one.now for one in marks}
            outcome = self.perform(hosts.award, event_id=event_id, marks=marks)
            if outcome:
                outcome.say("events.panel.results.saved", n=outcome.value)
                return self.back("events.results", event_id=event_id)
            detail = self._own(event_id)
        self._note(detail, action="events.read")
        told = {"event": detail.event, "came": detail.came(), "chosen": chosen, "results": known}
        return self.page("events/results.html", **told, now=self.now())

    @expose("/<int:event_id>/results.xlsx")
    @only(METHODISTS)
    def export_results(self, event_id: int) -> Answer:
        """Those who came, to be filled in and brought back as a list."""
        detail, known = self._contest(event_id)
        self._note(detail, action="events.export")
        return self._book(results_list(detail, known, self.panel), f"results-{event_id}")

    def _contest(self, event_id: int) -> tuple[Detail, list[tuple[int, str]]]:
        """An own contest and its results; any other event has none."""
        known = self.read(hosts.results, event_id=event_id)
        return (self._own(event_id), known) if known else abort(404)

    @expose("/<int:event_id>/check-in")
    @only(METHODISTS)
    def check_in(self, event_id: int) -> Answer:
        """The page for the screen in the hall: a big code that turns, digits and a number that grows."""
        detail = self._own(event_id)
        return self.page("events/check_in.html", detail=detail, event=detail.event, **self._shown(event_id))

    @expose("/<int:event_id>/check-in/now")
    @only(METHODISTS)
    def counted(self, event_id: int) -> Answer:
        """What the page above shows now: the code, and how many are there."""
        return self.page("events/check_in_code.html", **self._shown(event_id))

    def _shown(self, event_id: int) -> dict[str, Any]:
        here, code = self.read(staff_queries.at_the_door, event_id=event_id)
        return {"here": here, "code": code, "link": self.bot_link(f"ci_{code.token}") if code else ""}

    @expose("/<int:event_id>/sheet")
    @only(METHODISTS)
    def sheet(self, event_id: int) -> Answer:
        """The list for signatures, to be printed."""
        detail = self._own(event_id)
        self._note(detail, action="events.print")
        link = self.bot_link(f"ev_{detail.event.code}") if self.now() < detail.event.ends_at else ""
        return self.page("events/sheet.html", detail=detail, event=detail.event, link=link)

    @expose("/<int:event_id>/list.xlsx")
    @only(METHODISTS)
    def export_guests(self, event_id: int) -> Answer:
        """The list as a table."""
        detail = self._own(event_id)
        self._note(detail, action="events.export")
        results = self.read(hosts.results, event_id=event_id)
        content = guest_list(detail, self.read(presence.guests, event_id=event_id), results, self.panel)
        return self._book(content, f"event-{event_id}")

    def _book(self, content: bytes, name: str) -> Response:
        headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
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
            **choices(self, detail.event if detail else None),
            most_times=SERIES[-1],
        )


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
            found = self.read(verify, number=number)
        page = self.page("events/verify.html", number=number, found=found)
        return page if found else (page, 404)


VIEWS: list[View] = [Events, Verify]
