"""Mentoring pairs: the list with the silent ones on top, a pair's page, a new pair."""

from flask import redirect, url_for

from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from db.mentoring import staff_queries, staff_services
from db.mentoring.models import PairStatus

GOALS = 1000


class Mentoring(Page):
    """Pairs of the account's municipalities, by the mentee's or the mentor's."""

    path, endpoint, title = "/mentoring", "mentoring", "mentoring.panel.title"
    allowed, section, icon, order = ALL, "work", "hands", 40

    @expose("/")
    def index(self) -> Answer:
        """The list, the longest silence first."""
        chosen = self.word("show") or "active"
        silent = chosen == "silent"
        status = PairStatus.FINISHED if chosen == "finished" else PairStatus.ACTIVE
        words = self.word("q", 100)
        total = self.read(staff_queries.count_pairs, status=status, silent=silent, words=words)
        quiet = self.read(staff_queries.count_pairs, status=PairStatus.ACTIVE, silent=True)
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

    @expose("/<int:pair_id>")
    @only(METHODISTS)
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
        return self.page("mentoring/card.html", card=card)

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
        mentors, found = self.read(staff_queries.mentors), self.read(staff_queries.mentees, words=words)
        self.note_reading(action="people.list", object_type="person", people=(one.person_id for one in mentors + found))
        return self.page(
            "mentoring/new.html",
            mentors=mentors,
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


VIEWS: list[View] = [Mentoring]
