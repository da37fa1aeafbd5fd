"""Who may open which address of the panel."""

from tests.support.matrix import ALL_ROLES, WHOLE_REGION, Row, one

READING, KEEPING = (*ALL_ROLES, "coordinator"), (*WHOLE_REGION, "coordinator")

MATRIX: dict[str, Row] = {
    "plan.index": Row(one("/plan/"), "any", READING),
    "plan.export": Row(one("/plan.xlsx", "/plan/list.xlsx"), "any", READING),
    "plan.printed": Row(one("/plan.docx", "/plan/list.docx"), "any", READING),
    "plan.calendar": Row(one("/plan/calendar", "/plan/calendar?month=2024-03"), "any", READING),
    "plan.tasks": Row(one("/plan/tasks"), "any", READING),
    "plan.new": Row(one("/plan/new"), "any", KEEPING),
    "plan.edit": Row(one("/plan/1"), "own", KEEPING, form=lambda side: {"text": "Чужая"}),
    "plan.remove": Row(one("/plan/1/remove"), "own", KEEPING, form=lambda side: {}),
    "plan.restore": Row(one("/plan/1/restore"), "own", KEEPING, form=lambda side: {}),
    "plan.done": Row(one("/plan/1/done"), "nobody", WHOLE_REGION, form=lambda side: {"word": "Сделано"}),
    "plan.undone": Row(one("/plan/1/done/1/undo"), "nobody", WHOLE_REGION, form=lambda side: {}),
    "plan.appoint": Row(one("/plan/1/people"), "nobody", WHOLE_REGION, form=lambda side: {"person": side.has.person}),
    "plan.release": Row(one("/plan/1/people/{person}/release"), "nobody", WHOLE_REGION, form=lambda side: {}),
    "plan_uploads.index": Row(one("/plan/uploads/"), "any", WHOLE_REGION, form=lambda side: {"plan": "roadmap"}),
    "plan_uploads.look": Row(one("/plan/uploads/1"), "any", WHOLE_REGION),
    "plan_uploads.put_in": Row(one("/plan/uploads/1/put-in"), "any", WHOLE_REGION),
    "plan_uploads.undo": Row(one("/plan/uploads/1/undo"), "any", WHOLE_REGION),
    "plan_uploads.drop": Row(one("/plan/uploads/1/drop"), "any", WHOLE_REGION),
    "plan.event": Row(one("/plan/events/{event}"), "any", WHOLE_REGION),
    "plan.hold": Row(one("/plan/events/{event}/line"), "any", WHOLE_REGION, form=lambda side: {"line": 1}),
    "plan.hold_new": Row(one("/plan/events/{event}/new"), "any", WHOLE_REGION, form=lambda side: {"section": 1}),
    "plan.let_go": Row(one("/plan/events/{event}/none"), "any", WHOLE_REGION),
}
