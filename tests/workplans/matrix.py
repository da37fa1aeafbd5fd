"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

LINE = "/workplans/lines/{workplan_line}"
MATRIX: dict[str, Row] = {
    "workplans.index": Row(one("/workplans/"), "any"),
    "workplans.plan": Row(one("/workplans/{group}/", "/workplans/{group}/?year=2026")),
    "workplans.export": Row(one("/workplans/{group}/plan.xlsx")),
    "workplans.add": Row(
        one("/workplans/{group}/lines"), roles=WRITERS, form=lambda side: {"text": "Чужое", "year": "2026"}
    ),
    "workplans.line": Row(one(LINE), roles=WRITERS, form=lambda side: {"text": "Чужое"}),
    "workplans.drop": Row(one(f"{LINE}/drop"), roles=WRITERS),
    "workplans.done": Row(one(f"{LINE}/done"), roles=WRITERS, form=lambda side: {"word": "Чужое"}),
    "workplans.undo": Row(one(f"{LINE}/done/{{workplan_mark}}/undo"), roles=WRITERS),
}
