"""Requests for help: the list with what is late, one request, answers that are offered to the next asker."""

from collections.abc import Sequence

from admin.access import METHODISTS
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from admin.requests.tables import answers_sheet, requests_sheet
from db.requests import staff_queries
from db.requests.rules import TEXT
from db.requests.staff_queries import STATES, RequestFilter, RequestRow
from db.requests.staff_services import QUESTION, answer, close, keep_answer, offer_answer, reassign


class Requests(Page):
    """Requests for help of the account's municipalities."""

    path, endpoint, title = "/requests", "requests", "requests.panel.title"
    allowed, section, icon, order = METHODISTS, "work", "search", 45

    @expose("/")
    def index(self) -> Answer:
        """By the stated time of the answer."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.requests, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="requests.list", object_type="help_request", people=_people(found.rows))
        return self.page(
            "requests/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            places=self.places(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.requests, wanted=self._wanted()).rows
        return self.taken(requests_sheet(rows, self.panel), "requests", _people(rows), action="requests.export")

    @expose("/<int:request_id>")
    def card(self, request_id: int) -> Answer:
        """One request with its dialogue. That it was opened goes into the journal."""
        found = self.read(staff_queries.card, request_id=request_id)
        others = self.read(staff_queries.candidates, request_id=request_id)
        people = [one.person_id for one in others] + [one.person_id for one in found.turns if one.person_id]
        self.note_reading(
            action="requests.read",
            object_type="help_request",
            object_id=request_id,
            subject_person_id=found.row.person_id,
            people=people,
        )
        return self.page("requests/card.html", found=found, others=others, longest=TEXT, short=QUESTION)

    @expose("/<int:request_id>/give", methods=["POST"])
    def give(self, request_id: int) -> Answer:
        """Gives it to somebody else."""
        person_id = self.number("person") or 0
        self.perform(reassign, request_id=request_id, person_id=person_id).say("requests.panel.given")
        return self.back("requests.card", request_id=request_id)

    @expose("/<int:request_id>/answer", methods=["POST"])
    def answer(self, request_id: int) -> Answer:
        """Answers in the service's name."""
        self.perform(answer, request_id=request_id, text=self.word("text", TEXT)).say("requests.panel.answered")
        return self.back("requests.card", request_id=request_id)

    @expose("/<int:request_id>/close", methods=["POST"])
    def close(self, request_id: int) -> Answer:
        """Closes it; both hear of it."""
        self.perform(close, request_id=request_id).say("requests.panel.closed")
        return self.back("requests.card", request_id=request_id)

    @expose("/<int:request_id>/keep", methods=["POST"])
    def keep(self, request_id: int) -> Answer:
        """Keeps the answer for the next asker."""
        words = {"question": self.word("question", QUESTION + 1), "answer": self.word("answer", TEXT + 1)}
        self.perform(keep_answer, request_id=request_id, **words).say("requests.panel.kept")
        return self.back("requests.card", request_id=request_id)

    def _wanted(self) -> RequestFilter:
        state = self.word("state", 10)
        return RequestFilter(
            state=state if state in STATES else STATES[0],
            late=self.word("late", 1) == "1",
            municipality_id=self.number("municipality"),
            text=self.word("q", 100),
        )


class KnownAnswers(Page):
    """Answers that are offered before one asks."""

    path, endpoint, title = "/requests/answers", "known_answers", "requests.panel.known"
    allowed = METHODISTS

    @expose("/")
    def index(self) -> Answer:
        """Those that are offered first, by whom they were enough for."""
        size = Paging(0).size
        asked = Paging.wanted()
        rows, total = self.read(staff_queries.known_answers, limit=size, offset=(asked - 1) * size)
        return self.page("requests/answers.html", rows=rows, paging=Paging(total, asked, size))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        rows, _ = self.read(staff_queries.known_answers)
        return self.taken(answers_sheet(rows, self.panel), "answers", [], action="requests.export_answers")

    @expose("/<int:line_id>", methods=["POST"])
    def offer(self, line_id: int) -> Answer:
        """Takes one out of the list, or puts it back."""
        active = self.word("active", 1) == "1"
        self.perform(offer_answer, line_id=line_id, active=active).say("requests.panel.saved")
        return self.back("known_answers.index")


def _people(rows: Sequence[RequestRow]) -> list[int]:
    return [number for row in rows for number in (row.person_id, row.assignee_id) if number]


VIEWS: list[View] = [Requests, KnownAnswers]
