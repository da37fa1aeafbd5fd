"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "commission.index": Row(one("/commission/"), "any", WRITERS),
    "commission.export": Row(one("/commission.xlsx", "/commission/list.xlsx"), "any", WRITERS),
    "commission.show": Row(
        one(
            "/commission/{commission}",
            "/commission/{commission}?find=" + WORD,
            "/commission/{commission}?town={place}",
        ),
        "any",
        WRITERS,
    ),
    "commission.begin": Row(
        one("/commission/{commission}/begin"), "nobody", ("admin",), form=lambda side: {"reviews": "2", "spread": "5"}
    ),
    "commission.save": Row(
        one("/commission/{commission}/save"), "any", WRITERS, form=lambda side: {"reviews": "3", "spread": "5"}
    ),
    "commission.seat": Row(
        one("/commission/{commission}/seat"),
        "any",
        WRITERS,
        form=lambda side: {"staff": str(side.staff), "seat": "member"},
    ),
    "commission.unseat": Row(
        one("/commission/{commission}/unseat"), "any", WRITERS, form=lambda side: {"staff": str(side.staff)}
    ),
    "commission.declare": Row(
        one("/commission/{commission}/declare"), "any", WRITERS, form=lambda side: {"person": str(side.has.person)}
    ),
    "commission.undeclare": Row(
        one("/commission/{commission}/undeclare"),
        "any",
        WRITERS,
        form=lambda side: {"interest": str(side.has.interest)},
    ),
    "commission.assign": Row(one("/commission/{commission}/assign"), "any", WRITERS),
    "commission.sitting": Row(
        one("/commission/{commission}/sitting"),
        "any",
        WRITERS,
        form=lambda side: {"agreed": "1", "present": [str(side.staff)], "held_on": "2026-03-01"},
    ),
    "commission.remove_sitting": Row(one("/commission/sittings/1/remove"), "any", WRITERS),
    "commission.hand_in": Row(
        one("/commission/reviews/{sent}/hand-in"), roles=WRITERS, form=lambda side: {"note": "x"}
    ),
    "commission.take_away": Row(one("/commission/reviews/{review}/take-away"), "any", WRITERS),
    "commission.release": Row(one("/commission/reviews/{sent}/release"), roles=WRITERS),
    "commission.ranked": Row(
        one(
            "/commission/{commission}/list", "/commission/{commission}/list?cut=5&even=1&reviewer=1&points=-2&changed=1"
        ),
        "nobody",
        WHOLE_REGION,
    ),
    "commission.ranked_export": Row(one("/commission/{commission}/list.xlsx"), "nobody", WHOLE_REGION),
    "commission.decide": Row(
        one("/commission/{commission}/decide"),
        "nobody",
        WHOLE_REGION,
        form=lambda side: {"verdict": "approve", "chosen": [str(side.has.sent)]},
    ),
    "commission.protocol": Row(one("/commission/{commission}/protocol.docx"), "nobody", WHOLE_REGION),
}
