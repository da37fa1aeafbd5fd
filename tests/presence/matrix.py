"""Who may open which address of the panel."""

from tests.support.matrix import EVERYBODY, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "presence.index": Row(one("/presence/"), "any", WRITERS),
    "presence.card": Row(one("/presence/{event}", "/presence/{past}"), roles=WRITERS),
    "presence.give_link": Row(one("/presence/{event}/helpers"), roles=WRITERS, form=lambda side: {"label": "Стол"}),
    "presence.withdraw_link": Row(one("/presence/{event}/helpers/1/withdraw"), roles=WRITERS),
    "presence.write_down": Row(one("/presence/{past}/guests"), roles=WRITERS, form=lambda side: {"name": "Гость"}),
    "presence.drop_guest": Row(one("/presence/{past}/guests/1/drop"), "nobody", WRITERS),
    "presence.recognise": Row(
        one("/presence/{past}/guests/1/recognise"),
        "nobody",
        WRITERS,
        form=lambda side: {"person": str(side.has.other)},
    ),
    "presence.came": Row(
        one("/presence/{past}/came"), roles=WRITERS, form=lambda side: {"person": str(side.has.other)}
    ),
    "presence.add_session": Row(
        one("/presence/{event}/sessions"),
        roles=WRITERS,
        form=lambda side: {"title": "Часть", "date": "2026-03-05", "starts": "11:00", "ends": "12:00"},
    ),
    "presence.drop_session": Row(one("/presence/{event}/sessions/1/drop"), "nobody", WRITERS),
    "presence.session": Row(one("/presence/{event}/sessions/1"), roles=WRITERS),
    "door.index": Row(one("/door/"), "any", EVERYBODY),
    "door.card": Row(one("/door/unknown"), "any", EVERYBODY),
    "door.marks": Row(one("/door/unknown/marks"), "any", EVERYBODY),
    "door.screen": Row(one("/door/unknown/screen"), "any", EVERYBODY),
    "door.manifest": Row(one("/door/unknown/app.webmanifest"), "any", EVERYBODY),
    "door.worker": Row(one("/door/worker.js"), "any", EVERYBODY),
}
