"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, Row, one

MATRIX: dict[str, Row] = {
    "sites.index": Row(one("/settings/sites/"), "any"),
    "sites.new": Row(one("/settings/sites/new"), "nobody", WHOLE_REGION),
    "sites.edit": Row(one("/settings/sites/{site}"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}),
}
