"""Mentoring: pairs with the silent ones on top, a pair's page and papers; the base of mentors, wishes, proposals."""

from typing import Any

from flask import redirect, request, url_for

from admin.access import ALL, METHODISTS, NAMED, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.mentoring.tables import mentors_sheet, pairs_sheet, wishes_sheet
from admin.paging import Paging
from db.dictionaries import queries as dictionaries
from db.dictionaries import staff_queries as dictionaries_staff
from db.dictionaries.models import TermKind
from db.errors import DomainError, NotFoundError
from db.limits import day_of
from db.mentoring import mentors, papers, proposals, staff_queries, staff_services
from db.mentoring.mentors import MentorFilter
from db.mentoring.models import EndReason, PairStatus
from db.mentoring.papers import PairPaper, PairWriter, StaffPaper

GOALS = 1000
TABS = {
    "active": (PairStatus.ACTIVE,),
    "silent": (PairStatus.ACTIVE,),
    "proposed": (PairStatus.PROPOSED,),
    "paused": (PairStatus.PAUSED,),
    "finished": (PairStatus.FINISHED, PairStatus.BROKEN_OFF, PairStatus.DECLINED),
}


class Mentoring(Page):
    """Pairs of the account's municipalities, by the mentee's or the mentor's."""

    path, endpoint, title = "/mentoring", "mentoring", "mentoring.panel.title"
    allowed, section, icon, order = ALL, "work", "hands", 40

    @expose("/")
    def index(self) -> Answer:
        """The list, the longest silence first."""
        chosen, words = self._chosen(), self.word("q", 100)
        status, silent = TABS[chosen], chosen == "silent"
        total = self.read(staff_queries.count_pairs, status=status, silent=silent, words=words)
        quiet = self.read(staff_queries.count_pairs, status=TABS["active"], silent=True)
        paging = Paging.asked(total)
        rows = self.read(
            staff_queries.pairs, status=status, silent=silent, words=words, offset=paging.offset, limit=paging.limit
        )
        self.note_reading(
            action="mentoring.list",
            object_type="pair",
            people=(number for row in rows for number in (row.mentor_id, row.mentee_id)),
        )
        return self.page("mentoring/list.html", rows=rows, paging=paging, chosen=chosen, words=words, quiet=quiet)

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        chosen, words = self._chosen(), self.word("q", 100)
        rows = self.read(staff_queries.pairs, status=TABS[chosen], silent=chosen == "silent", words=words, limit=None)
        people = [number for row in rows for number in (row.mentor_id, row.mentee_id)] if self.scope.sees_names else []
        book = pairs_sheet(rows, self.panel, names=self.scope.sees_names)
        return self.taken(book, "mentoring", people, action="mentoring.export")

    def _chosen(self) -> str:
        chosen = self.word("show", 20)
        return chosen if chosen in TABS else "active"

    @expose("/<int:pair_id>")
    @only(NAMED)
    def card(self, pair_id: int) -> Answer:
        """A pair with the history of its meetings. That it was opened goes into the journal."""
        card = self.read(staff_queries.panel_card, pair_id=pair_id)
        self.note_reading(
            action="mentoring.read",
            object_type="pair",
            object_id=pair_id,
            subject_person_id=card.mentee_id,
            municipality_id=card.municipality_id,
            people=(card.mentor_id,),
        )
        reasons = [(one.value, self.t.plain(f"mentoring.panel.reason.{one}")) for one in EndReason]
        return self.page("mentoring/card.html", card=card, reasons=reasons)

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """A new pair: a mentor from the list, a mentee found by name."""
        words = self.word("q", 100)
        if self.is_post():
            mentor_id, mentee_id = self.number("mentor"), self.number("mentee")
            if mentor_id is not None and mentee_id is not None:
                outcome = self.perform(
                    staff_services.create_pair,
                    mentor_id=mentor_id,
                    mentee_id=mentee_id,
                    goals=self.word("goals", GOALS) or None,
                ).say("mentoring.panel.created")
                if outcome:
                    return redirect(url_for("mentoring.card", pair_id=outcome.value))
        able, found = self.read(staff_queries.mentors), self.read(staff_queries.mentees, words=words)
        self.note_reading(action="people.list", object_type="person", people=(one.person_id for one in able + found))
        return self.page(
            "mentoring/new.html",
            mentors=able,
            found=found,
            words=words,
            mentor=self.number("mentor"),
            goals=self.word("goals", GOALS),
        )

    @expose("/<int:pair_id>/finish", methods=["POST"])
    @only(METHODISTS)
    def finish(self, pair_id: int) -> Answer:
        """Ends a pair; both hear of it."""
        self.perform(staff_services.finish_pair, pair_id=pair_id).say("mentoring.panel.finished")
        return self.back("mentoring.card", pair_id=pair_id)

    @expose("/<int:pair_id>/break", methods=["POST"])
    @only(METHODISTS)
    def break_off(self, pair_id: int) -> Answer:
        """Ends a pair that did not work out, or takes a proposal back."""
        word = self.word("reason", 20)
        reason = EndReason(word) if word in set(EndReason) else None
        self.perform(staff_services.break_off, pair_id=pair_id, reason=reason).say("mentoring.panel.broken_off")
        return self.back("mentoring.card", pair_id=pair_id)

    @expose("/<int:pair_id>/pause", methods=["POST"])
    @only(METHODISTS)
    def pause(self, pair_id: int) -> Answer:
        """Has a pair rest."""
        self.perform(staff_services.pause_pair, pair_id=pair_id).say("mentoring.panel.paused")
        return self.back("mentoring.card", pair_id=pair_id)

    @expose("/<int:pair_id>/resume", methods=["POST"])
    @only(METHODISTS)
    def resume(self, pair_id: int) -> Answer:
        """Has it work again."""
        self.perform(staff_services.resume_pair, pair_id=pair_id).say("mentoring.panel.resumed")
        return self.back("mentoring.card", pair_id=pair_id)

    @expose("/<int:pair_id>/<paper>.docx")
    @only(METHODISTS)
    def paper(self, pair_id: int, paper: str) -> Answer:
        """The programme or the report of a pair; taking it is noted."""
        if paper not in set(PairPaper):
            raise NotFoundError
        facts = self.read(papers.staff_facts, pair_id=pair_id)
        content = self._writer().of_pair(PairPaper(paper), facts)
        people = [facts.mentor_id, facts.mentee_id]
        return self.taken(content, f"mentoring-{paper}-{pair_id}", people, action="mentoring.paper", ending="docx")

    @expose("/<paper>.docx")
    @only(METHODISTS)
    def papers(self, paper: str) -> Answer:
        """The draft of an order on mentors, or the curator's report, since a day where one is given."""
        if paper not in set(StaffPaper):
            raise NotFoundError
        which = StaffPaper(paper)
        found = self.read(papers.pairs_facts, paper=which, since=day_of(self.word("since", 10)))
        people = [number for one in found for number in (one.mentor_id, one.mentee_id)]
        content = self._writer().of_all(which, found)
        return self.taken(content, f"mentoring-{paper}", people, action="mentoring.paper", ending="docx")

    def _writer(self) -> PairWriter:
        return PairWriter(self.t, service=self.panel.pack.about.service_name, zone=self.panel.zone)

    @expose("/mentors")
    def mentors(self) -> Answer:
        """The base of mentors."""
        wanted = self._wanted()
        paging = Paging.asked(self.read(mentors.count_mentors, wanted=wanted))
        rows = self.read(mentors.mentor_base, wanted=wanted, offset=paging.offset, limit=paging.limit)
        self.note_reading(action="mentoring.mentors", object_type="person", people=(row.person_id for row in rows))
        return self.page(
            "mentoring/mentors.html",
            rows=rows,
            paging=paging,
            wanted=wanted,
            centres=[(row.id, row.name) for row in self.read(dictionaries_staff.centres)],
            components=list(self.read(mentors.components).items()),
            directions=[(row.id, row.name) for row in self.read(dictionaries.terms, kind=TermKind.DIRECTION)],
        )

    @expose("/mentors.xlsx")
    def mentors_export(self) -> Answer:
        """The same as a file."""
        rows = self.read(mentors.mentor_base, wanted=self._wanted())
        book = mentors_sheet(rows, self.panel, names=self.scope.sees_names)
        people = [row.person_id for row in rows] if self.scope.sees_names else []
        return self.taken(book, "mentors", people, action="mentoring.export")

    @expose("/mentors/<int:person_id>", methods=["GET", "POST"])
    @only(METHODISTS)
    def mentor(self, person_id: int) -> Answer:
        """What one mentor declared, to be mended."""
        person, found = self.read(mentors.mentor_declared, person_id=person_id)
        typed: dict[str, Any] = {
            "strengths": found.strengths,
            "directions": found.directions,
            "places": found.places,
            "paused": found.paused,
        }
        if self.is_post():
            typed = {
                "strengths": set(request.form.getlist("strengths")) & set(found.components),
                "directions": set(self.ids("directions")) & {one.id for one in found.known_directions},
                "places": self.number("places"),
                "paused": "paused" in request.form,
            }
            if self.perform(staff_services.edit_mentor, person_id=person_id, **typed).say(
                "mentoring.panel.mentor_saved"
            ):
                return redirect(url_for("mentoring.mentors"))
        self.note_reading(
            action="mentoring.mentor",
            object_type="person",
            object_id=person_id,
            subject_person_id=person_id,
            municipality_id=person.municipality_id,
        )
        directions = [(one.id, one.name) for one in found.known_directions]
        return self.page("mentoring/mentor.html", person=person, found=found, typed=typed, directions=directions)

    @expose("/wishes")
    def wishes(self) -> Answer:
        """Teachers who look for a mentor."""
        paging = Paging.asked(self.read(staff_queries.count_wishes))
        rows = self.read(staff_queries.wishes, offset=paging.offset, limit=paging.limit)
        self.note_reading(action="mentoring.wishes", object_type="person", people=(row.person_id for row in rows))
        return self.page("mentoring/wishes.html", rows=rows, paging=paging)

    @expose("/wishes.xlsx")
    def wishes_export(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.wishes)
        book = wishes_sheet(rows, self.panel, names=self.scope.sees_names)
        people = [row.person_id for row in rows] if self.scope.sees_names else []
        return self.taken(book, "mentor-wishes", people, action="mentoring.export")

    @expose("/propose/<int:person_id>", methods=["GET", "POST"])
    @only(METHODISTS)
    def propose(self, person_id: int) -> Answer:
        """Who may be proposed to a teacher as a mentor, and why."""
        if self.is_post():
            mentor_id = self.number("mentor")
            if mentor_id is None:
                say_refusal(DomainError("mentoring_no_mentor"))
            else:
                done = self.perform(
                    proposals.propose,
                    mentor_id=mentor_id,
                    mentee_id=person_id,
                    goals=self.word("goals", GOALS) or None,
                ).say("mentoring.panel.proposed_to_both")
                if done:
                    return redirect(url_for("mentoring.card", pair_id=done.value))
        found = self.read(proposals.proposals, mentee_id=person_id)
        self.note_reading(
            action="mentoring.proposals",
            object_type="person",
            object_id=person_id,
            subject_person_id=person_id,
            municipality_id=found.municipality_id,
            people=[one.person_id for one in found.found],
        )
        return self.page("mentoring/propose.html", found=found)

    def _wanted(self) -> MentorFilter:
        return MentorFilter(
            centre_id=self.number("centre"),
            component=self.word("component", 64),
            direction_id=self.number("direction"),
            free=self.word("free", 1) == "1",
            text=self.word("q", 100),
        )


VIEWS: list[View] = [Mentoring]
