"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "broadcasts.index": Row(one("/broadcasts/", "/broadcasts/?page=2"), "any", WRITERS),
    "broadcasts.export": Row(one("/broadcasts.xlsx", "/broadcasts/list.xlsx"), "any", WRITERS),
    "broadcasts.new": Row(
        one("/broadcasts/new"), "any", WRITERS, form=lambda side: {"text": "Новая", "municipality": str(side.place)}
    ),
    "broadcasts.card": Row(one("/broadcasts/{written}", "/broadcasts/{going}"), roles=WRITERS),
    "broadcasts.edit": Row(
        one("/broadcasts/{written}/edit"),
        roles=WRITERS,
        form=lambda side: {"text": "Чужая", "municipality": str(side.place), "revision": "0"},
    ),
    "broadcasts.try_out": Row(one("/broadcasts/{written}/try", "/broadcasts/{going}/try"), roles=WRITERS),
    "broadcasts.start": Row(
        one("/broadcasts/{written}/start"), roles=WRITERS, form=lambda side: {"typed": "2", "revision": "0"}
    ),
    "broadcasts.recall": Row(one("/broadcasts/{going}/recall"), roles=WRITERS),
    "broadcasts.delete": Row(one("/broadcasts/{written}/delete"), roles=WRITERS),
}
