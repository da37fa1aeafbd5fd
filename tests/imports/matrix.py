"""Who may open which address of the panel."""

from tests.support.matrix import WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "imports.index": Row(one("/imports/"), "any", WRITERS, form=lambda side: {"kind": "people"}),
    "imports.look": Row(one("/imports/{upload}"), roles=WRITERS),
    "imports.columns": Row(one("/imports/{upload}/columns"), roles=WRITERS, form=lambda side: {"name": "0"}),
    "imports.apply": Row(one("/imports/{upload}/apply"), roles=WRITERS),
    "imports.undo": Row(one("/imports/{upload}/undo"), roles=WRITERS),
    "imports.stop": Row(one("/imports/{upload}/stop"), roles=WRITERS),
    "imports.drop": Row(one("/imports/{upload}/drop"), roles=WRITERS),
}
