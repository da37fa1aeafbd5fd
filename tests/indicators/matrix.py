"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

SEEN_BY = ("admin", "region", "town", "centre", "reader")
WAVE = {"title": "Чужая волна", "version_id": 1, "starts": "2026-01-01", "ends": "2026-02-01"}
MATRIX: dict[str, Row] = {
    "monitoring.index": Row(
        one("/reports/monitoring/?municipality={place}", "/reports/monitoring/?municipality={place}&period=1"),
        "own",
        SEEN_BY,
    ),
    "monitoring.export": Row(
        one("/reports/monitoring.xlsx?municipality={place}", "/reports/monitoring/list.xlsx?municipality={place}"),
        "own",
        SEEN_BY,
    ),
    "monitoring.rows": Row(one("/reports/monitoring/1/rows?period=1&municipality={place}"), "own", SEEN_BY),
    "monitoring.rows_export": Row(one("/reports/monitoring/1/rows.xlsx?period=1&municipality={place}"), "own", SEEN_BY),
    "monitoring.organisations": Row(one("/reports/monitoring/1/organisations?municipality={place}"), "own", SEEN_BY),
    "monitoring.organisations_export": Row(
        one("/reports/monitoring/1/organisations.xlsx?municipality={place}"), "own", SEEN_BY
    ),
    "monitoring.rate": Row(
        one("/reports/monitoring/1/rate?period=1&municipality={place}"),
        "own",
        WRITERS,
        form=lambda side: {"rating": "partly", "word": "Чужое", "rated_by": "Чужой совет", "municipality": side.place},
    ),
    "monitoring.fix": Row(
        one("/reports/monitoring/fix"), "own", WRITERS, form=lambda side: {"period": 1, "municipality": side.place}
    ),
    "monitoring.period": Row(
        one("/reports/monitoring/periods"),
        "nobody",
        WHOLE_REGION,
        form=lambda side: {"title": "Чужой", "starts": "2026-01-01", "ends": "2026-02-01"},
    ),
    "indicators.index": Row(one("/reports/indicators/"), "any", SEEN_BY),
    "indicators.export": Row(one("/reports/indicators.xlsx", "/reports/indicators/list.xlsx"), "any", SEEN_BY),
    "indicators.new": Row(one("/reports/indicators/new"), "nobody", WHOLE_REGION, form=lambda side: {"text": "Чужой"}),
    "indicators.edit": Row(one("/reports/indicators/1"), "nobody", WHOLE_REGION, form=lambda side: {"text": "Чужой"}),
    "waves.index": Row(one("/reports/waves/"), "any", SEEN_BY),
    "waves.export": Row(one("/reports/waves.xlsx", "/reports/waves/list.xlsx"), "any", SEEN_BY),
    "waves.card": Row(one("/reports/waves/1/card"), "any", SEEN_BY),
    "waves.card_export": Row(one("/reports/waves/1/card.xlsx"), "any", SEEN_BY),
    "waves.new": Row(one("/reports/waves/new"), "nobody", WHOLE_REGION, form=lambda side: WAVE),
    "waves.edit": Row(one("/reports/waves/1"), "nobody", WHOLE_REGION, form=lambda side: WAVE),
    "waves.open": Row(one("/reports/waves/1/open"), "nobody", WHOLE_REGION, form=lambda side: {}),
    "waves.fix": Row(one("/reports/waves/1/fix"), "nobody", WHOLE_REGION, form=lambda side: {}),
}
