"""Who may open which address of the panel."""

from tests.support.matrix import AUDITED, EVERYBODY, FILTERS, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "applications.index": Row(
        one("/applications/", *(f"/applications/{tail}" for tail in FILTERS), "/applications/?assigned={staff}"),
        "any",
        EVERYBODY,
    ),
    "applications.export": Row(
        one("/applications.xlsx", "/applications/list.xlsx?municipality={place}"), "any", WRITERS
    ),
    "applications.show": Row(
        one("/applications/{sent}", "/applications/{approved}", "/applications/{sent}?document={document}"),
        roles=AUDITED,
    ),
    "applications.document": Row(
        one("/applications/{sent}/documents/{document}", "/applications/{sent}/documents/{document}?download=1"),
        roles=AUDITED,
    ),
    "applications.preview": Row(
        one("/applications/{sent}/preview"), roles=WRITERS, form=lambda side: {"verdict": "return", "comment": "x"}
    ),
    "applications.decide": Row(
        one("/applications/{sent}/decide"),
        roles=WRITERS,
        form=lambda side: {"verdict": "approve", "revision": "0", "comment": "x"},
    ),
    "applications.scores": Row(one("/applications/{sent}/scores"), roles=WRITERS, form=lambda side: {"score-1": "2"}),
    "applications.take": Row(
        one("/applications/{sent}/take"), "any", WRITERS, form=lambda side: {"to": str(side.staff)}
    ),
    "applications.assign": Row(
        one("/applications/assign"),
        "any",
        WRITERS,
        form=lambda side: {"to": "me", "chosen": [str(side.has.sent), str(side.has.applications[0])]},
    ),
    "applications.reopen": Row(
        one("/applications/{approved}/reopen"), "nobody", ("admin",), form=lambda side: {"reason": "x"}
    ),
    "applications.undo": Row(one("/applications/undo/{decision}"), "nobody", WRITERS),
}
