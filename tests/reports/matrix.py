"""Who may open which address of the panel."""

from tests.support.matrix import Row, one

MATRIX: dict[str, Row] = {
    "reports.index": Row(one("/reports/"), "any"),
    "reports.report": Row(
        one(
            "/reports/selection",
            "/reports/selection?campaign=1",
            "/reports/coverage",
            "/reports/deficits",
            "/reports/deficits?measure=need&position=1",
            "/reports/deficits?low_results=1&hard_conditions=1",
            *(f"/reports/events?by={by}" for by in ("month", "format", "municipality")),
        ),
        "any",
    ),
    "reports.workbook": Row(
        one("/reports/coverage.xlsx", "/reports/selection.xlsx", "/reports/deficits.xlsx", "/reports/events.xlsx"),
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
