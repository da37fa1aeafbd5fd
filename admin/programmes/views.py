"""Modular programmes of sites: the list, one with its modules and groups, a group with its lessons."""

from datetime import date, datetime, time
from itertools import chain, repeat
from typing import Any

from flask import redirect, request, url_for

from admin.access import ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Outcome, View, expose, say_refusal
from admin.forms import Field, PlainPage
from admin.programmes.tables import programmes_sheet
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.errors import DomainError
from db.events.queries import component_names
from db.limits import clock_of, day_of, whole
from db.programmes import staff_queries
from db.programmes.staff_services import (
    LessonDraft,
    ModuleLine,
    ProgrammeDraft,
    RunDraft,
    add_lesson,
    drop_lesson,
    open_run,
    save_modules,
    save_programme,
)
from db.sites.staff_queries import working

MORE = 3
"""Empty lines for new modules."""


class Programmes(PlainPage):
    """Programmes of the whole region, reached from the sites; groups within the account's reach."""

    path, endpoint, title = "/sites/programmes", "programmes", "programmes.panel.title"
    allowed = ALL
    noun, editors = "programmes", REGIONAL

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """All that is said of a programme but its modules."""
        return (
            Field("code", required=True, longest=64, fixed=True),
            Field("title", required=True, label="name"),
            Field("months_from", "number", required=True),
            Field("months_to", "number", required=True),
            Field("about", "area", longest=2000),
            Field("positions", "checks", options=self._positions),
            Field("active", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """All of them, as the document has them."""
        rows = self.read(staff_queries.programmes)
        return self.page("programmes/list.html", rows=rows)

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file, with the modules."""
        rows = self.read(staff_queries.programmes)
        book = programmes_sheet(rows, self.read(component_names), self.panel)
        return self.taken(book, "programmes", [], action="programmes.export")

    @expose("/<int:programme_id>/card")
    def card(self, programme_id: int) -> Answer:
        """One programme."""
        return self.page(
            "programmes/card.html",
            row=self.read(staff_queries.programme, programme_id=programme_id),
            runs=self.read(staff_queries.runs, programme_id=programme_id),
            more=MORE,
            components=self.read(component_names),
        )

    @expose("/<int:programme_id>/modules", methods=["POST"])
    @only(REGIONAL)
    def modules(self, programme_id: int) -> Answer:
        """Keeps the modules in their order."""
        numbers = request.form.getlist("module")
        titles, hours = request.form.getlist("title"), request.form.getlist("hours")
        known = self.read(component_names)
        serves = (one if one in known else "" for one in chain(request.form.getlist("component"), repeat("")))
        lines = [
            ModuleLine(whole(number) or None, title[:300], whole(count), component)
            for number, title, count, component in zip(numbers, titles, hours, serves, strict=False)
        ]
        self.perform(save_modules, programme_id=programme_id, modules=lines).say("settings.saved")
        return self.back("programmes.card", programme_id=programme_id)

    @expose("/<int:programme_id>/runs/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new_run(self, programme_id: int) -> Answer:
        """Opens a group, or one teacher's own way."""
        row = self.read(staff_queries.programme, programme_id=programme_id)
        sites = self.read(working)
        if self.is_post():
            begins, ends = self._moment("starts", time(8, 0)), self._moment("ends", time(21, 0))
            if begins is None or ends is None:
                say_refusal(DomainError("event_times", field="starts"))
            else:
                draft = RunDraft(
                    programme_id=programme_id,
                    site_id=self.number("site") or 0,
                    personal=self.word("way", 10) == "personal",
                    starts_at=begins,
                    ends_at=ends,
                    capacity=self.number("capacity"),
                    signatory=self.word("signatory", 300),
                )
                if done := self.perform(open_run, draft=draft).say("programmes.panel.run_opened"):
                    return redirect(url_for("programmes.run", event_id=done.value))
        return self.page("programmes/run_form.html", row=row, sites=sites)

    @expose("/runs/<int:event_id>")
    def run(self, event_id: int) -> Answer:
        """A group: its lessons, who sat in how many, places."""
        found = self.read(staff_queries.run, event_id=event_id)
        return self.page("programmes/run.html", found=found, event=found.row.run.event)

    @expose("/runs/<int:event_id>/lessons", methods=["POST"])
    @only(METHODISTS)
    def lesson(self, event_id: int) -> Answer:
        """Plans a lesson."""
        day = day_of(self.word("day", 10))
        first, last = clock_of(self.word("from", 5)), clock_of(self.word("to", 5))
        if day is None or first is None or last is None:
            say_refusal(DomainError("session_times"))
        else:
            draft = LessonDraft(
                module_id=self.number("module") or 0,
                starts_at=self._at(day, first),
                ends_at=self._at(day, last),
                hours=self.number("hours"),
                place=self.word("place", 300),
            )
            self.perform(add_lesson, event_id=event_id, draft=draft).say("programmes.panel.lesson_added")
        return self.back("programmes.run", event_id=event_id)

    @expose("/runs/<int:event_id>/lessons/<int:session_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop_lesson(self, event_id: int, session_id: int) -> Answer:
        """Takes a lesson out."""
        done = self.perform(drop_lesson, event_id=event_id, session_id=session_id)
        done.say("programmes.panel.lesson_dropped")
        return self.back("programmes.run", event_id=event_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The programme."""
        row = self.read(staff_queries.programme, programme_id=row_id)
        plain = {field.name: getattr(row, field.name) for field in self.fields if field.name != "positions"}
        return {**plain, "positions": frozenset(one.position.code for one in row.positions)}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        return self.perform(save_programme, programme_id=row_id, draft=ProgrammeDraft(**values))

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The programme's page once it is saved."""
        return url_for("programmes.card", programme_id=saved) if saved else url_for("programmes.index")

    def _positions(self) -> list[tuple[str, str]]:
        return [(one.code, one.name) for one in self.read(dictionaries.terms, kind=TermKind.POSITION)]

    def _moment(self, field: str, clock: time) -> datetime | None:
        day = day_of(self.word(field, 10))
        return self._at(day, clock) if day else None

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.panel.zone)


VIEWS: list[View] = [Programmes]
