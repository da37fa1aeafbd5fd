"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "mentoring.index": Row(
        one("/mentoring/", "/mentoring/?q=" + WORD, "/mentoring/?show=silent", "/mentoring/?show=finished"), "any"
    ),
    "mentoring.card": Row(one("/mentoring/{pair}"), roles=WRITERS),
    "mentoring.new": Row(
        one("/mentoring/new", "/mentoring/new?q=" + WORD, "/mentoring/new?mentor={person}"),
        "any",
        WRITERS,
        form=lambda side: {"mentor": str(side.has.person), "mentee": str(side.has.other)},
    ),
    "mentoring.finish": Row(one("/mentoring/{pair}/finish"), roles=WRITERS),
}
