"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "appeals.index": Row(one("/appeals/", "/appeals/?state=all", "/appeals/?q=к&page=2"), "any", WRITERS),
    "appeals.export": Row(one("/appeals.xlsx", "/appeals/list.xlsx?state=all"), "any", WRITERS),
    "appeals.card": Row(one("/appeals/{appeal}"), roles=WRITERS),
    "appeals.answer": Row(
        one("/appeals/{appeal}/answer"),
        roles=WRITERS,
        form=lambda side: {"verdict": "dismiss", "text": "Посмотрели ещё раз."},
    ),
}
