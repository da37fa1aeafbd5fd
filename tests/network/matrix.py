"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "network.index": Row(one("/network/", "/network/?kind=service&agreement=signed&q=a"), "any"),
    "network.export": Row(one("/network.xlsx", "/network/list.xlsx"), "any"),
    "network.card": Row(one("/network/1/card"), "any"),
    "network.about": Row(one("/network/about"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}),
    "network.new": Row(one("/network/new"), "nobody", WHOLE_REGION, form=lambda side: {"name": "Чужой"}),
    "network.edit": Row(one("/network/1"), "nobody", WHOLE_REGION, form=lambda side: {"name": "Чужой"}),
    "agreements.index": Row(one("/network/agreements/"), "any"),
    "agreements.new": Row(one("/network/agreements/new?member=1"), "nobody", WHOLE_REGION),
    "agreements.edit": Row(one("/network/agreements/1"), "nobody", WHOLE_REGION, form=lambda side: {"number": "1"}),
    "agreements.paper": Row(one("/network/agreements/1/scan"), "any", WRITERS),
    "agreements.scan": Row(one("/network/agreements/1/scan"), "nobody", WHOLE_REGION),
    "visits.index": Row(one("/network/visits/", "/network/visits/?year=2026"), "any"),
    "visits.export": Row(one("/network/visits.xlsx", "/network/visits/list.xlsx"), "any"),
    "visits.new": Row(one("/network/visits/new"), "nobody", WHOLE_REGION, form=lambda side: {"word": "Чужое"}),
    "visits.edit": Row(one("/network/visits/1"), "nobody", WHOLE_REGION, form=lambda side: {"word": "Чужое"}),
    "visits.drop": Row(one("/network/visits/1/drop"), "nobody", WHOLE_REGION, form=lambda side: {}),
}
