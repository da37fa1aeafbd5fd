"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "memos.index": Row(
        one("/memos/", "/memos/?kind=selection&campaign=1", "/memos/?kind=unions&since=2025-09-01"), "any"
    ),
    "memos.word_file": Row(one("/memos/memo.docx?kind=events", "/memos/memo.docx?kind=plan"), "any"),
}
