"""The register of training: what waits, what is counted, one record with its document, writing one down."""

from typing import Any

from flask import redirect, request, url_for

from admin import scans
from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.paging import Paging
from admin.training.tables import training_sheet
from db.documents.scans import scan as scan_of
from db.errors import DomainError
from db.limits import day_of
from db.people.staff_queries import people_named
from db.training import staff_queries
from db.training.models import TrainingStatus
from db.training.staff_queries import SHOWN, TrainingFilter
from db.training.staff_services import TrainingDraft, confirm, return_record, strike, write_down


class Training(Page):
    """Records within the account's reach; names are for accounts that learn them."""

    path, endpoint, title = "/training", "training", "training.panel.title"
    allowed, section, icon, order = ALL, "growth", "cap", 50

    @expose("/")
    def index(self) -> Answer:
        """Those that wait first, then the newest."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.register, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="training.list", object_type="training", people=self._people(found.rows))
        return self.page(
            "training/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            statuses=[(one.value, self.t.plain(f"training.panel.status.{one.value}")) for one in SHOWN],
            places=self.places(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.register, wanted=self._wanted())
        book = training_sheet(found, self.panel, names=self.scope.sees_names)
        return self.taken(book, "training", self._people(found.rows), action="training.export")

    @expose("/<int:record_id>")
    def card(self, record_id: int) -> Answer:
        """One record."""
        row = self.read(staff_queries.record, record_id=record_id)
        self.note_reading(
            action="training.read",
            object_type="training",
            object_id=record_id,
            people=self._people([row]),
        )
        return self.page("training/card.html", row=row)

    @expose("/<int:record_id>/scan")
    @only(METHODISTS)
    def paper(self, record_id: int) -> Answer:
        """The document as a file; opening it is in the journal."""
        row = self.read(staff_queries.record, record_id=record_id)
        answer = scans.given(self.panel.settings.data_dir, self.read(scan_of, scan_id=row.scan_id))
        self.note_reading(
            action="training.read_scan", object_type="training", object_id=record_id, people=[row.person_id]
        )
        return answer

    @expose("/<int:record_id>/confirm", methods=["POST"])
    @only(METHODISTS)
    def confirm(self, record_id: int) -> Answer:
        """Counts it."""
        self.perform(confirm, record_id=record_id).say("training.panel.confirmed")
        return self.back("training.card", record_id=record_id)

    @expose("/<int:record_id>/return", methods=["POST"])
    @only(METHODISTS)
    def return_record(self, record_id: int) -> Answer:
        """Returns it with what to mend."""
        done = self.perform(return_record, record_id=record_id, remark=self.word("remark", 1000))
        done.say("training.panel.returned")
        return self.back("training.card", record_id=record_id)

    @expose("/<int:record_id>/strike", methods=["POST"])
    @only(METHODISTS)
    def strike(self, record_id: int) -> Answer:
        """Deletes what a methodist wrote down by mistake."""
        if self.perform(strike, record_id=record_id).say("training.panel.struck"):
            return redirect(url_for("training.index"))
        return self.back("training.card", record_id=record_id)

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """Writes a course of somebody down: first who, then what."""
        find = self.word("find", 100)
        if self.is_post():
            typed = self.word("issued_on", 10)
            draft = TrainingDraft(
                title=self.word("title", 300),
                organisation=self.word("organisation", 300),
                hours=self.number("hours"),
                document=self.word("document", 300),
                issued_on=day_of(typed),
                of_project="of_project" in request.form,
                experience=self.number("experience"),
            )
            person_id = self.number("person")
            if person_id is None:
                say_refusal(DomainError("training_person"))
            elif done := self.perform(write_down, person_id=person_id, draft=draft).say("training.panel.written"):
                return redirect(url_for("training.card", record_id=done.value))
        like = self.read(people_named, text=find)
        self.note_reading(action="people.list", object_type="person", people=(number for number, _ in like))
        return self.page("training/form.html", find=find, like=like, today=self.panel.local(self.now()).date())

    def _wanted(self) -> TrainingFilter:
        status = self.word("status", 20)
        return TrainingFilter(
            status=TrainingStatus(status) if status in set(SHOWN) else None,
            young=self.word("young", 1) == "1",
            of_project=self.word("project", 1) == "1",
            since=day_of(self.word("since", 10)),
            municipality_id=self.number("municipality"),
            text=self.word("q", 100),
        )

    def _people(self, rows: Any) -> list[int]:
        return [row.person_id for row in rows] if self.scope.sees_names else []


VIEWS: list[View] = [Training]
