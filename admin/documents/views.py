"""Documents that the service stands on: orders, letters, programmes."""

from typing import Any

from admin import scans
from admin.access import ALL, METHODISTS, REGIONAL, editors_only, only
from admin.base import Answer, Outcome, View, expose, say_refusal
from admin.documents.tables import documents_sheet
from admin.forms import Field, PlainPage, Shown
from db.documents import queries
from db.documents.models import DocumentKind, DocumentLevel, OfficialDocument
from db.documents.scans import scan as scan_of
from db.documents.staff_services import DocumentDraft, put_scan, save_document
from db.errors import DomainError


class OfficialDocuments(PlainPage):
    """The list, the same as a file, and the form of a document."""

    path, endpoint, title = "/documents", "documents", "settings.documents.title"
    allowed, section, icon, order = ALL, "organisation", "file", 30
    noun, editors = "documents", REGIONAL
    form_template = "documents/form.html"

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """What it is and when, what it founded, whose it is."""
        return (
            Shown("settings.documents.title_column", lambda row: row.title, "link", small=self._cited, strong=True),
            Shown("settings.documents.signed_on", self._day, labelled=True),
            Shown("settings.documents.founded", lambda row: row.founded, labelled=True),
            Shown("settings.documents.kind", lambda row: self.t.plain(f"settings.documents.kind.{row.kind}")),
            Shown("settings.documents.level", lambda row: self.t.plain(f"settings.documents.level.{row.level}")),
            Shown("", lambda row: "settings.scan.title" if row.scan_id else "", "mark"),
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """All that the list and the bot show."""
        return (
            Field("kind", "select", required=True, options=self._kinds),
            Field("level", "select", required=True, options=self._levels),
            Field("heading"),
            Field("number", longest=64),
            Field("signed_on", "date"),
            Field("title", "area", required=True, label="title_column", longest=1000),
            Field("founded", "area", longest=1000),
            Field("link"),
            Field("shared", "check", ticked=False),
        )

    @expose("/")
    def index(self) -> Answer:
        """In the source's order."""
        return self.shown(self.read(queries.documents), "documents/list.html")

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        return self.taken(
            documents_sheet(self.read(queries.documents), self.panel), "documents", [], action="documents.export"
        )

    @expose("/<int:document_id>/scan")
    @only(METHODISTS)
    def paper(self, document_id: int) -> Answer:
        """The scan, for those who may learn names; opening it is in the journal."""
        row = self.read(queries.document, document_id=document_id)
        answer = scans.given(self.panel.settings.data_dir, self.read(scan_of, scan_id=row.scan_id))
        self.note_reading(action="documents.read_scan", object_type="official_document", object_id=document_id)
        return answer

    @expose("/<int:document_id>/scan", methods=["POST"])
    @editors_only
    def scan(self, document_id: int) -> Answer:
        """Puts the scan in, in place of the one before."""
        self.read(queries.document, document_id=document_id)
        try:
            stored = scans.brought(self.panel.settings.data_dir)
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            self.perform(put_scan, document_id=document_id, stored=stored).say("settings.scan.kept")
        return self.back(f"{self.endpoint}.edit", row_id=document_id)

    def more(self, row_id: int) -> dict[str, Any]:
        """Its scan."""
        return {"scan": self.read(queries.document, document_id=row_id).scan}

    def values(self, row_id: int) -> dict[str, Any]:
        """The document."""
        row = self.read(queries.document, document_id=row_id)
        return {field.name: getattr(row, field.name) for field in self.fields}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        level = DocumentLevel(values["level"]) if values["level"] in set(DocumentLevel) else DocumentLevel.REGIONAL
        kind = DocumentKind(values["kind"]) if values["kind"] in set(DocumentKind) else DocumentKind.OTHER
        draft = DocumentDraft(**{**values, "level": level, "kind": kind, "shared": bool(values["shared"])})
        return self.perform(save_document, document_id=row_id, draft=draft)

    def _kinds(self) -> list[tuple[str, str]]:
        return [(one.value, self.t.plain(f"settings.documents.kind.{one}")) for one in DocumentKind]

    def _levels(self) -> list[tuple[str, str]]:
        return [(one.value, self.t.plain(f"settings.documents.level.{one}")) for one in DocumentLevel]

    def _cited(self, row: OfficialDocument) -> str:
        return " · ".join([*row.header, *([row.heading] if row.heading else [])])

    def _day(self, row: OfficialDocument) -> str:
        return f"{row.signed_on:%d.%m.%Y}" if row.signed_on else ""


VIEWS: list[View] = [OfficialDocuments]
