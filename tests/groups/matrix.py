"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "groups.index": Row(one("/groups/", "/groups/?q=" + WORD, "/groups/?municipality={place}&state=headless"), "any"),
    "groups.export": Row(one("/groups.xlsx", "/groups/list.xlsx?municipality={place}"), "any"),
    "groups.kind": Row(one("/groups/kinds/{group_kind}"), "any"),
    "groups.card": Row(one("/groups/{group}")),
    "groups.new": Row(
        one("/groups/new", "/groups/new?municipality_id={place}", "/groups/new?decision={group_decision}"),
        "any",
        WRITERS,
        form=lambda side: {
            "name": "Чужое",
            "kind_id": side.has.group_kind,
            "organisation_id": side.has.organisation,
            "decision": side.has.group_decision,
        },
    ),
    "groups.edit": Row(one("/groups/{group}/edit"), roles=WRITERS, form=lambda side: {"name": "Чужое"}),
    "groups.close": Row(one("/groups/{group}/close", "/groups/{group}/reopen"), roles=WRITERS),
    "groups.head": Row(one("/groups/{group}/head"), roles=WRITERS, form=lambda side: {"person": side.has.other}),
    "groups.add": Row(one("/groups/{group}/members"), roles=WRITERS, form=lambda side: {"person": side.has.other}),
    "groups.end": Row(one("/groups/members/{group_member}/end"), roles=WRITERS),
    "groups.result": Row(
        one("/groups/{group}/results"), roles=WRITERS, form=lambda side: {"year": "2026", "text": "Итог"}
    ),
    "groups.drop_result": Row(one("/groups/{group}/results/{group_result}/drop"), roles=WRITERS),
    "groups.call": Row(
        one("/groups/{group}/meetings/new"),
        roles=WRITERS,
        form=lambda side: {"day": "2026-03-20", "hour": "15:00", "place": "Чужое"},
    ),
    "groups.change": Row(
        one("/groups/meetings/{group_meeting}/edit"),
        roles=WRITERS,
        form=lambda side: {"day": "2026-03-20", "hour": "15:00", "place": "Чужое"},
    ),
    "groups.meeting": Row(one("/groups/meetings/{group_meeting}"), roles=WRITERS),
    "groups.minutes": Row(one("/groups/meetings/{group_meeting}.docx"), roles=WRITERS),
    "groups.hold": Row(
        one("/groups/meetings/{group_meeting}/minutes"), roles=WRITERS, form=lambda side: {"minutes": "Чужое"}
    ),
    "groups.cancel": Row(one("/groups/meetings/{group_meeting}/cancel"), roles=WRITERS),
    "groups.decide": Row(
        one("/groups/meetings/{group_meeting}/decisions"), roles=WRITERS, form=lambda side: {"text": "Чужое"}
    ),
    "groups.line": Row(
        one("/groups/decisions/{group_decision}/line"), "nobody", WRITERS, form=lambda side: {"line": "1"}
    ),
    "groups.decision": Row(
        one(*(f"/groups/decisions/{{group_decision}}/{act}" for act in ("done", "reopen", "drop"))), roles=WRITERS
    ),
}
