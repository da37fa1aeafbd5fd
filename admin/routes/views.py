"""Individual routes: who has one and how far it is; what stands in it is the person's own, unless opened.

Routes for a group are drafted here too, and offered to its people.
"""

from flask import redirect, url_for

from admin.access import METHODISTS
from admin.base import Answer, Page, View, expose, say_refusal
from admin.paging import Paging
from admin.routes.tables import group_routes_sheet, routes_sheet, whom
from db.dictionaries.queries import MARKS, used_marks
from db.errors import DomainError
from db.limits import day_of
from db.overviews import group_route as overview
from db.routes import group_routes, staff_queries, staff_services
from db.routes.sharing import COMMENT_LENGTH
from db.routes.staff_queries import Wanted
from db.routes.staff_services import (
    LINE_LENGTH,
    GroupRouteDraft,
    add_group_line,
    draft_group_route,
    drop_group_line,
    offer_group_route,
)


class Routes(Page):
    """Routes of people within reach; `?show=accompanied` are those whom an active member accompanies.

    `?group=` narrows to the people of a union; what was opened to methodists has a page of its own.
    """

    path, endpoint, title = "/routes", "routes", "routes.panel.title"
    allowed, section, icon, order = METHODISTS, "growth", "route", 30

    @expose("/")
    def index(self) -> Answer:
        """The list by name, states only."""
        group_id = self.number("group")
        wanted, words = self._wanted(), self.word("q", 100)
        known = self.read(used_marks)
        marks = tuple(mark for mark in known if self.word(mark, 1) == "1")
        paging = Paging.asked(
            self.read(staff_queries.count, wanted=wanted, words=words, marks=marks, group_id=group_id)
        )
        rows = self.read(
            staff_queries.listing,
            wanted=wanted,
            words=words,
            marks=marks,
            group_id=group_id,
            offset=paging.offset,
            limit=paging.limit,
        )
        self.note_reading(action="people.list", object_type="person", people=(row.person_id for row in rows))
        covered = self.read(staff_queries.coverage)
        return self.page(
            "routes/list.html",
            rows=rows,
            paging=paging,
            wanted=wanted.value,
            words=words,
            covered=covered,
            known=known,
            group=self.read(staff_queries.group_name, group_id=group_id) if group_id is not None else None,
            marks=marks,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        marks = tuple(mark for mark in MARKS if self.word(mark, 1) == "1")
        rows = self.read(
            staff_queries.listing,
            wanted=self._wanted(),
            words=self.word("q", 100),
            marks=marks,
            group_id=self.number("group"),
        )
        book = routes_sheet(rows, self.read(staff_queries.coverage), self.panel)
        return self.taken(book, "routes", [row.person_id for row in rows], action="routes.export")

    @expose("/<int:route_id>")
    def opened(self, route_id: int) -> Answer:
        """A route that its person has opened. That it was read goes into the journal, and its person sees it."""
        found = self.perform(staff_services.read_opened, route_id=route_id).value
        return self.page("routes/opened.html", found=found, route_id=route_id)

    @expose("/<int:route_id>/comment", methods=["POST"])
    def comment(self, route_id: int) -> Answer:
        """Something said of it; it goes to its person in the bot."""
        text = self.word("text", COMMENT_LENGTH + 1)
        self.perform(staff_services.comment, route_id=route_id, text=text).say("routes.panel.commented")
        return self.back("routes.opened", route_id=route_id)

    def _wanted(self) -> Wanted:
        value = self.word("show", 20)
        return Wanted(value) if value in set(Wanted) else Wanted.ALL


class GroupRoutes(Page):
    """Routes for a group, a school or a programme's group, drafted, then offered to its people."""

    path, endpoint, title = "/routes/groups", "group_routes", "routes.groups.title"
    allowed = METHODISTS

    @expose("/")
    def index(self) -> Answer:
        """The list, the newest first."""
        return self.page("routes/groups.html", rows=self.read(group_routes.group_routes), whom=whom)

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file; how many took a line stands on its route's page."""
        book = group_routes_sheet(self.read(group_routes.group_routes), self.panel)
        return self.taken(book, "group-routes", [], action="routes.export_groups")

    @expose("/new", methods=["GET", "POST"])
    def new(self) -> Answer:
        """A new draft; `group` and `run` of the address choose for whom."""
        if self.is_post():
            draft = GroupRouteDraft(
                title=self.word("title"),
                group_id=self.number("group"),
                event_id=self.number("run"),
                organisation=self.word("organisation", 300),
            )
            if done := self.perform(draft_group_route, draft=draft).say("routes.groups.drafted"):
                return redirect(url_for("group_routes.card", group_route_id=done.value))
        runs = self.read(group_routes.runs_to_choose)
        return self.page(
            "routes/group_form.html",
            groups=self.read(group_routes.groups_to_choose),
            runs=[(number, f"{title}, {first:%d.%m.%Y}") for number, title, first in runs],
        )

    @expose("/<int:group_route_id>")
    def card(self, group_route_id: int) -> Answer:
        """Its lines and how they stand."""
        found = self.read(overview.group_route, group_route_id=group_route_id)
        return self.page("routes/group.html", found=found, row=found.row, whom=whom)

    @expose("/<int:group_route_id>/lines", methods=["POST"])
    def line(self, group_route_id: int) -> Answer:
        """Adds a line with the group's day."""
        due_on = day_of(self.word("due_on", 10))
        if due_on is None:
            say_refusal(DomainError("day_unknown", typed=self.word("due_on", 10), field="due_on"))
        else:
            self.perform(
                add_group_line, group_route_id=group_route_id, text=self.word("text", LINE_LENGTH + 1), due_on=due_on
            ).say("routes.groups.line_added")
        return self.back("group_routes.card", group_route_id=group_route_id)

    @expose("/<int:group_route_id>/lines/<int:line_id>/drop", methods=["POST"])
    def drop_line(self, group_route_id: int, line_id: int) -> Answer:
        """Takes a line out."""
        done = self.perform(drop_group_line, group_route_id=group_route_id, line_id=line_id)
        done.say("routes.groups.line_dropped")
        return self.back("group_routes.card", group_route_id=group_route_id)

    @expose("/<int:group_route_id>/offer", methods=["POST"])
    def offer(self, group_route_id: int) -> Answer:
        """Offers it to everybody whom it is for and who has not been offered it."""
        done = self.perform(offer_group_route, group_route_id=group_route_id)
        done.say("routes.groups.offered", n=done.value or 0)
        return self.back("group_routes.card", group_route_id=group_route_id)


VIEWS: list[View] = [Routes, GroupRoutes]
