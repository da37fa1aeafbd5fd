"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "ties.index": Row(one("/ties/"), "any", WRITERS),
    "ties.card": Row(one("/ties/{person}", "/ties/{other}"), roles=WRITERS),
    "ties.note": Row(
        one("/ties/{person}/note"),
        roles=WRITERS,
        form=lambda side: {"name": "Чужая Анна Ивановна", "kind": "relative", "paper_on": "2026-01-12"},
    ),
    "ties.remove": Row(one("/ties/{tie}/remove"), roles=WRITERS),
}
