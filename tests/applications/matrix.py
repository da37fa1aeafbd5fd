"""Who may open which address of the panel."""

from tests.support.matrix import AUDITED, EVERYBODY, FILTERS, NAMED, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "applications.index": Row(
        one("/applications/", *(f"/applications/{tail}" for tail in FILTERS), "/applications/?assigned={staff}"),
        "any",
        EVERYBODY,
    ),
    "applications.export": Row(one("/applications.xlsx", "/applications/list.xlsx?municipality={place}"), "any", NAMED),
    "applications.show": Row(
        one("/applications/{sent}", "/applications/{approved}", "/applications/{sent}?document={document}"),
        roles=AUDITED,
    ),
    "applications.document": Row(
        one(
            "/applications/{sent}/documents/{document}",
            "/applications/{sent}/documents/{document}?download=1",
            "/applications/{sent}/documents/{document}?fit=1",
        ),
        roles=AUDITED,
    ),
    "applications.document_page": Row(one("/applications/{sent}/documents/{document}/pages/1"), roles=AUDITED),
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
    "applications.return_many": Row(
        one("/applications/return"),
        "any",
        WRITERS,
        form=lambda side: {"comment": "x", "chosen": [str(side.has.sent), str(side.has.applications[0])]},
    ),
    "applications.undo_many": Row(one("/applications/undo/{decision}/together"), "nobody", WRITERS),
    "applications.reopen": Row(
        one("/applications/{approved}/reopen"), "nobody", ("admin",), form=lambda side: {"reason": "x"}
    ),
    "applications.undo": Row(one("/applications/undo/{decision}"), "nobody", WRITERS),
    "campaigns.index": Row(one("/settings/campaigns/"), "any"),
    "campaigns.export": Row(one("/settings/campaigns.xlsx", "/settings/campaigns/list.xlsx"), "any"),
    "campaigns.new": Row(one("/settings/campaigns/new", "/settings/campaigns/new?like=1"), "nobody", ("admin",)),
    "campaigns.edit": Row(one("/settings/campaigns/2"), "nobody", ("admin",), form=lambda side: {"title": "Чужой"}),
    "campaigns.close": Row(one("/settings/campaigns/2/close"), "nobody", ("admin",)),
    "criteria.index": Row(one("/settings/criteria/"), "any"),
    "criteria.new": Row(one("/settings/criteria/new?campaign=2"), "nobody", ("admin",)),
    "criteria.edit": Row(one("/settings/criteria/1"), "nobody", ("admin",), form=lambda side: {"short": "Чужой"}),
    "criteria.move": Row(one("/settings/criteria/1/move"), "nobody", ("admin",), form=lambda side: {"down": "1"}),
    "criteria.remove": Row(one("/settings/criteria/1/remove"), "nobody", ("admin",)),
    "reasons.index": Row(one("/settings/reasons/"), "any"),
    "reasons.new": Row(one("/settings/reasons/new?campaign=2&verdict=reject"), "nobody", ("admin",)),
    "reasons.edit": Row(one("/settings/reasons/1"), "nobody", ("admin",), form=lambda side: {"short": "Чужая"}),
    "reasons.move": Row(one("/settings/reasons/1/move"), "nobody", ("admin",), form=lambda side: {"down": "1"}),
    "reasons.remove": Row(one("/settings/reasons/1/remove"), "nobody", ("admin",)),
}
