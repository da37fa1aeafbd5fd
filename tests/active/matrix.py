"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "active.index": Row(one("/active/", "/active/?campaign=rma-2023"), "any", WRITERS),
    "active.export": Row(one("/active.xlsx", "/active/list.xlsx?campaign=rma-2023"), "any", WRITERS),
    "active.card": Row(one("/active/{membership}"), roles=WRITERS),
    "active.keep": Row(
        one("/active/{membership}/keep"), "nobody", WHOLE_REGION, form=lambda side: {"until": "2030-01-01"}
    ),
    "active.exclude": Row(one("/active/{membership}/exclude"), "nobody", ("admin",), form=lambda side: {"reason": "x"}),
    "active.appoint": Row(
        one("/active/appoint/{other}"),
        "nobody",
        ("admin",),
        form=lambda side: {"order": "1", "reason": "x", "direction": "1"},
    ),
    "active.leaving": Row(one("/active/handover"), "any", WRITERS),
    "active.affairs": Row(one("/active/handover/{person}"), roles=WRITERS),
    "active.hand_over": Row(
        one("/active/handover/{person}/mentoring/{pair}", "/active/handover/{person}/groups/{group}"),
        roles=WRITERS,
        form=lambda side: {"to": str(side.has.other)},
    ),
    "active.invite": Row(one("/active/spots/1/{place}"), "nobody", WHOLE_REGION),
}
