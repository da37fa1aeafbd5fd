"""Appeals: the list with the terms of answers, one appeal beside the decision that it is about."""

from admin.access import METHODISTS
from admin.appeals.tables import appeals_sheet
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from db.appeals import staff_queries
from db.appeals.rules import ANSWER
from db.appeals.staff_queries import STATES, AppealFilter
from db.appeals.staff_services import answer
from db.applications import campaigns


class Appeals(Page):
    """What refused teachers ask to be looked at again, within the account's reach."""

    path, endpoint, title = "/appeals", "appeals", "appeals.panel.title"
    allowed, section, icon, order = METHODISTS, "work", "inbox", 12

    def offered(self) -> bool:
        """Where the service knows selections."""
        return self.panel.selections

    @expose("/")
    def index(self) -> Answer:
        """By the term of the answer."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.appeals, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="appeals.list", object_type="appeal", people=(row.person_id for row in found.rows))
        return self.page(
            "appeals/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            states=STATES,
            campaigns=[(row.id, row.title) for row in self.read(campaigns.campaigns)],
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.appeals, wanted=self._wanted()).rows
        people = [row.person_id for row in rows]
        return self.taken(appeals_sheet(rows, self.panel), "appeals", people, action="appeals.export")

    @expose("/<int:appeal_id>")
    def card(self, appeal_id: int) -> Answer:
        """The appeal and the decision side by side. That it was opened goes into the journal."""
        found = self.read(staff_queries.card, appeal_id=appeal_id)
        self.note_reading(
            action="appeals.read", object_type="appeal", object_id=appeal_id, subject_person_id=found.row.person_id
        )
        decision = next((one for one in found.dossier.decisions if one.id == found.decision_id), None)
        return self.page("appeals/card.html", found=found, row=found.row, decision=decision, longest=ANSWER)

    @expose("/<int:appeal_id>/answer", methods=["POST"])
    def answer(self, appeal_id: int) -> Answer:
        """Takes the application up again, or says why the decision stands."""
        uphold = self.word("verdict", 10) == "uphold"
        outcome = self.perform(answer, appeal_id=appeal_id, uphold=uphold, text=self.word("text", ANSWER + 1))
        outcome.say("appeals.panel.upheld" if uphold else "appeals.panel.dismissed")
        if not outcome and outcome.refusal is not None and "field" in outcome.refusal.params:
            again: Answer = self.card(appeal_id)
            return again
        return self.back("appeals.card", appeal_id=appeal_id)

    def _wanted(self) -> AppealFilter:
        state = self.word("state", 10)
        return AppealFilter(
            state=state if state in STATES else STATES[0],
            campaign_id=self.number("campaign"),
            text=self.word("q", 100),
        )


VIEWS: list[View] = [Appeals]
