"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, Row, one

MATRIX: dict[str, Row] = {
    "plan.index": Row(one("/plan/"), "any"),
    "plan.export": Row(one("/plan.xlsx", "/plan/list.xlsx"), "any"),
    "plan.tasks": Row(one("/plan/tasks"), "any"),
    "plan.new": Row(one("/plan/new"), "nobody", WHOLE_REGION),
    "plan.edit": Row(one("/plan/1"), "nobody", WHOLE_REGION, form=lambda side: {"text": "Чужая"}),
    "plan.done": Row(one("/plan/1/done"), "nobody", WHOLE_REGION, form=lambda side: {"word": "Сделано"}),
    "plan.undone": Row(one("/plan/1/done/1/undo"), "nobody", WHOLE_REGION, form=lambda side: {}),
    "plan.appoint": Row(one("/plan/1/people"), "nobody", WHOLE_REGION, form=lambda side: {"person": side.has.person}),
    "plan.release": Row(one("/plan/1/people/{person}/release"), "nobody", WHOLE_REGION, form=lambda side: {}),
}
