"""Pages of diagnostics: instruments and their versions, results that teachers opened."""

from flask import redirect, request, url_for

from admin.access import ADMINISTRATORS, ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Page, View, expose
from admin.diagnostics.tables import opened_sheet, quality_sheet, versions_sheet
from admin.paging import Paging
from db.diagnostics import staff_queries, staff_services
from db.diagnostics.content import InstrumentError, Problem
from db.dictionaries import queries as dictionaries
from db.errors import NotFoundError
from db.growth import staff_queries as papers
from db.growth.documents import PaperWriter
from db.growth.pack import forms_of
from db.growth.queries import Paper
from db.overviews import quality


class Diagnostics(Page):
    """Instruments for everybody, opened results for methodists. Cuts and terms are among the settings."""

    path, endpoint, title = "/diagnostics", "diagnostics", "diagnostics.panel.title"
    allowed, section, icon, order = ALL, "growth", "radar", 10

    @expose("/")
    def index(self) -> Answer:
        """The instruments and their versions."""
        return self.page(
            "diagnostics/list.html",
            rows=self.read(staff_queries.versions),
            rules=self.read(dictionaries.rules),
            opened=self.read(staff_queries.opened_count) if self.scope.reads_results else None,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = versions_sheet(self.read(staff_queries.versions), self.panel)
        return self.taken(book, "diagnostics", [], action="diagnostics.export")

    @expose("/versions/<int:version_id>")
    def version(self, version_id: int) -> Answer:
        """A version's whole content."""
        return self.page("diagnostics/version.html", view=self.read(staff_queries.version, version_id=version_id))

    @expose("/versions/<int:version_id>/quality")
    @only(REGIONAL)
    def quality(self, version_id: int) -> Answer:
        """How well a version measures, for its authors."""
        found = self.read(quality.quality, version_id=version_id)
        return self.page("diagnostics/quality.html", found=found, version_id=version_id, least=quality.LEAST)

    @expose("/versions/<int:version_id>/quality.xlsx")
    @only(REGIONAL)
    def export_quality(self, version_id: int) -> Answer:
        """The same as a file."""
        book = quality_sheet(self.read(quality.quality, version_id=version_id), self.panel)
        return self.taken(book, "quality", [], action="diagnostics.export")

    @expose("/import", methods=["GET", "POST"])
    @only(ADMINISTRATORS)
    def upload(self) -> Answer:
        """A new version from a file: kept as a draft, with everything that is wrong told at once."""
        problems: list[Problem] = []
        if self.is_post():
            file = request.files.get("file")
            outcome = self.perform(
                staff_services.import_draft, file=file.read(staff_services.LARGEST + 1) if file else b""
            ).say("diagnostics.panel.drafted")
            if outcome.value is not None:
                return redirect(url_for("diagnostics.version", version_id=outcome.value.id))
            if isinstance(outcome.refusal, InstrumentError):
                problems = outcome.refusal.problems
        return self.page("diagnostics/import.html", problems=problems)

    @expose("/versions/<int:version_id>/publish", methods=["POST"])
    @only(ADMINISTRATORS)
    def publish(self, version_id: int) -> Answer:
        """Publishes a draft for good."""
        self.perform(staff_services.publish_version, version_id=version_id).say("diagnostics.panel.published")
        return self.back("diagnostics.version", version_id=version_id)

    @expose("/results")
    @only(METHODISTS)
    def results(self) -> Answer:
        """Whose results are open; the numbers are on a page of their own."""
        place = self.number("municipality")
        total = self.read(staff_queries.opened_count, municipality_id=place)
        paging = Paging.asked(total)
        rows = self.read(staff_queries.opened, municipality_id=place, limit=paging.limit, offset=paging.offset)
        self.note_reading(action="diagnostics.list", object_type="attempt", people=(row.person_id for row in rows))
        return self.page("diagnostics/results.html", rows=rows, paging=paging, place=place, places=self.places())

    @expose("/results.xlsx")
    @only(METHODISTS)
    def export_results(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.opened, municipality_id=self.number("municipality"))
        people = [row.person_id for row in rows]
        return self.taken(opened_sheet(rows, self.panel), "results", people, action="diagnostics.export")

    @expose("/results/<int:attempt_id>")
    @only(METHODISTS)
    def result(self, attempt_id: int) -> Answer:
        """One opened result. That it was read goes into the journal."""
        found = self.read(staff_queries.opened_result, attempt_id=attempt_id)
        self.note_reading(
            action="diagnostics.read",
            object_type="attempt",
            object_id=attempt_id,
            subject_person_id=found.person_id,
            municipality_id=found.municipality_id,
        )
        return self.page("diagnostics/result.html", found=found, dossiers=forms_of(self.panel.pack).dossiers)

    @expose("/results/<int:attempt_id>/<paper>.docx")
    @only(METHODISTS)
    def paper(self, attempt_id: int, paper: str) -> Answer:
        """A paper of whoever opened the result, without the route, which is their own; taking it is noted."""
        kind, _, code = paper.partition("-")
        # What is no code of a dossier would be the file's name, and the address is anybody's.
        if kind not in (Paper.JOURNAL, Paper.CARD, Paper.DOSSIER) or (kind != Paper.DOSSIER and paper != kind):
            raise NotFoundError
        person_id, facts = self.read(papers.of_result, attempt_id=attempt_id)
        writer = PaperWriter(
            self.t,
            facts,
            service=self.panel.pack.about.service_name,
            panel_url=request.host_url.rstrip("/"),
            zone=self.panel.zone,
        )
        content = writer.file(Paper(kind), forms_of(self.panel.pack), code)
        return self.taken(content, paper, [person_id], action="growth.paper", ending="docx")


VIEWS: list[View] = [Diagnostics]
