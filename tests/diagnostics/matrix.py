"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "diagnostics.index": Row(one("/diagnostics/"), "any"),
    "diagnostics.export": Row(one("/diagnostics.xlsx", "/diagnostics/list.xlsx"), "any"),
    "diagnostics.version": Row(one("/diagnostics/versions/1"), "any"),
    "diagnostics.quality": Row(one("/diagnostics/versions/1/quality"), "nobody", WHOLE_REGION),
    "diagnostics.export_quality": Row(one("/diagnostics/versions/1/quality.xlsx"), "nobody", WHOLE_REGION),
    "diagnostics.upload": Row(one("/diagnostics/import"), "nobody", ("admin",)),
    "diagnostics.publish": Row(one("/diagnostics/versions/1/publish"), "nobody", ("admin",)),
    "diagnostics.results": Row(
        one("/diagnostics/results", "/diagnostics/results?municipality={place}"), "any", WRITERS
    ),
    "diagnostics.export_results": Row(
        one("/diagnostics/results.xlsx", "/diagnostics/results.xlsx?municipality={place}"), "any", WRITERS
    ),
    "diagnostics.paper": Row(
        one(*(f"/diagnostics/results/{{attempt}}/{name}.docx" for name in ("journal", "card", "dossier-mentor"))),
        roles=WRITERS,
    ),
    "diagnostics.result": Row(one("/diagnostics/results/{attempt}"), roles=WRITERS),
}
