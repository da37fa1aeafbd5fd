"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

SHOWN = ("", "?status=invited&kind=1", "?since=2025-01-01&municipality={place}", "?organisation=1", "?q=" + WORD)
MATRIX: dict[str, Row] = {
    "expertise.index": Row(one(*("/expertise/" + asked for asked in SHOWN)), "any"),
    "expertise.export": Row(one("/expertise.xlsx", *("/expertise/list.xlsx" + asked for asked in SHOWN)), "any"),
    "expertise.card": Row(one("/expertise/{expert_work}")),
    "expertise.letter": Row(one("/expertise/{expert_work}/letter"), roles=WRITERS),
    "expertise.put": Row(one("/expertise/{expert_work}/letter"), roles=WRITERS),
    "expertise.finish": Row(one("/expertise/{expert_work}/finish"), roles=WRITERS, form=lambda side: {"hours": "2"}),
    "expertise.reopen": Row(one("/expertise/{expert_work}/reopen"), roles=WRITERS),
    "expertise.cancel": Row(one("/expertise/{expert_work}/cancel"), roles=WRITERS),
    "expertise.new": Row(
        one("/expertise/new", "/expertise/new?find=" + WORD, "/expertise/new?town={place}"),
        "any",
        WRITERS,
        form=lambda side: {"person": side.has.other, "kind": "1", "title": "Чужой конкурс", "starts_on": "2026-03-09"},
    ),
}
