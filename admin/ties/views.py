"""Whom somebody declared close: what came on paper is noted under the person's page."""

from flask import redirect, url_for

from admin.access import METHODISTS
from admin.base import Answer, Page, View, expose
from db.limits import day_of
from db.ties import staff_queries, staff_services
from db.ties.models import TieKind
from db.ties.rules import LONGEST


class Ties(Page):
    """The ties of one person, for whoever does not use the bot; the person's page leads here."""

    path, endpoint, title = "/ties", "ties", "ties.panel.title"
    allowed, under = METHODISTS, "people"

    @expose("/")
    def index(self) -> Answer:
        """There is no list of all: one goes by the person."""
        return redirect(url_for("people.index"))

    @expose("/<int:person_id>")
    def card(self, person_id: int) -> Answer:
        """What was noted from paper. That it was opened goes into the journal."""
        found = self.read(staff_queries.noted, person_id=person_id)
        self.note_reading(
            action="ties.read",
            object_type="person",
            object_id=person_id,
            subject_person_id=person_id,
            municipality_id=found.person.municipality_id,
        )
        kinds = [(one.value, self.t.plain(f"ties.panel.kind.{one}")) for one in TieKind]
        return self.page("ties/card.html", found=found, kinds=kinds, longest=LONGEST)

    @expose("/<int:person_id>/note", methods=["POST"])
    def note(self, person_id: int) -> Answer:
        """Notes one more."""
        asked = self.word("kind", 20)
        self.perform(
            staff_services.note,
            person_id=person_id,
            name=self.word("name", LONGEST + 1),
            kind=TieKind(asked) if asked in set(TieKind) else TieKind.OTHER,
            paper_on=day_of(self.word("paper_on", 10)),
        ).say("ties.panel.noted")
        return self.back("ties.card", person_id=person_id)

    @expose("/<int:tie_id>/remove", methods=["POST"])
    def remove(self, tie_id: int) -> Answer:
        """It was a mistake, or is not so any more."""
        done = self.perform(staff_services.remove, tie_id=tie_id).say("settings.removed")
        return self.back("ties.card", person_id=done.value) if done.value else self.back("people.index")


VIEWS: list[View] = [Ties]
