"""Documents that the service stands on: orders, letters, programmes."""

from typing import Any

from admin.access import ALL, REGIONAL
from admin.base import Answer, Outcome, View, expose
from admin.documents.tables import documents_sheet
from admin.forms import Field, PlainPage, Shown
from db.documents import queries
from db.documents.models import DocumentLevel, OfficialDocument
from db.documents.staff_services import DocumentDraft, save_document


class OfficialDocuments(PlainPage):
    """The list, the same as a file, and the form of a document."""

    path, endpoint, title = "/documents", "documents", "settings.documents.title"
    allowed, section, icon, order = ALL, "work", "file", 60
    noun, editors = "documents", REGIONAL

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """What it is and when, what it founded, whose it is."""
        return (
            Shown("settings.documents.title_column", lambda row: row.title, "link", small=self._cited, strong=True),
            Shown("settings.documents.signed_on", self._day, labelled=True),
            Shown("settings.documents.founded", lambda row: row.founded, labelled=True),
            Shown("settings.documents.level", lambda row: self.t.plain(f"settings.documents.level.{row.level}")),
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """All that the list and the bot show."""
        return (
            Field("level", "select", required=True, options=self._levels),
            Field("heading"),
            Field("number", longest=64),
            Field("signed_on", "date"),
            Field("title", "area", required=True, label="title_column", longest=1000),
            Field("founded", "area", longest=1000),
            Field("link"),
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

    def values(self, row_id: int) -> dict[str, Any]:
        """The document."""
        row = self.read(queries.document, document_id=row_id)
        return {field.name: getattr(row, field.name) for field in self.fields}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        level = DocumentLevel(values["level"]) if values["level"] in set(DocumentLevel) else DocumentLevel.REGIONAL
        return self.perform(save_document, document_id=row_id, draft=DocumentDraft(**{**values, "level": level}))

    def _levels(self) -> list[tuple[str, str]]:
        return [(one.value, self.t.plain(f"settings.documents.level.{one}")) for one in DocumentLevel]

    def _cited(self, row: OfficialDocument) -> str:
        return " · ".join([*row.header, *([row.heading] if row.heading else [])])

    def _day(self, row: OfficialDocument) -> str:
        return f"{row.signed_on:%d.%m.%Y}" if row.signed_on else ""


VIEWS: list[View] = [OfficialDocuments]
