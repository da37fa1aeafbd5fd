"""Who may open which address of the panel."""

from tests.support.matrix import WORD, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "requests.index": Row(
        one("/requests/", "/requests/?q=" + WORD, "/requests/?late=1", "/requests/?state=closed&municipality={place}"),
        "any",
        WRITERS,
    ),
    "requests.export": Row(one("/requests.xlsx", "/requests/list.xlsx?late=1"), "any", WRITERS),
    "requests.card": Row(one("/requests/{request}"), roles=WRITERS),
    "requests.give": Row(one("/requests/{request}/give"), roles=WRITERS, form=lambda side: {"person": side.has.other}),
    "requests.answer": Row(one("/requests/{request}/answer"), roles=WRITERS, form=lambda side: {"text": "Чужой ответ"}),
    "requests.close": Row(one("/requests/{request}/close"), roles=WRITERS),
    "requests.keep": Row(
        one("/requests/{request}/keep"), roles=WRITERS, form=lambda side: {"question": "Чужой", "answer": "Чужой"}
    ),
    "known_answers.index": Row(one("/requests/answers/"), "any", WRITERS),
    "known_answers.export": Row(one("/requests/answers.xlsx", "/requests/answers/list.xlsx"), "any", WRITERS),
    "known_answers.offer": Row(one("/requests/answers/{known}"), roles=WRITERS, form=lambda side: {"active": "0"}),
}
