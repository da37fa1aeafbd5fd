"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "sites.index": Row(one("/sites/", "/sites/?kind=internship&q=" + WORD), "any"),
    "sites.export": Row(one("/sites.xlsx", "/sites/list.xlsx?kind=internship"), "any"),
    "sites.card": Row(one("/sites/{site}/card", "/sites/{site}/card?find=" + WORD)),
    "sites.master": Row(
        one("/sites/{site}/masters"), roles=WRITERS, form=lambda side: {"person": side.has.other, "called": "Чужая"}
    ),
    "sites.drop": Row(one("/sites/{site}/masters/1/drop"), roles=WRITERS),
    "sites.new": Row(one("/sites/new"), "nobody", WHOLE_REGION),
    "sites.edit": Row(one("/sites/{site}"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}),
}
