"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

REMARK = "Допишите, как это попробовать"
MATRIX: dict[str, Row] = {
    "practices.index": Row(
        one("/practices/", "/practices/?status=expertise&municipality={place}", "/practices/?q=" + WORD), "any"
    ),
    "practices.export": Row(one("/practices.xlsx", "/practices/list.xlsx?status=expertise"), "any"),
    "practices.card": Row(
        one("/practices/{practice}/card", "/practices/{practice}/card?find=" + WORD + "&author=" + WORD)
    ),
    "practices.file": Row(one("/practices/{practice}/files/{practice_file}"), roles=WRITERS),
    "practices.appoint": Row(
        one("/practices/{practice}/experts"), roles=WRITERS, form=lambda side: {"person": side.has.person}
    ),
    "practices.dismiss": Row(one("/practices/{practice}/experts/{practice_expert}/dismiss"), roles=WRITERS),
    "practices.enter": Row(
        one("/practices/{practice}/experts/{practice_expert}/word"),
        roles=WRITERS,
        form=lambda side: {"verdict": "publish", "remark": REMARK},
    ),
    "practices.decide": Row(
        one("/practices/{practice}/decide"), roles=WRITERS, form=lambda side: {"verdict": "publish", "said": "Чужое"}
    ),
    "practices.undo": Row(one("/practices/{practice}/undo"), roles=WRITERS),
    "practices.take_down": Row(one("/practices/{practice}/down"), roles=WRITERS),
    "practices.name_author": Row(
        one("/practices/{practice}/authors"), roles=WRITERS, form=lambda side: {"person": side.has.person}
    ),
    "practices.drop_author": Row(one("/practices/{practice}/authors/{practice_author}/drop"), roles=WRITERS),
}
