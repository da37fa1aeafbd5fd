"""Loads the documents that a pack's source names."""

from datetime import date
from typing import ClassVar

from db.documents.models import DocumentKind, DocumentLevel, OfficialDocument
from db.packs.entries import Loading
from db.packs.sections import Code, Entry, Line, Prose, Section


class DocumentEntry(Entry):
    """Describes a document in the source's own words."""

    code: Code
    kind: DocumentKind = DocumentKind.OTHER
    level: DocumentLevel
    heading: str = ""
    number: str = ""
    signed_on: date | None = None
    title: Prose
    header: list[Prose] = []
    founded: str = ""
    link: str = ""
    source: Line


class Documents(Section):
    """`documents.yaml`."""

    FILE: ClassVar[str] = "documents"

    documents: list[DocumentEntry] = []


def load(loading: Loading) -> None:
    """Loads `documents.yaml` in the order of its lines."""
    for position, item in enumerate(loading.section(Documents).documents, 1):
        values = item.model_dump(exclude={"code", "demo"}) | {"position": position}
        loading.put(OfficialDocument, item.code, {"code": item.code}, values)


SECTIONS = {"documents": load}
