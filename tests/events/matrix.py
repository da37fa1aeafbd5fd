"""Who may open which address of the panel."""

from typing import Any

from tests.support.matrix import EVERYBODY, FILTERS, WORD, WRITERS, Row, Side, one


def plan_of(side: Side) -> dict[str, Any]:
    """An event's form, moved to this municipality."""
    return {
        "title": "Новое событие",
        "about": "О чём",
        "format_id": "1",
        "municipality_id": str(side.place),
        "mode": "offline",
        "place": "Зал",
        "date": "2026-05-05",
        "starts": "10:00",
        "ends": "11:00",
        "revision": "0",
    }


MATRIX: dict[str, Row] = {
    "verify.index": Row(one("/verify/", "/verify/?number={person}"), "any", EVERYBODY),
    "verify.one": Row(one("/verify/{person}"), "any", EVERYBODY),
    "events.index": Row(
        one("/events/", *(f"/events/{tail}" for tail in FILTERS), "/events/?month=2026-03"), "published"
    ),
    "events.new": Row(one("/events/new", "/events/new?copy={draft}"), "published", WRITERS, form=plan_of),
    "events.card": Row(one("/events/{event}", "/events/{past}", "/events/{event}?q=" + WORD), "published"),
    "events.edit": Row(one("/events/{event}/edit", "/events/{draft}/edit"), roles=WRITERS, form=plan_of),
    "events.publish": Row(one("/events/{draft}/publish"), roles=WRITERS),
    "events.cancel": Row(one("/events/{event}/cancel"), roles=WRITERS, form=lambda side: {"reason": "x"}),
    "events.keep": Row(one("/events/{event}/keep"), roles=WRITERS),
    "events.delete": Row(one("/events/{draft}/delete"), roles=WRITERS),
    "events.add": Row(one("/events/{event}/people"), roles=WRITERS, form=lambda side: {"person": str(side.has.other)}),
    "events.remove": Row(
        one("/events/{event}/people/{registration}/remove"), roles=WRITERS, form=lambda side: {"reason": "x"}
    ),
    "events.mark": Row(one("/events/{past}/people/{came}/mark"), roles=WRITERS, form=lambda side: {"present": "0"}),
    "events.add_host": Row(
        one("/events/{event}/hosts"), roles=WRITERS, form=lambda side: {"role": "expert", "name": "Гость Программы"}
    ),
    "events.drop_host": Row(one("/events/{event}/hosts/1/drop"), "nobody", WRITERS),
    "events.add_material": Row(
        one("/events/{past}/materials"), roles=WRITERS, form=lambda side: {"title": "Слайды", "link": "https://a.ru/1"}
    ),
    "events.material": Row(one("/events/{past}/materials/1/file"), roles=WRITERS),
    "events.answer": Row(one("/events/{event}/questions/1"), "nobody", WRITERS, form=lambda side: {"answer": "Да"}),
    "events.drop_material": Row(one("/events/{past}/materials/1/drop"), "nobody", WRITERS),
    "events.spell": Row(
        one("/events/{past}/people/{came}/spell"), roles=WRITERS, form=lambda side: {"dative": "Вере Ивановне"}
    ),
    "events.results": Row(
        one("/events/{past}/results"), roles=WRITERS, form=lambda side: {f"result-{side.has.registrations[1]}": "0"}
    ),
    "events.export_results": Row(one("/events/{past}/results.xlsx"), roles=WRITERS),
    "events.check_in": Row(one("/events/{event}/check-in"), roles=WRITERS),
    "events.counted": Row(one("/events/{event}/check-in/now"), roles=WRITERS),
    "events.sheet": Row(one("/events/{event}/sheet", "/events/{past}/sheet"), roles=WRITERS),
    "events.export": Row(one("/events.xlsx", *(f"/events/list.xlsx{tail}" for tail in FILTERS)), "published"),
    "events.export_guests": Row(one("/events/{event}/list.xlsx", "/events/{past}/list.xlsx"), roles=WRITERS),
}
