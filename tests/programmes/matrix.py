"""Who may open which address of the panel."""

from tests.support.matrix import WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "programmes.index": Row(one("/sites/programmes/"), "any"),
    "programmes.export": Row(one("/sites/programmes.xlsx", "/sites/programmes/list.xlsx"), "any"),
    "programmes.card": Row(one("/sites/programmes/{programme}/card"), "any"),
    "programmes.new": Row(one("/sites/programmes/new"), "nobody", WHOLE_REGION),
    "programmes.edit": Row(
        one("/sites/programmes/{programme}"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}
    ),
    "programmes.modules": Row(
        one("/sites/programmes/{programme}/modules"),
        "nobody",
        WHOLE_REGION,
        form=lambda side: {"module": side.has.module, "title": "Чужой модуль", "hours": "20"},
    ),
    "programmes.new_run": Row(
        one("/sites/programmes/{programme}/runs/new"),
        "any",
        WRITERS,
        form=lambda side: {"site": side.site, "starts": "2026-04-01", "ends": "2026-06-01", "capacity": "8"},
    ),
    "programmes.run": Row(one("/sites/programmes/runs/{run}")),
    "programmes.lesson": Row(
        one("/sites/programmes/runs/{run}/lessons"),
        roles=WRITERS,
        form=lambda side: {
            "module": side.has.module,
            "day": "2026-03-05",
            "from": "15:00",
            "to": "15:30",
            "hours": "1",
            "place": "Чужое",
        },
    ),
    "programmes.drop_lesson": Row(one("/sites/programmes/runs/{run}/lessons/{lesson}/drop"), roles=WRITERS),
}
