"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "advice.index": Row(one("/advice/", "/advice/?category=1&component=digital&centre=0&q=a"), "any"),
    "advice.export": Row(one("/advice.xlsx", "/advice/list.xlsx"), "any"),
    "advice.new": Row(
        one("/advice/new"), "any", WRITERS, form=lambda side: {"title": "Чужой", "text": "Чужой", "centre_id": "0"}
    ),
    "advice.card": Row(one("/advice/1/card"), "any"),
    "advice.edit": Row(one("/advice/99999"), "own", WRITERS, form=lambda side: {"title": "Чужой"}),
    "item_steps.index": Row(one("/advice/steps/", "/advice/steps/?instrument=manager"), "any"),
    "item_steps.export": Row(one("/advice/steps.xlsx", "/advice/steps/list.xlsx"), "any"),
    "item_steps.edit": Row(
        one("/advice/steps/teacher/digital_2"), "nobody", WHOLE_REGION, form=lambda side: {"step": "Чужой шаг"}
    ),
}
