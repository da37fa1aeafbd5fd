"""Groups: kinds and the tree, a group's page, its meetings with minutes and decisions."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, abort, redirect, request, url_for

from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.groups.forms import NUMBERS, chain_of, meeting_of, typed_of, wanted_of
from admin.groups.tables import group_sheet, minutes_docx, tone
from admin.paging import Paging
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.docx import DOCX
from db.errors import DomainError
from db.groups import meetings, rules, staff_queries, staff_services, tree
from db.groups.meetings import DecisionDraft, MeetingDraft
from db.groups.models import GroupMeetingStatus, MethodicalGroup
from db.groups.staff_services import GroupDraft
from db.groups.tree import STATES
from db.limits import day_of
from db.plans.staff_queries import lines_like
from db.workplans import staff_queries as workplans


class Groups(Page):
    """Groups within the account's reach."""

    path, endpoint, title = "/groups", "groups", "groups.panel.title"
    allowed, section, icon, order = ALL, "organisation", "group", 20

    def offered(self) -> bool:
        """Where the region's document knows any."""
        return self.read(staff_queries.any_kind)

    @expose("/")
    def index(self) -> Answer:
        """Kinds, and the groups as a tree."""
        wanted, asked = wanted_of(self), Paging.wanted()
        size = Paging(0).size
        found = self.read(tree.listing, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="groups.list", object_type="group", people=(row.head_id for row in found.rows))
        kinds = self.read(staff_queries.kinds)
        return self.page(
            "groups/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            kinds=kinds,
            chain=chain_of([one.kind for one in kinds]),
            subjects=self._subjects(),
            places=self.places(),
            states=[(one, self.t.plain(f"groups.panel.state.{one}")) for one in STATES],
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a workbook."""
        rows = self.read(tree.listing, wanted=wanted_of(self)).rows
        book = group_sheet(rows, self.read(staff_queries.kinds), self.panel)
        return self.taken(
            book, "groups", [row.head_id for row in rows if row.head and row.head_id], action="groups.export"
        )

    @expose("/kinds/<int:kind_id>")
    def kind(self, kind_id: int) -> Answer:
        """A kind with its functions as its document has them."""
        kinds = self.read(staff_queries.kinds)
        found = next((one for one in kinds if one.kind.id == kind_id), None)
        if found is None:
            abort(404)
        return self.page(
            "groups/kind.html",
            row=found,
            supports=next((one for one in kinds if one.kind.code == found.kind.supports), None),
            supported_by=[one for one in kinds if one.kind.supports == found.kind.code],
        )

    @expose("/<int:group_id>")
    def card(self, group_id: int) -> Answer:
        """A group."""
        card = self.read(staff_queries.card, group_id=group_id)
        find = self.word("find", 100)
        like = self.read(staff_queries.people_like, group_id=group_id, text=find) if self.scope.can_write else []
        people = [one.person_id for one in (*card.members, *card.asking) if one.name] + [number for number, _ in like]
        self.note_reading(
            action="groups.read",
            object_type="group",
            object_id=group_id,
            municipality_id=card.group.municipality_id,
            people=people,
        )
        return self.page(
            "groups/card.html",
            card=card,
            plans=self.read(workplans.years, group_id=group_id),
            find=find,
            like=like,
            today=self._today(),
            tone=tone,
            most=rules.TEXT_LENGTH,
        )

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """A new group; `decision` is what creates it."""
        typed = typed_of(self)
        decision_id = self.number("decision")
        if self.is_post() and (
            done := self.perform(
                staff_services.save_group, group_id=None, draft=GroupDraft(**typed), decision_id=decision_id
            ).say("groups.panel.saved")
        ):
            return redirect(url_for("groups.card", group_id=done.value))
        return self._form(None, typed, {}, decision=decision_id)

    @expose("/<int:group_id>/edit", methods=["GET", "POST"])
    @only(METHODISTS)
    def edit(self, group_id: int) -> Answer:
        """A group that is there."""
        row = self.read(staff_queries.group, group_id=group_id)
        stored = {name: getattr(row, name) for name in ("name", "about", *NUMBERS)}
        values = stored
        if self.is_post():
            values = typed_of(self)
            if not self.moved_on(stored, values) and self.perform(
                staff_services.save_group, group_id=group_id, draft=GroupDraft(**values)
            ).say("groups.panel.saved"):
                return redirect(url_for("groups.card", group_id=group_id))
        elif "municipality_id" in request.args:
            values = {**stored, "municipality_id": self.number("municipality_id"), "organisation_id": None}
        return self._form(row, values, stored)

    @expose("/<int:group_id>/<any(close, reopen):act>", methods=["POST"])
    @only(METHODISTS)
    def close(self, group_id: int, act: str) -> Answer:
        """Closes a group, or opens it again."""
        if act == "close":
            self.perform(staff_services.close, group_id=group_id).say("groups.panel.closed")
        else:
            self.perform(staff_services.reopen, group_id=group_id).say("groups.panel.reopened")
        return self.back("groups.card", group_id=group_id)

    @expose("/<int:group_id>/head", methods=["POST"])
    @only(METHODISTS)
    def head(self, group_id: int) -> Answer:
        """Names the head, or leaves the group without one."""
        self.perform(staff_services.name_head, group_id=group_id, person_id=self.number("person")).say(
            "groups.panel.head_named"
        )
        return self.back("groups.card", group_id=group_id)

    @expose("/<int:group_id>/members", methods=["POST"])
    @only(METHODISTS)
    def add(self, group_id: int) -> Answer:
        """Adds a member."""
        person_id = self.number("person")
        if person_id is not None:
            self.perform(
                staff_services.add_member, group_id=group_id, person_id=person_id, since=day_of(self.word("since", 10))
            ).say("groups.panel.added")
        return self.back("groups.card", group_id=group_id)

    @expose("/members/<int:member_id>/end", methods=["POST"])
    @only(METHODISTS)
    def end(self, member_id: int) -> Answer:
        """Ends a membership, or declines who asked."""
        done = self.perform(staff_services.end_member, member_id=member_id, until=day_of(self.word("until", 10))).say(
            "groups.panel.ended"
        )
        return self.back("groups.card", group_id=done.value) if done.value else self.back("groups.index")

    @expose("/<int:group_id>/results", methods=["POST"])
    @only(METHODISTS)
    def result(self, group_id: int) -> Answer:
        """Adds a line to the results of a year."""
        self.perform(
            staff_services.add_result,
            group_id=group_id,
            year=self.number("year"),
            text=self.word("text", rules.TEXT_LENGTH),
        ).say("groups.panel.saved")
        return self.back("groups.card", group_id=group_id)

    @expose("/<int:group_id>/results/<int:result_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop_result(self, group_id: int, result_id: int) -> Answer:
        """Removes it."""
        self.perform(staff_services.drop_result, group_id=group_id, result_id=result_id).say("groups.panel.dropped")
        return self.back("groups.card", group_id=group_id)

    @expose("/<int:group_id>/meetings/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def call(self, group_id: int) -> Answer:
        """A new meeting: members are called to what is ahead."""
        group = self.read(staff_queries.group, group_id=group_id)
        draft = meeting_of(self)
        if self.is_post() and (
            done := self.perform(meetings.save_meeting, meeting_id=None, group_id=group_id, draft=draft).say(
                "groups.panel.saved"
            )
        ):
            return redirect(url_for("groups.meeting", meeting_id=done.value))
        return self.page("groups/call.html", group=group, draft=draft, meeting=None, stored={})

    @expose("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
    @only(METHODISTS)
    def change(self, meeting_id: int) -> Answer:
        """A meeting that is planned."""
        row = self.read(staff_queries.meeting, meeting_id=meeting_id).meeting
        draft = MeetingDraft(at=row.planned_at, place=row.place, link=row.link, agenda=row.agenda)
        stored = asdict(draft)
        if self.is_post():
            draft = meeting_of(self)
            if not self.moved_on(stored, asdict(draft)) and self.perform(
                meetings.save_meeting, meeting_id=meeting_id, group_id=None, draft=draft
            ).say("groups.panel.saved"):
                return redirect(url_for("groups.meeting", meeting_id=meeting_id))
        return self.page("groups/call.html", group=row.group, draft=draft, meeting=row, stored=stored)

    @expose("/meetings/<int:meeting_id>")
    @only(METHODISTS)
    def meeting(self, meeting_id: int) -> Answer:
        """A meeting: who came, its minutes, what it decided."""
        return self._meeting_page(meeting_id)

    @expose("/meetings/<int:meeting_id>.docx")
    @only(METHODISTS)
    def minutes(self, meeting_id: int) -> Answer:
        """The minutes as a Word file."""
        card = self._meeting_card(meeting_id)
        headers = {"Content-Disposition": f'attachment; filename="minutes-{meeting_id}.docx"'}
        return Response(minutes_docx(card, self.panel), mimetype=DOCX, headers=headers)

    @expose("/meetings/<int:meeting_id>/minutes", methods=["POST"])
    @only(METHODISTS)
    def hold(self, meeting_id: int) -> Answer:
        """Keeps who came and what was said."""
        done = self.perform(
            meetings.write_minutes,
            meeting_id=meeting_id,
            number=self.word("number", 64),
            minutes=self.word("minutes", rules.MINUTES_LENGTH),
            came=frozenset(self.ids("came")),
        ).say("groups.panel.saved")
        return self.back("groups.meeting", meeting_id=meeting_id) if done else self._meeting_page(meeting_id)

    @expose("/meetings/<int:meeting_id>/cancel", methods=["POST"])
    @only(METHODISTS)
    def cancel(self, meeting_id: int) -> Answer:
        """Calls it off."""
        self.perform(meetings.cancel, meeting_id=meeting_id).say("groups.panel.called_off")
        return self.back("groups.meeting", meeting_id=meeting_id)

    @expose("/meetings/<int:meeting_id>/decisions", methods=["POST"])
    @only(METHODISTS)
    def decide(self, meeting_id: int) -> Answer:
        """Adds what was decided."""
        typed = self.word("due_on", 10)
        day = day_of(typed)
        if typed and day is None:
            say_refusal(DomainError("day_unknown", typed=typed, field="due_on"))
            return self._meeting_page(meeting_id)
        draft = DecisionDraft(
            text=self.word("text", rules.TEXT_LENGTH), responsible_id=self.number("responsible"), due_on=day
        )
        done = self.perform(meetings.add_decision, meeting_id=meeting_id, draft=draft).say("groups.panel.decided")
        # What was typed stays in the form of whoever is told why not.
        return self.back("groups.meeting", meeting_id=meeting_id) if done else self._meeting_page(meeting_id)

    @expose("/decisions/<int:decision_id>/<any(done, reopen, drop):act>", methods=["POST"])
    @only(METHODISTS)
    def decision(self, decision_id: int, act: str) -> Answer:
        """Notes that a decision is done, takes that back, or removes what was written by mistake."""
        if act == "done":
            word = self.word("word", rules.TEXT_LENGTH)
            done = self.perform(meetings.finish_decision, decision_id=decision_id, word=word)
        elif act == "reopen":
            done = self.perform(meetings.reopen_decision, decision_id=decision_id)
        else:
            done = self.perform(meetings.drop_decision, decision_id=decision_id)
        done.say("groups.panel.saved")
        return self.back("groups.meeting", meeting_id=done.value) if done.value else self.back("groups.index")

    @expose("/decisions/<int:decision_id>/line", methods=["POST"])
    @only(METHODISTS)
    def line(self, decision_id: int) -> Answer:
        """Has a decision fulfil a line of a plan."""
        done = self.perform(staff_services.fulfil, decision_id=decision_id, line_id=self.number("line") or 0)
        done.say("settings.plan.noted")
        return self.back("groups.meeting", meeting_id=done.value) if done.value else self.back("groups.index")

    def _meeting_page(self, meeting_id: int) -> Answer:
        card, chosen, words = self._meeting_card(meeting_id), self.number("decision"), self.word("words", 100)
        plans = self.scope.is_regional and self.scope.can_write
        fitting = (one.decision for one in card.decisions if plans and one.decision.fulfilment_id is None)
        return self.page(
            "groups/meeting.html",
            card=card,
            chosen=next((one for one in fitting if one.id == chosen), None),
            words=words,
            lines=self.read(lines_like, text=words) if plans else (),
            tone=tone,
            due=card.meeting.planned_at <= self.now() + rules.EARLY,
            most=(rules.MINUTES_LENGTH, rules.TEXT_LENGTH),
            responsible=[(one.person_id, one.name) for one in card.people if one.name],
            planned=card.meeting.status is GroupMeetingStatus.PLANNED,
        )

    def _meeting_card(self, meeting_id: int) -> staff_queries.MeetingCard:
        card = self.read(staff_queries.meeting, meeting_id=meeting_id)
        self.note_reading(
            action="groups.read_meeting",
            object_type="group_meeting",
            object_id=meeting_id,
            municipality_id=card.meeting.group.municipality_id,
            people=(one.person_id for one in card.people if one.name),
        )
        return card

    def _form(self, row: MethodicalGroup | None, values: dict[str, Any], stored: dict[str, Any], **more: Any) -> Answer:
        places = self.places()
        place = places[0][0] if len(places) == 1 else values["municipality_id"]
        schools = (
            [
                (one.id, one.name)
                for one in self.read(dictionaries.organisations, municipality_id=place)
                if one.confirmed
            ]
            if place is not None and self.scope.sees(place)
            else []
        )
        parents = [one for one in self.read(staff_queries.possible_parents) if row is None or one[0] != row.id]
        if values["parent_id"] is not None and values["parent_id"] not in {number for number, _ in parents}:
            parents.append((values["parent_id"], self.t.plain("groups.panel.parent_other")))
        return self.page(
            "groups/form.html",
            group=row,
            values=values,
            stored=stored,
            kinds=[(one.kind.id, one.kind.name) for one in self.read(staff_queries.kinds)],
            subjects=self._subjects(),
            places=places,
            centres=self.read(staff_queries.centres),
            schools=schools,
            parents=parents,
            **{"decision": None, **more},
        )

    def _subjects(self) -> list[tuple[int, str]]:
        return [(one.id, one.name) for one in self.read(dictionaries.terms, kind=TermKind.SUBJECT)]

    def _today(self) -> date:
        return self.panel.local(self.now()).date()


VIEWS: list[View] = [Groups]
