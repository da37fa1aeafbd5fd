"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "projects.index": Row(one("/projects/", "/projects/?level=centre&status=done&q=a"), "any"),
    "projects.export": Row(one("/projects.xlsx", "/projects/list.xlsx"), "any"),
    "projects.card": Row(one("/projects/1/card"), "any"),
    "projects.new": Row(
        one("/projects/new"),
        "any",
        WRITERS,
        form=lambda side: {"title": "Чужой", "unit": f"municipality-{side.place}"},
    ),
    "projects.edit": Row(one("/projects/1"), "own", WRITERS, form=lambda side: {"title": "Чужой"}),
    "projects.task": Row(one("/projects/1/tasks"), "own", WRITERS, form=lambda side: {"text": "Чужая"}),
    "projects.done": Row(one("/projects/1/tasks/1/done"), "own", WRITERS, form=lambda side: {}),
    "projects.reopen": Row(one("/projects/1/tasks/1/reopen"), "own", WRITERS, form=lambda side: {}),
    "projects.drop": Row(one("/projects/1/tasks/1/drop"), "own", WRITERS, form=lambda side: {}),
    "recommendations.index": Row(one("/projects/recommendations/"), "any"),
    "recommendations.export": Row(one("/projects/recommendations.xlsx", "/projects/recommendations/list.xlsx"), "any"),
    "recommendations.cell": Row(
        one("/projects/recommendations/1/{centre}"), "own", WRITERS, form=lambda side: {"status": "in_progress"}
    ),
}
