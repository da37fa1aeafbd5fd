"""Projects with their tasks and forms, and recommendations by centre as a matrix of fulfilment."""

from typing import Any

from flask import redirect, request, url_for

from admin.access import ALL, METHODISTS, editors_only, only
from admin.base import Answer, Outcome, Page, View, expose, say_refusal
from admin.forms import Field, PlainPage
from admin.paging import Paging
from admin.projects.tables import matrix_sheet, projects_sheet
from db.dictionaries.units import UnitLevel
from db.documents import queries as documents
from db.errors import DomainError, ForbiddenError
from db.limits import day_of, whole
from db.projects import staff_queries
from db.projects.models import CellStatus, ProjectStatus, RecommendationCell
from db.projects.rules import PROJECT
from db.projects.staff_queries import REGION, ProjectFilter
from db.projects.staff_services import (
    CellDraft,
    ProjectDraft,
    add_task,
    close_task,
    drop_task,
    reopen_task,
    save_cell,
    save_project,
)

NOBODY = "0"
"""The parent of a project that has none, in the form."""
LEVELS = (REGION, *(level.value for level in UnitLevel))


class Projects(PlainPage):
    """The portfolio, the list of projects, a project's card, and the form of a project."""

    path, endpoint, title = "/projects", "projects", "settings.projects.title"
    allowed, section, icon, order = ALL, "organisation", "folder", 50
    noun, editors = "projects", METHODISTS

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What the card shows. Whose it is is asked once."""
        return (
            Field("title", required=True, label="title_column"),
            Field("unit", "select", required=True, options=self._units, fixed=True),
            Field("organisation"),
            Field("parent_id", "select", options=self._parents),
            Field("about", "area", longest=2000),
            Field("status", "select", required=True, options=self._statuses),
            Field("term"),
            Field("starts", "date"),
            Field("ends", "date"),
            Field("outcome", "area", longest=2000),
            Field("link"),
        )

    @expose("/")
    def index(self) -> Answer:
        """The portfolio, and all projects within reach."""
        wanted = self._wanted()
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.projects, wanted=wanted, limit=size, offset=(asked - 1) * size)
        return self.page(
            "projects/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            portfolios=self.read(staff_queries.portfolios),
            wanted=wanted,
            parents=self.read(staff_queries.parents),
            levels=[(one, self.t.plain(f"settings.projects.level.{one}")) for one in LEVELS],
            statuses=[(one.value, self.t.plain(f"settings.projects.status.{one}")) for one in ProjectStatus],
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.projects, wanted=self._wanted())
        book = projects_sheet(found.rows, self.read(staff_queries.portfolios), self.panel)
        return self.taken(book, "projects", [], action="projects.export")

    @expose("/<int:project_id>/card")
    def card(self, project_id: int) -> Answer:
        """One project: what it is for, its tasks with results, and what is linked to it."""
        found = self.read(staff_queries.card, project_id=project_id)
        return self.page("projects/card.html", found=found, row=found.row, today=self.panel.local(self.now()).date())

    @expose("/<int:project_id>/tasks", methods=["POST"])
    @editors_only
    def task(self, project_id: int) -> Answer:
        """A new task."""
        self.perform(add_task, project_id=project_id, text=self.word("text", 1000)).say("settings.projects.task_added")
        return self.back("projects.card", project_id=project_id)

    @expose("/<int:project_id>/tasks/<int:task_id>/done", methods=["POST"])
    @editors_only
    def done(self, project_id: int, task_id: int) -> Answer:
        """Notes that a task is done."""
        typed = self.word("done_on", 10)
        if typed and day_of(typed) is None:
            say_refusal(DomainError("day_unknown", typed=typed, field="done_on"))
        else:
            self.perform(
                close_task,
                project_id=project_id,
                task_id=task_id,
                done_on=day_of(typed),
                result=self.word("result", 1000),
            ).say("settings.projects.task_done")
        return self.back("projects.card", project_id=project_id)

    @expose("/<int:project_id>/tasks/<int:task_id>/reopen", methods=["POST"])
    @editors_only
    def reopen(self, project_id: int, task_id: int) -> Answer:
        """Takes that back."""
        done = self.perform(reopen_task, project_id=project_id, task_id=task_id)
        done.say("settings.projects.task_reopened")
        return self.back("projects.card", project_id=project_id)

    @expose("/<int:project_id>/tasks/<int:task_id>/drop", methods=["POST"])
    @editors_only
    def drop(self, project_id: int, task_id: int) -> Answer:
        """Takes a task out."""
        self.perform(drop_task, project_id=project_id, task_id=task_id).say("settings.projects.task_dropped")
        return self.back("projects.card", project_id=project_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The project, for those who may change it."""
        found = self.read(staff_queries.card, project_id=row_id)
        if not found.editable:
            raise ForbiddenError
        row = found.row.project
        names = ("title", "about", "term", "starts", "ends", "outcome", "link")
        return {name: getattr(row, name) for name in names} | {
            "status": row.status,
            "parent_id": str(row.parent_id or NOBODY),
            "organisation": row.organisation.name if row.organisation else "",
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        level, _, number = str(values.pop("unit", "") or "").partition("-")
        status = values["status"] if values["status"] in set(ProjectStatus) else ProjectStatus.PLANNED
        draft = ProjectDraft(
            **{name: values[name] for name in ("title", "about", "term", "starts", "ends", "outcome", "link")},
            parent_id=whole(str(values["parent_id"])) or None,
            status=ProjectStatus(status),
            organisation=values["organisation"],
        )
        return self.perform(
            save_project,
            project_id=row_id,
            centre_id=whole(number) if level == UnitLevel.CENTRE else None,
            municipality_id=whole(number) if level == UnitLevel.MUNICIPALITY else None,
            draft=draft,
        )

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The project's card once it is saved."""
        number = saved or (request.view_args or {}).get("row_id")
        return url_for("projects.card", project_id=number) if number else url_for("projects.index")

    def _wanted(self) -> ProjectFilter:
        status, level = self.word("status", 20), self.word("level", 20)
        return ProjectFilter(
            parent_id=self.number("parent"),
            level=level if level in LEVELS else "",
            status=ProjectStatus(status) if status in set(ProjectStatus) else None,
            text=self.word("q", 100),
        )

    def _units(self) -> list[tuple[str, str]]:
        centres, towns = self.read(staff_queries.units)
        region = [(REGION, self.t.plain("settings.projects.level.region"))] if self.scope.is_regional else []
        return [
            *region,
            *((f"{UnitLevel.CENTRE.value}-{one.id}", one.name) for one in centres),
            *((f"{UnitLevel.MUNICIPALITY.value}-{one.id}", one.name) for one in towns),
        ]

    def _parents(self) -> list[tuple[Any, str]]:
        return [(NOBODY, self.t.plain("settings.projects.no_parent")), *self.read(staff_queries.parents)]

    def _statuses(self) -> list[tuple[str, str]]:
        """What it may become; all for a new one."""
        row_id = (request.view_args or {}).get("row_id")
        may = set(ProjectStatus)
        if row_id is not None:
            now = self.read(staff_queries.card, project_id=row_id).row.project.status
            may = {now, *PROJECT.moves[now]}
        return [(one.value, self.t.plain(f"settings.projects.status.{one}")) for one in ProjectStatus if one in may]


class Recommendations(Page):
    """Recommendations by centre: how far each has come. A centre's account changes its own column alone."""

    path, endpoint, title = "/projects/recommendations", "recommendations", "settings.advice.title"
    allowed = ALL

    @expose("/")
    def index(self) -> Answer:
        """The matrix."""
        found = self.read(staff_queries.matrix)
        return self.page("projects/matrix.html", found=found, statuses=list(CellStatus))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file, and every cell as a row; what was written may name somebody."""
        book = matrix_sheet(self.read(staff_queries.matrix), self.panel, words=self.scope.sees_names)
        return self.taken(book, "recommendations", [], action="projects.export_recommendations")

    @expose("/<int:recommendation_id>/<int:centre_id>", methods=["GET", "POST"])
    @only(METHODISTS)
    def cell(self, recommendation_id: int, centre_id: int) -> Answer:
        """One cell and its form."""
        where = {"recommendation_id": recommendation_id, "centre_id": centre_id}
        one, centre, row = self.read(staff_queries.cell, **where)
        if centre_id not in self.read(staff_queries.matrix).own:
            raise ForbiddenError
        stored = _stored(row)
        values = stored
        if self.is_post():
            values = self._typed()
            seen = not self._no_day() and not self.moved_on(stored, values)
            draft = CellDraft(**values, revision=row.revision if row else 0)
            if seen and self.perform(save_cell, **where, draft=draft).say("settings.saved"):
                return redirect(url_for("recommendations.index"))
            stored = _stored(self.read(staff_queries.cell, **where)[2])
        return self.page(
            "projects/cell.html",
            one=one,
            centre=centre,
            values=values,
            stored=stored,
            statuses=[(each.value, self.t.plain(f"settings.advice.status.{each}")) for each in CellStatus],
            documents=[
                (each.id, " ".join(part for part in (each.number, each.title[:120]) if part))
                for each in self.read(documents.documents)
            ],
        )

    def _typed(self) -> dict[str, Any]:
        status = self.word("status", 20)
        return {
            "status": CellStatus(status) if status in set(CellStatus) else CellStatus.NOT_BEGUN,
            "word": self.word("word", 1000),
            "done_on": day_of(self.word("done_on", 10)),
            "document_id": self.number("document_id"),
            "link": self.word("link", 300),
        }

    def _no_day(self) -> bool:
        typed = self.word("done_on", 10)
        if not typed or day_of(typed) is not None:
            return False
        say_refusal(DomainError("day_unknown", typed=typed, field="done_on"))
        return True


def _stored(row: RecommendationCell | None) -> dict[str, Any]:
    """What a cell says now; one that nobody has touched is not begun."""
    if row is None:
        return {"status": CellStatus.NOT_BEGUN, "word": "", "done_on": None, "document_id": None, "link": ""}
    return {name: getattr(row, name) for name in ("status", "word", "done_on", "document_id", "link")}


VIEWS: list[View] = [Projects, Recommendations]
