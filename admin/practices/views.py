"""Practices of teachers: the list with its filters, the file, a card with its expertise and decision."""

from collections.abc import Iterable

from flask import url_for

from admin import scans
from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose
from admin.paging import Paging
from admin.practices.tables import practices_sheet
from db.events.queries import component_names
from db.overviews import practice_experts
from db.practices import staff_queries, staff_services
from db.practices.models import Practice, PracticeStatus, PracticeVerdict
from db.practices.queries import authors_of
from db.practices.rules import EXPERTS, TEXT
from db.practices.staff_queries import SHOWN, PracticeFilter


class Practices(Page):
    """What teachers proposed, what is with the experts and what is published."""

    path, endpoint, title = "/practices", "practices", "practices.panel.title"
    allowed, section, icon, order = ALL, "growth", "bulb", 45

    @expose("/")
    def index(self) -> Answer:
        """What waits for a methodist first."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.practices, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="practices.list", object_type="practice", people=_people(found.rows))
        return self.page(
            "practices/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            statuses=[(one.value, self._status(one, found.statuses.get(one, 0))) for one in SHOWN],
            names=self.read(component_names),
            authors_of=authors_of,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file; authors are for accounts that learn names."""
        rows = self.read(staff_queries.practices, wanted=self._wanted()).rows
        names = self.scope.sees_names
        book = practices_sheet(rows, self.read(component_names), self.panel, names=names)
        return self.taken(book, "practices", _people(rows) if names else [], action="practices.export")

    @expose("/<int:practice_id>/card")
    def card(self, practice_id: int) -> Answer:
        """One practice, whom one may ask to look at it, and what those say who applied it."""
        row = self.read(staff_queries.practice, practice_id=practice_id)
        mine = self.scope.can_write
        find, author = self.word("find", 100), self.word("author", 100)
        waits = row.status in (PracticeStatus.SENT, PracticeStatus.EXPERTISE)
        free = waits and len(row.now_experts) < EXPERTS
        experts = self.read(practice_experts.experts_like, practice_id=practice_id, text=find) if mine and free else []
        like = self.read(staff_queries.people_like, practice_id=practice_id, text=author) if mine and author else []
        people = [*_people([row]), *(one.person_id for one in row.experts), *(number for number, _ in experts + like)]
        self.note_reading(action="practices.read", object_type="practice", object_id=practice_id, people=people)
        return self.page(
            "practices/card.html",
            row=row,
            names=self.read(component_names),
            authors_of=authors_of,
            words=self.read(staff_queries.words, practice_id=practice_id),
            mine=mine,
            waits=waits,
            free=free,
            answered=sum(one.verdict is not None for one in row.now_experts) == EXPERTS,
            experts=experts,
            find=find,
            like=like,
            author=author,
            verdicts=list(PracticeVerdict),
            most=TEXT,
        )

    @expose("/<int:practice_id>/files/<int:file_id>")
    @only(METHODISTS)
    def file(self, practice_id: int, file_id: int) -> Answer:
        """A file of a practice; opening it is in the journal."""
        one = self.read(staff_queries.file, practice_id=practice_id, file_id=file_id)
        answer = scans.given(self.panel.settings.data_dir, one.scan)
        self.note_reading(action="practices.read_file", object_type="practice", object_id=practice_id)
        return answer

    @expose("/<int:practice_id>/experts", methods=["POST"])
    @only(METHODISTS)
    def appoint(self, practice_id: int) -> Answer:
        """Asks somebody to look at it."""
        person_id = self.number("person") or 0
        done = self.perform(staff_services.appoint, practice_id=practice_id, person_id=person_id)
        done.say("practices.panel.appointed")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/experts/<int:expert_id>/dismiss", methods=["POST"])
    @only(METHODISTS)
    def dismiss(self, practice_id: int, expert_id: int) -> Answer:
        """Takes an expert out who has not answered."""
        self.perform(staff_services.dismiss, expert_id=expert_id).say("practices.panel.dismissed")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/experts/<int:expert_id>/word", methods=["POST"])
    @only(METHODISTS)
    def enter(self, practice_id: int, expert_id: int) -> Answer:
        """Enters what an expert said on paper or by telephone."""
        done = self.perform(
            staff_services.enter, expert_id=expert_id, verdict=self._verdict(), remark=self.word("remark", TEXT)
        )
        done.say("practices.panel.entered")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/decide", methods=["POST"])
    @only(METHODISTS)
    def decide(self, practice_id: int) -> Answer:
        """Publishes it or sends it back; for some seconds it may be undone."""
        said = self.word("said", TEXT)
        done = self.perform(staff_services.decide, practice_id=practice_id, verdict=self._verdict(), said=said)
        done.say("practices.panel.decided", undo=url_for("practices.undo", practice_id=practice_id))
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/undo", methods=["POST"])
    @only(METHODISTS)
    def undo(self, practice_id: int) -> Answer:
        """Takes the own decision back."""
        self.perform(staff_services.undo, practice_id=practice_id).say("practices.panel.undone")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/down", methods=["POST"])
    @only(METHODISTS)
    def take_down(self, practice_id: int) -> Answer:
        """Nobody finds it any more."""
        self.perform(staff_services.take_down, practice_id=practice_id).say("practices.panel.taken_down")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/authors", methods=["POST"])
    @only(METHODISTS)
    def name_author(self, practice_id: int) -> Answer:
        """Adds a person as a further author."""
        person_id = self.number("person") or 0
        done = self.perform(staff_services.name_author, practice_id=practice_id, person_id=person_id)
        done.say("practices.panel.author.added")
        return self.back("practices.card", practice_id=practice_id)

    @expose("/<int:practice_id>/authors/<int:author_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop_author(self, practice_id: int, author_id: int) -> Answer:
        """Takes a further author out."""
        done = self.perform(staff_services.drop_author, practice_id=practice_id, author_id=author_id)
        done.say("practices.panel.author.dropped")
        return self.back("practices.card", practice_id=practice_id)

    def _wanted(self) -> PracticeFilter:
        status = self.word("status", 20)
        return PracticeFilter(
            status=PracticeStatus(status) if status in {one.value for one in SHOWN} else None,
            component=self.word("component", 64),
            municipality_id=self.number("municipality"),
            text=self.word("q", 100),
        )

    def _verdict(self) -> PracticeVerdict:
        """What was pressed; anything else asks for more work, which undoes nothing."""
        publish = self.word("verdict", 10) == PracticeVerdict.PUBLISH
        return PracticeVerdict.PUBLISH if publish else PracticeVerdict.RETURN

    def _status(self, status: PracticeStatus, count: int) -> str:
        named = self.t.plain(f"practices.panel.status.{status.value}")
        return f"{named} ({count})" if count else named


def _people(rows: Iterable[Practice]) -> list[int]:
    found = [number for row in rows for number in (row.proposer_id, *(one.person_id for one in row.authors))]
    return [number for number in found if number is not None]


VIEWS: list[View] = [Practices]
