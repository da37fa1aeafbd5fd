"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "memos.index": Row(
        one("/memos/", "/memos/?kind=selection&campaign=1", "/memos/?kind=unions&since=2025-09-01"), "any"
    ),
    "memo_forms.index": Row(one("/memos/forms/"), "any", WRITERS),
    "memo_forms.add": Row(one("/memos/forms/"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}),
    "memo_forms.card": Row(one("/memos/forms/1"), "any", WRITERS),
    "memo_forms.version": Row(one("/memos/forms/1"), "nobody", WHOLE_REGION, form=lambda side: {"seen": "1"}),
    "memo_forms.use": Row(one("/memos/forms/1/use"), "nobody", WHOLE_REGION, form=lambda side: {"used": "0"}),
    "memo_forms.paper": Row(one("/memos/forms/1/1.docx"), "any", WRITERS),
    "memo_forms.attempt": Row(one("/memos/forms/1/try.docx"), "any", WRITERS),
    "memos.chain": Row(
        one("/memos/chain", "/memos/chain?since=2025-09-01"), "any", ("admin", "region", "town", "centre", "reader")
    ),
    "memos.picture": Row(
        one("/memos/picture/1.svg?kind=plan"), "any", ("admin", "region", "town", "centre", "school", "reader")
    ),
    "memos.word_file": Row(one("/memos/memo.docx?kind=events", "/memos/memo.docx?kind=plan"), "any"),
}
