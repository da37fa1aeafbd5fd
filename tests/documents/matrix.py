"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "documents.index": Row(one("/documents/"), "any"),
    "documents.export": Row(one("/documents.xlsx", "/documents/list.xlsx"), "any"),
    "documents.new": Row(one("/documents/new"), "nobody", WHOLE_REGION),
    "documents.paper": Row(one("/documents/1/scan"), "any", WRITERS),
    "documents.scan": Row(one("/documents/1/scan"), "nobody", WHOLE_REGION),
    "documents.edit": Row(one("/documents/1"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужой"}),
}
