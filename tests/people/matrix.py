"""Who may open which address of the panel."""

from tests.support.matrix import FILTERS, NAMED, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "people.index": Row(
        one("/people/", *(f"/people/{tail}" for tail in (*FILTERS, "?role=mentor", "?campaign=rma-2023"))),
        "any",
    ),
    "people.export": Row(one("/people.xlsx", "/people/list.xlsx?municipality={place}"), "any", NAMED),
    "people.card": Row(one("/people/{person}", "/people/{other}"), roles=NAMED),
    "people.give": Row(one("/people/{other}/roles"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.take": Row(one("/people/{person}/roles/take"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.claim": Row(one("/people/{person}/claim"), roles=WRITERS),
    "people.offers": Row(one("/people/claims"), "any", WRITERS),
    "people.confirm": Row(one("/people/claims/{claim}/confirm"), roles=WRITERS),
    "people.decline": Row(one("/people/claims/{claim}/decline"), roles=WRITERS),
    "people.merge": Row(
        lambda side: [*one("/people/{person}/merge")(side), f"/people/{side.has.person}/merge?into={side.has.other}"],
        roles=WRITERS,
        form=lambda side: {"into": str(side.has.other), "sure": "1"},
    ),
    "people.part": Row(one("/people/merges/{merge}/part"), roles=WRITERS),
    "people.invite": Row(one("/people/invite"), "any", WRITERS, form=lambda side: {"role": "mentor"}),
}
