"""The plan of a group in the panel: lines of a school year, and what fulfilled them."""

from datetime import date

from flask import redirect, url_for

from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.workplans.tables import plan_sheet
from db.diary.rules import school_year
from db.errors import DomainError
from db.limits import YEARS, day_of, whole
from db.workplans import rules, staff_queries, staff_services
from db.workplans.deeds import WorkDeed
from db.workplans.models import WorkWay
from db.workplans.queries import WorkLine
from db.workplans.staff_services import WorkDraft


class Workplans(Page):
    """The plans of groups within the account's reach: one reaches them from a group's page."""

    path, endpoint, title = "/workplans", "workplans", "workplans.panel.title"
    allowed, under = ALL, "groups"

    @expose("/")
    def index(self) -> Answer:
        """A plan belongs to a group: one chooses it there."""
        return redirect(url_for("groups.index"))

    @expose("/<int:group_id>/")
    def plan(self, group_id: int) -> Answer:
        """A group's plan of a school year."""
        return self._plan(group_id, self._year())

    @expose("/<int:group_id>/plan.xlsx")
    def export(self, group_id: int) -> Answer:
        """The same as a workbook."""
        found = self.read(staff_queries.page, group_id=group_id, year=self._year())
        return self.taken(plan_sheet(found, self.panel), f"plan-{group_id}", [], action="workplans.export")

    @expose("/<int:group_id>/lines", methods=["POST"])
    @only(METHODISTS)
    def add(self, group_id: int) -> Answer:
        """Adds a line."""
        year = self._year()
        if self.perform(staff_services.add_line, group_id=group_id, year=year, draft=self._draft()).say(
            "workplans.panel.saved"
        ):
            return redirect(url_for("workplans.plan", group_id=group_id, year=year))
        # What was typed stays in the form of whoever is told why not.
        return self._plan(group_id, year)

    @expose("/lines/<int:workplan_line_id>", methods=["GET", "POST"])
    @only(METHODISTS)
    def line(self, workplan_line_id: int) -> Answer:
        """One line: its words, its term, what was done of it."""
        row = self.read(staff_queries.line, line_id=workplan_line_id)
        stored = {"text": row.line.text, "term": row.line.term}
        values = stored
        if self.is_post():
            draft = self._draft()
            values = {"text": draft.text, "term": draft.term}
            if not self.moved_on(stored, values) and self.perform(
                staff_services.change_line, line_id=workplan_line_id, draft=draft
            ).say("workplans.panel.saved"):
                return redirect(url_for("workplans.line", workplan_line_id=workplan_line_id))
        return self._line(row, stored, values)

    @expose("/lines/<int:workplan_line_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop(self, workplan_line_id: int) -> Answer:
        """Takes a line out of the plan."""
        done = self.perform(staff_services.drop_line, line_id=workplan_line_id).say("workplans.panel.dropped")
        if done.value is None:
            return self.back("workplans.line", workplan_line_id=workplan_line_id)
        group_id, year = done.value
        return self.back("workplans.plan", group_id=group_id, year=year)

    @expose("/lines/<int:workplan_line_id>/done", methods=["POST"])
    @only(METHODISTS)
    def done(self, workplan_line_id: int) -> Answer:
        """Notes that the line's next time is done."""
        way, _, number = self.word("by", 30).partition(":")
        named = way in set(WorkWay) - {WorkWay.HAND}
        typed = self.word("done_on", 10)
        day = day_of(typed) if typed else self._today()
        if day is None:
            say_refusal(DomainError("day_unknown", typed=typed, field="done_on"))
        else:
            deed = WorkDeed(
                done_on=day,
                way=WorkWay(way) if named else WorkWay.HAND,
                of_id=whole(number) if named else None,
                word=self.word("word", rules.WORD_LENGTH),
            )
            noted = self.perform(staff_services.fulfil, line_id=workplan_line_id, deed=deed)
            if noted.say("workplans.panel.fulfilled"):
                return self.back("workplans.line", workplan_line_id=workplan_line_id)
        # What was typed stays in the form of whoever is told why not.
        row = self.read(staff_queries.line, line_id=workplan_line_id)
        stored = {"text": row.line.text, "term": row.line.term}
        return self._line(row, stored, stored)

    @expose("/lines/<int:workplan_line_id>/done/<int:workplan_mark_id>/undo", methods=["POST"])
    @only(METHODISTS)
    def undo(self, workplan_line_id: int, workplan_mark_id: int) -> Answer:
        """Takes it back."""
        self.perform(staff_services.undo, line_id=workplan_line_id, fulfilment_id=workplan_mark_id).say(
            "workplans.panel.undone"
        )
        return self.back("workplans.line", workplan_line_id=workplan_line_id)

    def _line(self, row: WorkLine, stored: dict[str, str], values: dict[str, str]) -> Answer:
        page = self.read(staff_queries.page, group_id=row.line.group_id, year=row.line.year)
        typed = {
            "by": self.word("by", 30),
            "word": self.word("word", rules.WORD_LENGTH),
            "done_on": self.word("done_on", 10) or self._today().isoformat(),
        }
        return self.page(
            "workplans/line.html",
            row=row,
            page=page,
            values=values,
            stored=stored,
            typed=typed,
            today=self._today(),
            rules=rules,
        )

    def _plan(self, group_id: int, year: int) -> Answer:
        found = self.read(staff_queries.page, group_id=group_id, year=year)
        this = school_year(self._today())
        known = {*self.read(staff_queries.years, group_id=group_id), this, this + 1, year}
        years = [(one, self.t.plain("workplans.panel.year_of", since=one, until=one + 1)) for one in sorted(known)]
        typed = {"text": self.word("text", rules.TEXT_LENGTH), "term": self.word("term", rules.TERM_LENGTH)}
        return self.page("workplans/plan.html", page=found, years=years, typed=typed, rules=rules)

    def _year(self) -> int:
        year = self.number("year")
        return year if year is not None and year in YEARS else school_year(self._today())

    def _draft(self) -> WorkDraft:
        return WorkDraft(text=self.word("text", rules.TEXT_LENGTH), term=self.word("term", rules.TERM_LENGTH))

    def _today(self) -> date:
        return self.panel.local(self.now()).date()


VIEWS: list[View] = [Workplans]
