"""Who may open which address of the panel."""

from tests.support.matrix import EVERYBODY, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "afisha.index": Row(one("/afisha/", "/afisha/?month=2026-03"), "any", EVERYBODY),
    "own_calendar.index": Row(one("/calendar/"), "any", EVERYBODY),
    "own_calendar.card": Row(one("/calendar/unknown"), "any", EVERYBODY),
    "own_calendar.feed": Row(one("/calendar/unknown.ics"), "any", EVERYBODY),
    "posters.index": Row(one("/posters/"), "any", WRITERS),
    "posters.export": Row(one("/posters/{event}.pdf"), roles=WRITERS),
}
