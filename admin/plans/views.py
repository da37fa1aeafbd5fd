"""The plan: its lines as the source has them and how they stand, what fulfilled them, and what the plan is for."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import redirect, request, url_for

from admin.access import ALL, REGIONAL, editors_only
from admin.base import Answer, Outcome, View, expose
from admin.forms import Field, PlainPage
from admin.paging import Paging
from admin.plans.tables import plan_sheet
from db.documents import queries as documents
from db.limits import day_of, whole
from db.plans import queries
from db.plans.models import Period, Plan, PlanPoint, PointKind
from db.plans.queries import LineRow, PlanFilter
from db.plans.rules import LineState, quarter
from db.plans.staff_queries import events_near, people_like, responsible
from db.plans.staff_services import Deed, LineDraft, fulfil, name_responsible, release, save_line, undo

SHOWN_AT_ONCE = 60


class Plans(PlainPage):
    """A plan in its own columns. `?plan=` chooses one where there are several."""

    path, endpoint, title = "/plan", "plan", "settings.plan.title"
    allowed, section, icon, order = ALL, "work", "check", 50
    noun, editors = "plan", REGIONAL
    form_template = "plans/line.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """The source's columns, and the term once more as days and a count."""
        return (
            Field("section_id", "select", required=True, options=self._sections, fixed=True),
            Field("text", "area", required=True, longest=2000),
            Field("participants", "area", longest=2000),
            Field("performers", "area", longest=2000),
            Field("result", "area", longest=2000),
            Field("term"),
            Field("starts", "date"),
            Field("ends", "date"),
            Field("period", "select", options=self._periods),
            Field("times", "number"),
            Field("active", "check"),
        )

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
            wanted=wanted,
            kept={"plan": plan.code} if plan is not plans[0] else {},
            states=[(one.value, self.t.plain(f"settings.plan.state.{one}")) for one in LineState],
            months=self._quarters(plan),
            chosen_quarter=self.word("quarter", 7),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The plan as its source has it: the same columns in the same order; how its lines stand is a second sheet."""
        plan = self._chosen(self.read(queries.plans))
        if plan is None:
            return redirect(url_for("plan.index"))
        rows = self.read(queries.lines, plan_id=plan.id, today=self._today(), wanted=self._wanted()).rows
        parts = self.read(queries.sections, plan_id=plan.id)
        book = plan_sheet(plan, parts, rows, self.panel, words=self.scope.sees_names)
        return self.taken(book, "plan", [], action="plans.export")

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
    @editors_only
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
    @editors_only
    def undone(self, line_id: int, fulfilment_id: int) -> Answer:
        """Takes it back."""
        self.perform(undo, line_id=line_id, fulfilment_id=fulfilment_id).say("settings.plan.undone")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/people", methods=["POST"])
    @editors_only
    def appoint(self, line_id: int) -> Answer:
        """Names somebody who answers for the line."""
        person_id = self.number("person")
        if person_id is not None:
            self.perform(name_responsible, line_id=line_id, person_id=person_id).say("settings.plan.named")
        return self.back("plan.edit", row_id=line_id)

    @expose("/<int:line_id>/people/<int:person_id>/release", methods=["POST"])
    @editors_only
    def release(self, line_id: int, person_id: int) -> Answer:
        """Ends it."""
        self.perform(release, line_id=line_id, person_id=person_id).say("settings.plan.released")
        return self.back("plan.edit", row_id=line_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The line."""
        line = self._line(row_id).line
        return {field.name: getattr(line, field.name) for field in self.fields}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        section_id = whole(str(values.pop("section_id", "") or ""))
        period = Period(values["period"]) if values["period"] in set(Period) else None
        draft = LineDraft(**{**values, "period": period, "times": 1 if values["times"] is None else values["times"]})
        return self.perform(save_line, line_id=row_id, section_id=section_id, draft=draft)

    def more(self, row_id: int) -> dict[str, Any]:
        """What fulfilled the line, and what may be noted."""
        row = self._line(row_id)
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
            "documents": [(one.id, one.heading or one.title) for one in self.read(documents.documents)],
            "of_events": dict(self.read(queries.event_titles, line_id=row_id)),
        }

    def after(self, values: dict[str, Any]) -> dict[str, Any]:
        """The plan that the line is of."""
        return {"plan": request.args["plan"]} if "plan" in request.args else {}

    def _line(self, line_id: int) -> LineRow:
        return self.read(queries.line, line_id=line_id, today=self._today())

    def _today(self) -> date:
        return self.panel.local(self.now()).date()

    def _chosen(self, plans: Any) -> Plan | None:
        code = self.word("plan", 64)
        return next((one for one in plans if one.code == code), plans[0] if plans else None)

    def _wanted(self) -> PlanFilter:
        value = self.word("state")
        first, last = quarter(self.word("quarter", 7)) or (None, None)
        return PlanFilter(
            section_id=self.number("section"),
            state=LineState(value) if value in set(LineState) else None,
            first=first,
            last=last,
            text=self.word("q", 100),
        )

    def _sections(self) -> list[tuple[int, str]]:
        plan = self._chosen(self.read(queries.plans))
        return (
            [(one.id, one.title or plan.title) for one in self.read(queries.sections, plan_id=plan.id)] if plan else []
        )

    def _periods(self) -> list[tuple[str, str]]:
        return [("", self.t.plain("settings.plan.period.once"))] + [
            (one.value, self.t.plain(f"settings.plan.period.{one}")) for one in Period
        ]

    def _quarters(self, plan: Plan) -> list[tuple[str, str]]:
        if plan.starts is None or plan.ends is None:
            return []
        found = [f"{year}-{number}" for year in range(plan.starts.year, plan.ends.year + 1) for number in range(1, 5)]
        return [
            (one, format_date(days[0], "QQQ y", locale="ru"))
            for one in found
            if (days := quarter(one)) and days[1] >= plan.starts and days[0] <= plan.ends
        ]


def _by_kind(points: Any) -> dict[str, list[PlanPoint]]:
    return {kind.value: [one for one in points if one.kind is kind] for kind in PointKind if kind is not PointKind.WORK}


VIEWS: list[View] = [Plans]
