"""The register of expert work: who was called, who agreed, what is done; the form, the letter."""

from typing import Any

from flask import redirect, url_for

from admin import scans
from admin.access import ALL, METHODISTS, only
from admin.base import Answer, Page, View, expose, say_refusal
from admin.expertise.tables import expertise_sheet
from admin.paging import Paging
from db.dictionaries import queries as dictionaries
from db.documents.scans import scan as scan_of
from db.errors import DomainError
from db.expertise import staff_queries
from db.expertise.models import ExpertStatus
from db.expertise.staff_queries import ExpertFilter
from db.expertise.staff_services import ExpertDraft, cancel, finish, invite, put_letter, reopen, write_down
from db.limits import day_of
from db.people.staff_queries import people_named

TONES = {"done": "good", "accepted": "info", "declined": "warn"}


class Expertise(Page):
    """Expert work within the account's reach; names are for accounts that learn them."""

    path, endpoint, title = "/expertise", "expertise", "expertise.panel.title"
    allowed, section, icon, order = ALL, "growth", "check", 58

    @expose("/")
    def index(self) -> Answer:
        """What waits for an answer first, then the newest."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.register, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self.note_reading(action="expertise.list", object_type="expert_work", people=self._people(found.rows))
        return self.page(
            "expertise/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            kinds=[(one.id, one.name) for one in self.read(staff_queries.kinds)],
            statuses=[(one.value, self.t.plain(f"expertise.status.{one}")) for one in ExpertStatus],
            places=self.places(),
            tones=TONES,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.register, wanted=self._wanted())
        book = expertise_sheet(found, self.panel, names=self.scope.sees_names)
        return self.taken(book, "expertise", self._people(found.rows), action="expertise.export")

    @expose("/<int:work_id>")
    def card(self, work_id: int) -> Answer:
        """One piece of work."""
        row = self.read(staff_queries.work, work_id=work_id)
        self.note_reading(
            action="expertise.read", object_type="expert_work", object_id=work_id, people=self._people([row])
        )
        return self.page("expertise/card.html", row=row, tones=TONES, today=self.panel.local(self.now()).date())

    @expose("/<int:work_id>/letter")
    @only(METHODISTS)
    def letter(self, work_id: int) -> Answer:
        """The letter as a file; opening it is in the journal."""
        row = self.read(staff_queries.work, work_id=work_id)
        answer = scans.given(self.panel.settings.data_dir, self.read(scan_of, scan_id=row.scan_id))
        self.note_reading(
            action="expertise.read_letter", object_type="expert_work", object_id=work_id, people=[row.person_id]
        )
        return answer

    @expose("/<int:work_id>/letter", methods=["POST"])
    @only(METHODISTS)
    def put(self, work_id: int) -> Answer:
        """Puts the letter in, in place of the one before."""
        self.read(staff_queries.work, work_id=work_id)  # before a file is kept for nothing
        try:
            stored = scans.brought(self.panel.settings.data_dir)
        except DomainError as error:
            say_refusal(error)
        else:
            self.perform(put_letter, work_id=work_id, stored=stored).say("settings.scan.kept")
        return self.back("expertise.card", work_id=work_id)

    @expose("/<int:work_id>/finish", methods=["POST"])
    @only(METHODISTS)
    def finish(self, work_id: int) -> Answer:
        """It is done."""
        self.perform(finish, work_id=work_id, hours=self.number("hours")).say("expertise.panel.finished")
        return self.back("expertise.card", work_id=work_id)

    @expose("/<int:work_id>/reopen", methods=["POST"])
    @only(METHODISTS)
    def reopen(self, work_id: int) -> Answer:
        """It is not done after all."""
        self.perform(reopen, work_id=work_id).say("expertise.panel.reopened")
        return self.back("expertise.card", work_id=work_id)

    @expose("/<int:work_id>/cancel", methods=["POST"])
    @only(METHODISTS)
    def cancel(self, work_id: int) -> Answer:
        """It is taken back."""
        self.perform(cancel, work_id=work_id).say("expertise.panel.cancelled")
        return self.back("expertise.card", work_id=work_id)

    @expose("/new", methods=["GET", "POST"])
    @only(METHODISTS)
    def new(self) -> Answer:
        """First who, then what: an invitation, or what was done already."""
        find, town = self.word("find", 100), self.number("town")
        if self.is_post():
            draft = ExpertDraft(
                kind_id=self.number("kind"),
                title=self.word("title", 300),
                organisation_id=self.number("organisation"),
                starts_on=day_of(self.word("starts_on", 10)),
                ends_on=day_of(self.word("ends_on", 10)),
                hours=self.number("hours"),
            )
            person_id = self.number("person")
            use_case = write_down if self.word("done", 1) == "1" else invite
            if person_id is None:
                say_refusal(DomainError("training_person"))
            elif done := self.perform(use_case, person_id=person_id, draft=draft).say("expertise.panel.written"):
                return redirect(url_for("expertise.card", work_id=done.value))
        like = self.read(people_named, text=find)
        self.note_reading(action="people.list", object_type="person", people=(number for number, _ in like))
        towns = self.places()
        near = town if town in dict(towns) else None
        organisations = self.read(dictionaries.organisations, municipality_id=near) if near else []
        return self.page(
            "expertise/form.html",
            find=find,
            like=like,
            town=town,
            towns=towns,
            organisations=[(row.id, row.name) for row in organisations if row.confirmed],
            kinds=[(one.id, one.name) for one in self.read(staff_queries.kinds)],
        )

    def _wanted(self) -> ExpertFilter:
        status = self.word("status", 20)
        return ExpertFilter(
            status=ExpertStatus(status) if status in set(ExpertStatus) else None,
            kind_id=self.number("kind"),
            since=day_of(self.word("since", 10)),
            municipality_id=self.number("municipality"),
            organisation_id=self.number("organisation"),
            text=self.word("q", 100),
        )

    def _people(self, rows: Any) -> list[int]:
        return [row.person_id for row in rows] if self.scope.sees_names else []


VIEWS: list[View] = [Expertise]
