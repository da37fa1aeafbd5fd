"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

SHOWN = ("", "?show=accompanied", "?show=without", "?low_results=1", "?show=opened", "?q=" + WORD)
MATRIX: dict[str, Row] = {
    "routes.index": Row(one(*("/routes/" + asked for asked in SHOWN)), "any", WRITERS),
    "routes.export": Row(one("/routes.xlsx", *("/routes/list.xlsx" + asked for asked in SHOWN)), "any", WRITERS),
    "group_routes.index": Row(one("/routes/groups/"), "any", WRITERS),
    "group_routes.export": Row(one("/routes/groups.xlsx", "/routes/groups/list.xlsx"), "any", WRITERS),
    "group_routes.new": Row(
        one("/routes/groups/new"), "any", WRITERS, form=lambda side: {"title": "Чужой", "group": str(side.has.group)}
    ),
    "group_routes.card": Row(one("/routes/groups/{group_route}"), roles=WRITERS),
    "group_routes.line": Row(
        one("/routes/groups/{group_route}/lines"),
        roles=WRITERS,
        form=lambda side: {"text": "Чужая строка", "due_on": "2027-05-01"},
    ),
    "group_routes.drop_line": Row(one("/routes/groups/{group_route}/lines/{group_line}/drop"), roles=WRITERS),
    "group_routes.offer": Row(one("/routes/groups/{group_route}/offer"), roles=WRITERS),
    "routes.opened": Row(one("/routes/{route}"), roles=WRITERS),
    "routes.comment": Row(one("/routes/{route}/comment"), roles=WRITERS, form=lambda side: {"text": "Чужое"}),
}
