"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "reports.index": Row(one("/reports/"), "any"),
    "reports.report": Row(
        one(
            "/reports/selection",
            "/reports/selection?campaign=1",
            "/reports/coverage",
            "/reports/groups",
            "/reports/training",
            "/reports/active",
            "/reports/expertise",
            "/reports/time",
            "/reports/expertise?since=2025-09-01",
            "/reports/active?since=2025-09-01&direction=1&municipality={place}",
            "/reports/training?since=2025-09-01",
            "/reports/needs",
            "/reports/needs?question=lacking",
            "/reports/deficits",
            "/reports/deficits?measure=need&position=1",
            "/reports/deficits?low_results=1&hard_conditions=1",
            "/reports/demand",
            "/reports/demand?category=1&low_results=1&hard_conditions=1",
            *(f"/reports/events?by={by}" for by in ("month", "format", "municipality")),
        ),
        "any",
    ),
    "reports.workbook": Row(
        one(
            "/reports/groups.xlsx",
            "/reports/training.xlsx",
            "/reports/active.xlsx",
            "/reports/expertise.xlsx",
            "/reports/time.xlsx",
            "/reports/needs.xlsx",
            "/reports/coverage.xlsx",
            "/reports/selection.xlsx",
            "/reports/deficits.xlsx",
            "/reports/demand.xlsx",
            "/reports/events.xlsx",
        ),
        "any",
    ),
    "reports.chart": Row(
        one(
            "/reports/selection/directions.svg",
            "/reports/selection/municipalities.svg",
            "/reports/deficits.svg",
            "/reports/events.svg?by=municipality",
        ),
        "any",
    ),
    "reports.behind": Row(one("/reports/deficits/{place}/didactic", "/reports/deficits/{place}/methodical")),
}
