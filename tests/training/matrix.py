"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

SHOWN = ("", "?young=1", "?project=1&status=sent", "?since=2025-01-01&municipality={place}", "?q=" + WORD)
MATRIX: dict[str, Row] = {
    "training.index": Row(one(*("/training/" + asked for asked in SHOWN)), "any"),
    "training.export": Row(one("/training.xlsx", *("/training/list.xlsx" + asked for asked in SHOWN)), "any"),
    "training.card": Row(one("/training/{training}")),
    "training.paper": Row(one("/training/{training}/scan"), roles=WRITERS),
    "training.confirm": Row(one("/training/{training}/confirm"), roles=WRITERS),
    "training.return_record": Row(
        one("/training/{training}/return"), roles=WRITERS, form=lambda side: {"remark": "Чужое замечание"}
    ),
    "training.strike": Row(one("/training/{training}/strike"), roles=WRITERS),
    "training.new": Row(
        one("/training/new", "/training/new?find=" + WORD),
        "any",
        WRITERS,
        form=lambda side: {
            "person": side.has.other,
            "title": "Чужой курс",
            "organisation": "Чужая",
            "hours": "36",
            "issued_on": "2026-02-01",
        },
    ),
}
