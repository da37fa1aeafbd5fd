"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

FIGURE = "?source=deficits&unit=municipality&unit_id={place}&component=digital"

MATRIX: dict[str, Row] = {
    "motions.index": Row(
        one("/motions/", "/motions/?q=" + WORD, "/motions/?status=submitted&whose=to_answer"), "any", WRITERS
    ),
    "motions.export": Row(one("/motions.xlsx", "/motions/list.xlsx?whose=mine"), "any", WRITERS),
    "motions.new": Row(
        one("/motions/new" + FIGURE),
        roles=WRITERS,
        form=lambda side: {"target": f"group-{side.has.group}", "change": "Чужое"},
    ),
    "motions.card": Row(one("/motions/{motion}"), roles=WRITERS),
    "motions.withdraw": Row(one("/motions/{motion}/withdraw"), roles=WRITERS),
    "motions.take_up": Row(one("/motions/{motion}/take_up"), roles=WRITERS),
    "motions.decide": Row(
        one("/motions/{motion}/accept", "/motions/{motion}/decline"), roles=WRITERS, form=lambda side: {"answer": "Нет"}
    ),
    "motions.plan": Row(one("/motions/{motion}/plan"), roles=WRITERS, form=lambda side: {"section_id": "1"}),
    "motions.hold": Row(
        one("/motions/{motion}/event"), roles=WRITERS, form=lambda side: {"event": str(side.has.events[0])}
    ),
}
