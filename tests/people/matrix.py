"""Who may open which address of the panel."""

from tests.support.matrix import FILTERS, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "people.index": Row(one("/people/", *(f"/people/{tail}" for tail in FILTERS), "/people/?role=mentor"), "any"),
    "people.export": Row(one("/people.xlsx", "/people/list.xlsx?municipality={place}"), "any", WRITERS),
    "people.card": Row(one("/people/{person}", "/people/{other}"), roles=WRITERS),
    "people.give": Row(one("/people/{other}/roles"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.take": Row(one("/people/{person}/roles/take"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.invite": Row(one("/people/invite"), "any", WRITERS, form=lambda side: {"role": "mentor"}),
}
