"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "products.index": Row(
        one("/products/", "/products/?kind=1&year=2016&q=a", "/products/?municipality={place}"), "any"
    ),
    "products.export": Row(one("/products.xlsx", "/products/list.xlsx"), "any"),
    "products.card": Row(one("/products/1/card"), "any"),
    "products.new": Row(
        one("/products/new"),
        "any",
        WRITERS,
        form=lambda side: {"title": "Чужой", "municipality_id": side.place},
    ),
    "products.edit": Row(one("/products/1"), "own", WRITERS, form=lambda side: {"title": "Чужой"}),
    "products.paper": Row(one("/products/1/scan"), "any", WRITERS),
    "products.scan": Row(one("/products/1/scan"), "own", WRITERS),
    "products.author": Row(one("/products/1/authors"), "own", WRITERS, form=lambda side: {"person": side.has.person}),
    "products.drop": Row(one("/products/1/authors/1/drop"), "own", WRITERS, form=lambda side: {}),
    "products.line": Row(one("/products/1/line"), "nobody", WRITERS, form=lambda side: {"line": 1}),
    "products.unlink": Row(one("/products/1/line/unlink"), "nobody", WRITERS, form=lambda side: {}),
}
