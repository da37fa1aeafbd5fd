"""The plan: its lines as the source has them and how they stand, what fulfilled them, and what the plan is for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import redirect, request, url_for

from admin.access import ALL, COORDINATORS, REGIONAL, editors_only, only
from admin.base import Answer, Outcome, Page, View, expose, say_refusal
from admin.forms import Field, PlainPage
from admin.paging import Paging
from admin.plans import forms
from admin.plans.tables import plan_sheet, plan_word
from db.documents import queries as documents
from db.errors import DomainError
from db.limits import day_of, whole
from db.plans import queries, uploads
from db.plans.models import Period, Plan, PlanPoint, PlanSection, PointKind
from db.plans.queries import LineRow, PlanFilter
from db.plans.rules import LineState, quarter
from db.plans.staff_queries import changeable, events_near, held_by, people_like, responsible
from db.plans.staff_services import (
    Deed,
    fulfil,
    hold_by,
    hold_by_new,
    let_go,
    name_responsible,
    put_aside,
    release,
    restore,
    save_line,
    undo,
)

SHOWN_AT_ONCE = 60
SHOWN_OF_FILE = 200
SHOWN_AS_DUE = 150


class Plans(PlainPage):
    """A plan in its own columns. `?plan=` chooses one where there are several."""

    path, endpoint, title = "/plan", "plan", "settings.plan.title"
    allowed, section, icon, order = ALL | COORDINATORS, "organisation", "check", 10
    noun, editors = "plan", REGIONAL | COORDINATORS
    form_template = "plans/line.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """The source's columns, and the term once more as days and a count."""
        return forms.fields(self._of(), self._sections(), self._periods())

    @expose("/")
    def index(self) -> Answer:
        """The lines of one plan."""
        plans = self.read(queries.plans)
        plan = self._chosen(plans)
        if plan is None:
            return self.page("plans/none.html")
        wanted = self._wanted()
        asked = Paging.wanted()
        sections = self.read(queries.sections, plan_id=plan.id)
        found = self.read(
            queries.lines,
            plan_id=plan.id,
            today=self._today(),
            wanted=wanted,
            limit=SHOWN_AT_ONCE,
            offset=(asked - 1) * SHOWN_AT_ONCE,
        )
        return self.page(
            "plans/list.html",
            plans=plans,
            plan=plan,
            found=found,
            paging=Paging(found.total, asked, SHOWN_AT_ONCE),
            sections=sections,
            parts=[(one.id, one.title) for one in sections],
            changed=self._changed(sections),
            wanted=wanted,
            kept={"plan": plan.code} if plan is not plans[0] else {},
            states=[(one.value, self.t.plain(f"settings.plan.state.{one}")) for one in LineState],
            months=forms.quarters_of(plan),
            chosen_quarter=self.word("quarter", 7),
            this_quarter=forms.this_quarter(plan, self._today()),
        )

    @expose("/calendar")
    def calendar(self) -> Answer:
        """What is due when, month by month, to be printed: a quarter, or one month of it."""
        plans = self.read(queries.plans)
        plan = self._chosen(plans)
        if plan is None:
            return self.page("plans/none.html")
        days, months = forms.quarter_of(self.word("quarter", 7), plan, self._today()), forms.months_of(plan)
        month = day_of(self.word("month", 7) + "-01")
        first, last = days if month is None else forms.month_days(month)
        found = self.read(
            queries.due_between,
            plan_id=plan.id,
            today=self._today(),
            wanted=replace(self._wanted(), first=first, last=last),
            most=SHOWN_AS_DUE,
        )
        sections = self.read(queries.sections, plan_id=plan.id)
        return self.page(
            "plans/calendar.html",
            plans=plans,
            plan=plan,
            found=found,
            by_month=forms.by_month(found.ending),
            months=months,
            days=(first, last),
            parts=[(one.id, one.title) for one in sections],
            wanted=self._wanted(),
            quarters=forms.quarters_of(plan),
            chosen_quarter="" if month else f"{first.year}-{(first.month + 2) // 3}",
            chosen_month=f"{month:%Y-%m}" if month else "",
            nearest=forms.nearest(plan, self._today()),
            most=SHOWN_AS_DUE,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The plan as its source has it: the same columns in the same order; how its lines stand is a second sheet."""
        plan = self._chosen(self.read(queries.plans))
        if plan is None:
            return redirect(url_for("plan.index"))
        book = plan_sheet(plan, *self._lines(plan), self.panel, words=self.scope.sees_names)
        return self.taken(book, "plan", [], action="plans.export")

    @expose("/list.docx")
    def printed(self) -> Answer:
        """The same lines as a Word file: the source's title, columns and sections."""
        plan = self._chosen(self.read(queries.plans))
        if plan is None:
            return redirect(url_for("plan.index"))
        return self.taken(
            plan_word(plan, *self._lines(plan), self.panel), "plan", [], action="plans.print", ending="docx"
        )

    @expose("/tasks")
    def tasks(self) -> Answer:
        """Goal, tasks, expected results, and the stages with their works."""
        points = self.read(queries.points)
        stages = [
            (stage, [one for one in points if one.stage_id == stage.id])
            for plan in self.read(queries.plans)
            for stage in plan.stages
        ]
        return self.page("plans/tasks.html", points=_by_kind(points), stages=stages)

    @expose("/<int:line_id>/done", methods=["POST"])
    @only(REGIONAL)
    def done(self, line_id: int) -> Answer:
        """Notes that the line's next time is done."""
        deed = Deed(
            done_on=day_of(self.word("done_on", 10)) or self._today(),
            word=self.word("word", 1000),
            event_id=self.number("event"),
            document_id=None if self.number("event") else self.number("document"),
        )
        self.perform(fulfil, line_id=line_id, deed=deed).say("settings.plan.noted")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/done/<int:fulfilment_id>/undo", methods=["POST"])
    @only(REGIONAL)
    def undone(self, line_id: int, fulfilment_id: int) -> Answer:
        """Takes it back."""
        self.perform(undo, line_id=line_id, fulfilment_id=fulfilment_id).say("settings.plan.undone")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/people", methods=["POST"])
    @only(REGIONAL)
    def appoint(self, line_id: int) -> Answer:
        """Names somebody who answers for the line."""
        person_id = self.number("person")
        if person_id is not None:
            self.perform(name_responsible, line_id=line_id, person_id=person_id).say("settings.plan.named")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/people/<int:person_id>/release", methods=["POST"])
    @only(REGIONAL)
    def release(self, line_id: int, person_id: int) -> Answer:
        """Ends it."""
        self.perform(release, line_id=line_id, person_id=person_id).say("settings.plan.released")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/remove", methods=["POST"])
    @editors_only
    def remove(self, line_id: int) -> Answer:
        """Takes the line out of the plan; a wrong tap is taken back."""
        undo = url_for("plan.restore", line_id=line_id)
        self.perform(put_aside, line_id=line_id).say("settings.plan.removed", undo=undo)
        return self.back("plan.index")

    @expose("/<int:line_id>/restore", methods=["POST"])
    @editors_only
    def restore(self, line_id: int) -> Answer:
        """Puts it back."""
        self.perform(restore, line_id=line_id).say("settings.plan.restored")
        return self.back("plan.index")

    @expose("/events/<int:event_id>")
    @only(REGIONAL)
    def event(self, event_id: int) -> Answer:
        """By which line an event is held, or the lines to choose from."""
        text = self.word("q", 100)
        found = self.read(held_by, event_id=event_id, text=text)
        plans = [] if found.line else self.read(queries.plans)
        parts = [part for plan in plans for part in self.read(queries.sections, plan_id=plan.id)]
        day = self.panel.local(found.event.starts_at).date()
        fitting = next((part.id for part in parts if forms.holds(part, day)), None)
        return self.page("plans/event.html", found=found, text=text, sections=forms.named(parts), fitting=fitting)

    @expose("/events/<int:event_id>/line", methods=["POST"])
    @only(REGIONAL)
    def hold(self, event_id: int) -> Answer:
        """By one of the lines."""
        self.perform(hold_by, event_id=event_id, line_id=self.number("line") or 0).say("settings.plan.held")
        return self.back("plan.event", event_id=event_id)

    @expose("/events/<int:event_id>/new", methods=["POST"])
    @only(REGIONAL)
    def hold_new(self, event_id: int) -> Answer:
        """By a line that is made of the event."""
        made = self.perform(hold_by_new, event_id=event_id, section_id=self.number("section") or 0)
        made.say("settings.plan.held_new")
        return self.back("plan.event", event_id=event_id)

    @expose("/events/<int:event_id>/none", methods=["POST"])
    @only(REGIONAL)
    def let_go(self, event_id: int) -> Answer:
        """By none of them."""
        self.perform(let_go, event_id=event_id).say("settings.plan.let_go")
        return self.back("plan.event", event_id=event_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The line."""
        line = self._line(row_id).line
        return forms.shown(line, line.section.plan)

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        section_id = whole(str(values.get("section_id", "") or ""))
        return self.perform(save_line, line_id=row_id, section_id=section_id, draft=forms.drafted(values, self._of()))

    def more(self, row_id: int) -> dict[str, Any]:
        """What fulfilled the line, and what may be noted."""
        row = self._line(row_id)
        if self.scope.applications_only:  # a coordinator keeps what the line says, not who answers for it
            return {"row": row}
        find = self.word("find", 100)
        people, found = self.read(responsible, line_id=row_id), self.read(people_like, line_id=row_id, text=find)
        self.note_reading(
            action="people.list", object_type="person", people=(number for number, _ in (*people, *found))
        )
        events = self.read(events_near, starts=row.line.starts, ends=row.line.ends)
        return {
            "row": row,
            "today": self._today(),
            "people": people,
            "find": find,
            "like": found,
            "events": [(one.id, f"{self.panel.local(one.starts_at):%d.%m.%Y} · {one.title}") for one in events],
            "documents": [(one.id, one.named) for one in self.read(documents.documents)],
            "of_events": dict(self.read(queries.event_titles, line_id=row_id)),
        }

    def after(self, values: dict[str, Any]) -> dict[str, Any]:
        """The plan that the line is of."""
        return {"plan": request.args["plan"]} if "plan" in request.args else {}

    def _lines(self, plan: Plan) -> tuple[Sequence[PlanSection], Sequence[LineRow]]:
        """The sections and lines that are asked for; a narrower question leaves the silent sections out."""
        wanted = self._wanted()
        rows = self.read(queries.lines, plan_id=plan.id, today=self._today(), wanted=wanted).rows
        told = {row.line.section_id for row in rows}
        parts = self.read(queries.sections, plan_id=plan.id)
        return [one for one in parts if wanted == PlanFilter() or one.id in told], rows

    def _line(self, line_id: int) -> LineRow:
        return self.read(changeable, line_id=line_id, today=self._today())

    def _of(self) -> Plan | None:
        """The plan that the form is of."""
        line_id = (request.view_args or {}).get("row_id")
        if line_id is not None:
            return self._line(line_id).line.section.plan
        return self._chosen(self.read(queries.plans))

    def _today(self) -> date:
        return self.panel.local(self.now()).date()

    def _chosen(self, plans: Any) -> Plan | None:
        code = self.word("plan", 64)
        return next((one for one in plans if one.code == code), plans[0] if plans else None)

    def _changed(self, sections: Sequence[PlanSection]) -> set[int]:
        """Sections whose lines this account changes."""
        mine = self.scope.direction_ids
        return {one.id for one in sections if self.editable and (mine is None or one.direction_id in mine)}

    def _wanted(self) -> PlanFilter:
        value = self.word("state")
        first, last = quarter(self.word("quarter", 7)) or (None, None)
        return PlanFilter(
            section_id=self.number("section"),
            state=LineState(value) if value in set(LineState) else None,
            first=first,
            last=last,
            text=self.word("q", 100),
            person_id=self.account.person_id if self.word("mine", 1) else None,
        )

    def _sections(self) -> list[tuple[int, str]]:
        plan = self._of()
        if plan is None:
            return []
        parts = self.read(queries.sections, plan_id=plan.id)
        mine = self.scope.direction_ids
        return [(one.id, one.title or plan.title) for one in parts if mine is None or one.direction_id in mine]

    def _periods(self) -> list[tuple[str, str]]:
        return [("", self.t.plain("settings.plan.period.once"))] + [
            (one.value, self.t.plain(f"settings.plan.period.{one}")) for one in Period
        ]


class PlanUploads(Page):
    """Lines of a plan from a file: what it would do, and the way back."""

    path, endpoint, title = "/plan/uploads", "plan_uploads", "settings.plan.uploads"
    allowed = REGIONAL

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Answer:
        """A form for the next file, and what came in before. The file itself is not kept."""
        plans = self.read(queries.plans)
        if self.is_post():
            plan = next((one for one in plans if one.code == self.word("plan", 64)), None)
            try:
                name, grid = forms.sent_table(plan)
            except DomainError as refusal:
                say_refusal(refusal)
            else:
                silent = self.t.plain("settings.plan.no_lines")
                kept = self.perform(uploads.keep, plan_id=plan.id if plan else 0, title=name, grid=grid, silent=silent)
                if kept:
                    return redirect(url_for("plan_uploads.look", upload_id=kept.value))
        rows = self.read(uploads.uploads)
        return self.page("plans/uploads.html", plans=plans, rows=rows, chosen=self.word("plan", 64))

    @expose("/<int:upload_id>")
    def look(self, upload_id: int) -> Answer:
        """What becomes of each row."""
        found = self.read(uploads.look, upload_id=upload_id)
        return self.page("plans/upload.html", found=found, fates=list(uploads.RowFate), most=SHOWN_OF_FILE)

    @expose("/<int:upload_id>/put-in", methods=["POST"])
    def put_in(self, upload_id: int) -> Answer:
        """Puts the new lines into the plan."""
        done = self.perform(uploads.put_in, upload_id=upload_id)
        if done:
            done.say("settings.plan.upload.is_in", n=done.value)
        return self.back("plan_uploads.look", upload_id=upload_id)

    @expose("/<int:upload_id>/undo", methods=["POST"])
    def undo(self, upload_id: int) -> Answer:
        """Takes them out again, but for those that somebody has used since."""
        done = self.perform(uploads.undo_upload, upload_id=upload_id)
        if done.value:
            done.say("settings.plan.upload.is_undone", gone=done.value[0], stay=done.value[1])
        return self.back("plan_uploads.look", upload_id=upload_id)

    @expose("/<int:upload_id>/drop", methods=["POST"])
    def drop(self, upload_id: int) -> Answer:
        """Forgets a file that waits."""
        self.perform(uploads.drop_upload, upload_id=upload_id).say("settings.plan.upload.is_dropped")
        return redirect(url_for("plan_uploads.index"))


def _by_kind(points: Any) -> dict[str, list[PlanPoint]]:
    return {kind.value: [one for one in points if one.kind is kind] for kind in PointKind if kind is not PointKind.WORK}


VIEWS: list[View] = [Plans, PlanUploads]
