"""Who may open which address of the panel."""

from tests.support.matrix import NAMED, WORD, WRITERS, Row, one

SHOWN = ("", "?q=" + WORD, "?show=silent", "?show=finished", "?show=proposed", "?show=paused")
BASE = ("", "?q=" + WORD, "?free=1", "?component=subject&centre={centre}&direction=1")
MATRIX: dict[str, Row] = {
    "mentoring.index": Row(one(*("/mentoring/" + asked for asked in SHOWN)), "any"),
    "mentoring.export": Row(one("/mentoring.xlsx", *("/mentoring/list.xlsx" + asked for asked in SHOWN)), "any"),
    "mentoring.card": Row(one("/mentoring/{pair}"), roles=NAMED),
    "mentoring.new": Row(
        one("/mentoring/new", "/mentoring/new?q=" + WORD, "/mentoring/new?mentor={person}"),
        "any",
        WRITERS,
        form=lambda side: {"mentor": str(side.has.person), "mentee": str(side.has.other)},
    ),
    "mentoring.finish": Row(one("/mentoring/{pair}/finish"), roles=WRITERS),
    "mentoring.break_off": Row(one("/mentoring/{pair}/break"), roles=WRITERS, form=lambda side: {"reason": "mismatch"}),
    "mentoring.pause": Row(one("/mentoring/{pair}/pause"), roles=WRITERS),
    "mentoring.resume": Row(one("/mentoring/{pair}/resume"), roles=WRITERS),
    "mentoring.paper": Row(one("/mentoring/{pair}/programme.docx", "/mentoring/{pair}/report.docx"), roles=WRITERS),
    "mentoring.papers": Row(
        one("/mentoring/order.docx", "/mentoring/curator.docx", "/mentoring/curator.docx?since=2026-01-01"),
        "any",
        WRITERS,
    ),
    "mentoring.mentors": Row(one(*("/mentoring/mentors" + asked for asked in BASE)), "any"),
    "mentoring.mentors_export": Row(one(*("/mentoring/mentors.xlsx" + asked for asked in BASE)), "any"),
    "mentoring.mentor": Row(
        one("/mentoring/mentors/{person}"),
        roles=WRITERS,
        form=lambda side: {"strengths": "subject", "places": "3"},
    ),
    "mentoring.wishes": Row(one("/mentoring/wishes"), "any"),
    "mentoring.wishes_export": Row(one("/mentoring/wishes.xlsx"), "any"),
    "mentoring.propose": Row(
        one("/mentoring/propose/{other}"),
        roles=WRITERS,
        form=lambda side: {"mentor": str(side.has.person)},
    ),
}
