"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "commission.index": Row(one("/commission/"), "any", WRITERS),
    "commission.export": Row(one("/commission.xlsx", "/commission/list.xlsx"), "any", WRITERS),
    "commission.show": Row(
        one("/commission/1", "/commission/1?find=" + WORD, "/commission/1?town={place}"), "any", WRITERS
    ),
    "commission.begin": Row(
        one("/commission/1/begin"), "nobody", ("admin",), form=lambda side: {"reviews": "2", "spread": "5"}
    ),
    "commission.save": Row(
        one("/commission/1/save"), "any", WRITERS, form=lambda side: {"reviews": "3", "spread": "5"}
    ),
    "commission.seat": Row(
        one("/commission/1/seat"), "any", WRITERS, form=lambda side: {"staff": str(side.staff), "seat": "member"}
    ),
    "commission.unseat": Row(one("/commission/1/unseat"), "any", WRITERS, form=lambda side: {"staff": str(side.staff)}),
    "commission.declare": Row(
        one("/commission/1/declare"), "any", WRITERS, form=lambda side: {"person": str(side.has.person)}
    ),
    "commission.undeclare": Row(one("/commission/1/undeclare"), "any", WRITERS, form=lambda side: {"interest": "1"}),
    "commission.assign": Row(one("/commission/1/assign"), "any", WRITERS),
    "commission.sitting": Row(one("/commission/1/sitting"), "any", WRITERS, form=lambda side: {"agreed": "1"}),
    "commission.remove_sitting": Row(one("/commission/sittings/1/remove"), "any", WRITERS),
    "commission.hand_in": Row(
        one("/commission/reviews/{sent}/hand-in"), roles=WRITERS, form=lambda side: {"note": "x"}
    ),
    "commission.take_away": Row(one("/commission/reviews/1/take-away"), "any", WRITERS),
    "commission.release": Row(one("/commission/reviews/{sent}/release"), roles=WRITERS),
    "commission.ranked": Row(
        one("/commission/1/list", "/commission/1/list?cut=5&even=1&reviewer=1&points=-2&changed=1"),
        "nobody",
        WHOLE_REGION,
    ),
    "commission.ranked_export": Row(one("/commission/1/list.xlsx"), "nobody", WHOLE_REGION),
    "commission.decide": Row(
        one("/commission/1/decide"),
        "nobody",
        WHOLE_REGION,
        form=lambda side: {"verdict": "approve", "chosen": [str(side.has.sent)]},
    ),
    "commission.protocol": Row(one("/commission/1/protocol.docx"), "nobody", WHOLE_REGION),
}
