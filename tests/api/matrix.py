"""Who may open which address of the panel."""

from tests.support.matrix import EVERYBODY, Row, one

MATRIX: dict[str, Row] = {
    "api.index": Row(one("/api/v1/"), "token", EVERYBODY),
    "api.report": Row(one("/api/v1/reports/deficits?municipality={place}", "/api/v1/reports/none"), "token", EVERYBODY),
    "api.as_json": Row(one("/api/v1/reports/coverage.json?municipality={place}"), "token", EVERYBODY),
    "api.as_csv": Row(one("/api/v1/reports/events.csv?by=municipality"), "token", EVERYBODY),
    "tokens.index": Row(one("/settings/tokens/"), "nobody", ("admin",), form=lambda side: {"name": "x"}),
    "tokens.export": Row(one("/settings/tokens.xlsx", "/settings/tokens/list.xlsx"), "nobody", ("admin",)),
    "tokens.revoke": Row(one("/settings/tokens/1/revoke"), "nobody", ("admin",)),
}
