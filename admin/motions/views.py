"""Proposals: the list, a new one by a figure, and a card with its answer and what became of it."""

from flask import redirect, request, url_for

from admin.access import METHODISTS
from admin.base import Answer, Page, View, expose
from admin.motions.tables import address, motions_sheet
from admin.paging import Paging
from db.limits import whole
from db.motions import staff_queries, staff_services
from db.motions.models import FigureSource, MotionStatus
from db.motions.rules import ANSWER_LENGTH, CHANGE_LENGTH, ReportFigure
from db.motions.staff_queries import MINE, TO_ANSWER, MotionFilter
from db.motions.wording import change_text, name_text, value_text
from db.overviews import figures

OF_COMPONENTS = (FigureSource.DEMAND, FigureSource.DEFICITS)
TONES = {"accepted": "good", "declined": "bad", "considered": "warn"}


class Motions(Page):
    """What is proposed by figures: to programmes, and to groups for their agendas."""

    path, endpoint, title = "/motions", "motions", "motions.panel.title"
    allowed, section, icon, order = METHODISTS, "insight", "inbox", 30

    @expose("/")
    def index(self) -> Answer:
        """The proposals within reach, the newest first."""
        wanted, size = self._wanted(), Paging(0).size
        asked = Paging.wanted()
        found = self.read(staff_queries.motions, wanted=wanted, limit=size, offset=(asked - 1) * size)
        return self.page(
            "motions/list.html",
            found=found,
            wanted=wanted,
            paging=Paging(found.total, asked, size),
            statuses=[(one.value, self.t.plain(f"motions.panel.status.{one}")) for one in MotionStatus],
            whose=[(one, self.t.plain(f"motions.panel.whose.{one}")) for one in (MINE, TO_ANSWER)],
            tones=TONES,
            name=self._name,
            value=self._value,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.motions, wanted=self._wanted())
        return self.taken(motions_sheet(found.rows, self.panel), "motions", [], action="motions.export")

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Answer:
        """A proposal by the figure that the address names: read here and now, never taken from the form."""
        source = self.word("source", 16)
        if source not in set(FigureSource):  # a proposal begins at a figure
            return redirect(url_for("motions.index"))
        figure = self.read(figures.figure, source=FigureSource(source), asked=self._asked())
        if figure is None:
            return self.page("motions/form.html", figure=None, name="", value="", targets=[], most=CHANGE_LENGTH)
        target, change = self.word("target", 32), self.word("change", CHANGE_LENGTH)
        kind, _, number = target.partition("-")
        if self.is_post():
            done = self.perform(
                staff_services.submit,
                figure=figure,
                programme_id=whole(number) if kind == "programme" else None,
                group_id=whole(number) if kind == "group" else None,
                change=change,
            ).say("motions.panel.submitted")
            if done:
                return redirect(url_for("motions.card", motion_id=done.value))
        t = self.t
        targets = [
            *((f"group-{one}", t.plain("motions.panel.to_group", name=name)) for one, name in self._groups()),
            *((f"programme-{one}", t.plain("motions.panel.to_programme", name=name)) for one, name in self._courses()),
        ]
        return self.page(
            "motions/form.html",
            figure=figure,
            name=self._name(figure),
            value=self._value(figure),
            targets=targets,
            target=target,
            change=change,
            most=CHANGE_LENGTH,
        )

    @expose("/<int:motion_id>")
    def card(self, motion_id: int) -> Answer:
        """One proposal: the figure then and now, its answer, and what became of it."""
        return self._card(motion_id)

    @expose("/<int:motion_id>/withdraw", methods=["POST"])
    def withdraw(self, motion_id: int) -> Answer:
        """Takes an own one back."""
        self.perform(staff_services.withdraw, motion_id=motion_id).say("motions.panel.withdrawn")
        return self.back("motions.card", motion_id=motion_id)

    @expose("/<int:motion_id>/take_up", methods=["POST"])
    def take_up(self, motion_id: int) -> Answer:
        """Begins to consider it; a group's goes on the agenda of its next meeting."""
        self.perform(staff_services.take_up, motion_id=motion_id).say("motions.panel.taken_up")
        return self.back("motions.card", motion_id=motion_id)

    @expose("/<int:motion_id>/<any(accept, decline):verdict>", methods=["POST"])
    def decide(self, motion_id: int, verdict: str) -> Answer:
        """Answers it."""
        done = self.perform(
            staff_services.decide,
            motion_id=motion_id,
            accepted=verdict == "accept",
            answer=self.word("answer", ANSWER_LENGTH),
        ).say("motions.panel.answered")
        # What was typed stays in the form of whoever is told why not.
        return self.back("motions.card", motion_id=motion_id) if done else self._card(motion_id)

    @expose("/<int:motion_id>/plan", methods=["POST"])
    def plan(self, motion_id: int) -> Answer:
        """Makes a line of a plan of it."""
        self.perform(
            staff_services.plan, motion_id=motion_id, section_id=self.number("section_id"), term=self.word("term", 100)
        ).say("motions.panel.planned")
        return self.back("motions.card", motion_id=motion_id)

    @expose("/<int:motion_id>/event", methods=["POST"])
    def hold(self, motion_id: int) -> Answer:
        """Says which event it became."""
        done = self.perform(staff_services.hold, motion_id=motion_id, event_id=self.number("event"))
        done.say("motions.panel.held")
        return self.back("motions.card", motion_id=motion_id)

    def _card(self, motion_id: int) -> Answer:
        found = self.read(staff_queries.card, motion_id=motion_id)
        one, then = found.row.motion, found.row.figure
        now = self.read(figures.figure_now, then=then)
        accepted = found.answers and one.status is MotionStatus.ACCEPTED
        return self.page(
            "motions/card.html",
            found=found,
            motion=one,
            then=then,
            now=now,
            today=self.panel.local(self.now()).date(),
            name=self._name(then),
            value=self._value,
            change=change_text(self.t, then, now),
            address=address(then),
            component=then.asked.get("component") if then.source in OF_COMPONENTS else None,
            accepted=accepted,
            sections=self.read(staff_queries.sections) if accepted and self.scope.is_regional else [],
            events=self.read(staff_queries.events) if accepted else [],
            tones=TONES,
            most=ANSWER_LENGTH,
        )

    def _name(self, figure: ReportFigure) -> str:
        return name_text(self.t, figure)

    def _value(self, figure: ReportFigure) -> str:
        return value_text(self.t, figure)

    def _groups(self) -> list[tuple[int, str]]:
        return self.read(staff_queries.groups)

    def _courses(self) -> list[tuple[int, str]]:
        return self.read(staff_queries.programmes)

    def _wanted(self) -> MotionFilter:
        status, whose = self.word("status", 16), self.word("whose", 16)
        return MotionFilter(
            status=MotionStatus(status) if status in set(MotionStatus) else None,
            whose=whose if whose in (MINE, TO_ANSWER) else "",
            meeting_id=self.number("meeting"),
            text=self.word("q", 100),
        )

    @staticmethod
    def _asked() -> dict[str, str]:
        """From the address alone: the form's own fields name no figure."""
        return {name: request.args[name] for name in figures.ASKED if request.args.get(name)}


VIEWS: list[View] = [Motions]
