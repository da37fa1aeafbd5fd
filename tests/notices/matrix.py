"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "notices.index": Row(one("/notices/", "/notices/?page=2"), "any"),
    "notices.export": Row(one("/notices.xlsx", "/notices/list.xlsx?why=blocked"), "any"),
    "notices.retry": Row(one("/notices/{notice}/retry"), roles=WRITERS),
    "notices.retry_all": Row(one("/notices/retry"), "any", WRITERS),
    "notices.drop": Row(one("/notices/{notice}/drop"), roles=WRITERS),
    "notices.retry_update": Row(one("/notices/updates/telegram/1/retry"), "nobody", WHOLE_REGION),
}
