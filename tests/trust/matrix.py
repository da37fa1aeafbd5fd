"""The panel's addresses: what each of them is of, and who may open it. `test_scope_matrix` walks them all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.trust.planted import Planted

WORD = "Кварцитова"
ALL_ROLES, WHOLE_REGION, WRITERS = (
    ("admin", "region", "town", "reader"),
    ("admin", "region"),
    ("admin", "region", "town"),
)


@dataclass(frozen=True)
class Side:
    """One municipality's objects."""

    place: int
    has: Planted
    draft: int
    site: int
    staff: int
    broadcasts: tuple[int, int]


@dataclass(frozen=True)
class Row:
    """One route in the matrix.

    `urls` and `form` are made from a municipality's objects. `opens` says whose objects a municipal methodist may open
    here: `own` (foreign ones are 404), `any` (a page without objects of its own), `nobody` (another role's page).
    `changes` marks a form. `roles` may open it at all.
    """

    urls: Callable[[Side], list[str]]
    opens: str = "own"
    roles: tuple[str, ...] = ALL_ROLES
    form: Callable[[Side], dict[str, Any]] = field(default=lambda side: {})


def one(*templates: str) -> Callable[[Side], list[str]]:
    """Addresses with `{place}`, `{person}`, `{sent}` and the like filled in."""

    def fill(side: Side) -> list[str]:
        has = side.has
        known = {
            "place": side.place,
            "person": has.person,
            "other": has.other,
            "sent": has.sent,
            "draft_application": has.applications[0],
            "approved": has.applications[2],
            "document": has.documents[1],
            "draft_document": has.documents[0],
            "decision": has.decision,
            "event": has.events[0],
            "past": has.events[1],
            "draft": side.draft,
            "registration": has.registrations[0],
            "came": has.registrations[1],
            "attempt": has.attempts[0],
            "pair": has.pair,
            "notice": has.notice,
            "organisation": has.organisation,
            "site": side.site,
            "staff": side.staff,
            "certificate": has.certificate,
            "written": side.broadcasts[0],
            "going": side.broadcasts[1],
        }
        return [template.format(**known) for template in templates]

    return fill


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


FILTERS = (
    "?municipality={place}",
    "?q=" + WORD,
    "?q=" + WORD + "&municipality={place}",
    "?status=approved&municipality={place}",
    "?status=draft&municipality={place}",
    "?page=2&municipality={place}",
)

MATRIX: dict[str, Row] = {
    # endpoint: who and what
    "today.index": Row(one("/"), "any"),
    "health.health": Row(one("/health"), "any"),
    "health.ready": Row(one("/ready"), "any"),
    "auth.login": Row(one("/login", "/login?next=/people/{person}"), "any"),
    "auth.logout": Row(one("/logout"), "any", ()),
    "auth.link": Row(one("/link/{person}"), "any", form=lambda side: {}),
    "auth.password": Row(one("/password"), "any", form=lambda side: {"current": "x", "password": "y" * 12}),
    "verify.index": Row(one("/verify/", "/verify/?number={person}"), "any"),
    "verify.one": Row(one("/verify/{person}"), "any"),
    # applications
    "applications.index": Row(
        one("/applications/", *(f"/applications/{tail}" for tail in FILTERS), "/applications/?assigned={staff}"), "any"
    ),
    "applications.show": Row(
        one("/applications/{sent}", "/applications/{approved}", "/applications/{sent}?document={document}")
    ),
    "applications.document": Row(
        one("/applications/{sent}/documents/{document}", "/applications/{sent}/documents/{document}?download=1")
    ),
    "applications.preview": Row(
        one("/applications/{sent}/preview"), form=lambda side: {"verdict": "return", "comment": "x"}
    ),
    "applications.decide": Row(
        one("/applications/{sent}/decide"),
        roles=WRITERS,
        form=lambda side: {"verdict": "approve", "revision": "0", "comment": "x"},
    ),
    "applications.scores": Row(one("/applications/{sent}/scores"), roles=WRITERS, form=lambda side: {"score-1": "2"}),
    "applications.take": Row(
        one("/applications/{sent}/take"), "any", WRITERS, form=lambda side: {"to": str(side.staff)}
    ),
    "applications.assign": Row(
        one("/applications/assign"),
        "any",
        WRITERS,
        form=lambda side: {"to": "me", "chosen": [str(side.has.sent), str(side.has.applications[0])]},
    ),
    "applications.undo": Row(one("/applications/undo/{decision}"), "nobody", WRITERS),
    # events
    "events.index": Row(
        one("/events/", *(f"/events/{tail}" for tail in FILTERS), "/events/?month=2026-03"), "published"
    ),
    "events.new": Row(one("/events/new", "/events/new?copy={draft}"), "published", WRITERS, form=plan_of),
    "events.card": Row(one("/events/{event}", "/events/{past}", "/events/{event}?q=" + WORD), "published"),
    "events.edit": Row(one("/events/{event}/edit", "/events/{draft}/edit"), roles=WRITERS, form=plan_of),
    "events.publish": Row(one("/events/{draft}/publish"), roles=WRITERS),
    "events.cancel": Row(one("/events/{event}/cancel"), roles=WRITERS, form=lambda side: {"reason": "x"}),
    "events.delete": Row(one("/events/{draft}/delete"), roles=WRITERS),
    "events.add": Row(one("/events/{event}/people"), roles=WRITERS, form=lambda side: {"person": str(side.has.other)}),
    "events.remove": Row(
        one("/events/{event}/people/{registration}/remove"), roles=WRITERS, form=lambda side: {"reason": "x"}
    ),
    "events.mark": Row(one("/events/{past}/people/{came}/mark"), roles=WRITERS, form=lambda side: {"present": "0"}),
    "events.check_in": Row(one("/events/{event}/check-in")),
    "events.counted": Row(one("/events/{event}/check-in/count")),
    "events.sheet": Row(one("/events/{event}/sheet", "/events/{past}/sheet")),
    "events.export": Row(one("/events/{event}/list.xlsx", "/events/{past}/list.xlsx")),
    # people
    "people.index": Row(one("/people/", *(f"/people/{tail}" for tail in FILTERS), "/people/?role=mentor"), "any"),
    "people.card": Row(one("/people/{person}", "/people/{other}")),
    "people.give": Row(one("/people/{other}/roles"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.take": Row(one("/people/{person}/roles/take"), roles=WRITERS, form=lambda side: {"role": "mentor"}),
    "people.invite": Row(one("/people/invite"), "any", WRITERS, form=lambda side: {"role": "mentor"}),
    "staff.index": Row(one("/settings/staff/"), "nobody", ("admin",)),
    "staff.new": Row(one("/settings/staff/new"), "nobody", ("admin",), form=lambda side: {"login": "new"}),
    "staff.edit": Row(one("/settings/staff/{staff}"), "nobody", ("admin",), form=lambda side: {"name": ""}),
    "staff.password": Row(one("/settings/staff/{staff}/password"), "nobody", ("admin",)),
    "staff.connect": Row(one("/settings/staff/{staff}/connect"), "nobody", ("admin",)),
    "staff.disconnect": Row(one("/settings/staff/{staff}/disconnect"), "nobody", ("admin",)),
    # mentoring
    "mentoring.index": Row(
        one("/mentoring/", "/mentoring/?q=" + WORD, "/mentoring/?show=silent", "/mentoring/?show=finished"), "any"
    ),
    "mentoring.card": Row(one("/mentoring/{pair}")),
    "mentoring.new": Row(
        one("/mentoring/new", "/mentoring/new?q=" + WORD, "/mentoring/new?mentor={person}"),
        "any",
        WRITERS,
        form=lambda side: {"mentor": str(side.has.person), "mentee": str(side.has.other)},
    ),
    "mentoring.finish": Row(one("/mentoring/{pair}/finish"), roles=WRITERS),
    # broadcasts
    "broadcasts.index": Row(one("/broadcasts/", "/broadcasts/?page=2"), "any", WRITERS),
    "broadcasts.new": Row(
        one("/broadcasts/new"), "any", WRITERS, form=lambda side: {"text": "Новая", "municipality": str(side.place)}
    ),
    "broadcasts.card": Row(one("/broadcasts/{written}", "/broadcasts/{going}"), roles=WRITERS),
    "broadcasts.edit": Row(
        one("/broadcasts/{written}/edit"),
        roles=WRITERS,
        form=lambda side: {"text": "Чужая", "municipality": str(side.place), "revision": "0"},
    ),
    "broadcasts.try_out": Row(one("/broadcasts/{written}/try", "/broadcasts/{going}/try"), roles=WRITERS),
    "broadcasts.start": Row(
        one("/broadcasts/{written}/start"), roles=WRITERS, form=lambda side: {"typed": "2", "revision": "0"}
    ),
    "broadcasts.recall": Row(one("/broadcasts/{going}/recall"), roles=WRITERS),
    "broadcasts.delete": Row(one("/broadcasts/{written}/delete"), roles=WRITERS),
    # diagnostics
    "diagnostics.index": Row(one("/diagnostics/"), "any"),
    "diagnostics.version": Row(one("/diagnostics/versions/1"), "any"),
    "diagnostics.upload": Row(one("/diagnostics/import"), "nobody", ("admin",)),
    "diagnostics.publish": Row(one("/diagnostics/versions/1/publish"), "nobody", ("admin",)),
    "diagnostics.results": Row(
        one("/diagnostics/results", "/diagnostics/results?municipality={place}"), "any", WRITERS
    ),
    "diagnostics.result": Row(one("/diagnostics/results/{attempt}"), roles=WRITERS),
    # reports
    "reports.index": Row(one("/reports/"), "any"),
    "reports.report": Row(
        one(
            "/reports/selection",
            "/reports/selection?campaign=1",
            "/reports/deficits",
            "/reports/deficits?measure=need&position=1",
            *(f"/reports/events?by={by}" for by in ("month", "format", "municipality")),
        ),
        "any",
    ),
    "reports.workbook": Row(one("/reports/selection.xlsx", "/reports/deficits.xlsx", "/reports/events.xlsx"), "any"),
    "reports.chart": Row(
        one(
            "/reports/selection/directions.svg",
            "/reports/selection/municipalities.svg",
            "/reports/deficits.svg",
            "/reports/events.svg?by=municipality",
        ),
        "any",
    ),
    "reports.behind": Row(one("/reports/deficits/{place}/didactic", "/reports/deficits/{place}/methodical")),
    # notices
    "notices.index": Row(one("/notices/", "/notices/?page=2"), "any"),
    "notices.retry": Row(one("/notices/{notice}/retry"), roles=WRITERS),
    "notices.retry_all": Row(one("/notices/retry"), "any", WRITERS),
    "notices.drop": Row(one("/notices/{notice}/drop"), roles=WRITERS),
    "notices.put_back": Row(one("/notices/updates/telegram/1/retry"), "nobody", WHOLE_REGION),
    # dictionaries
    "settings.index": Row(one("/settings/"), "any"),
    "settings.rules": Row(one("/settings/rules"), "nobody", ("admin",), form=lambda side: {"cut1": "1"}),
    "municipalities.index": Row(one("/settings/municipalities/"), "any"),
    "municipalities.new": Row(one("/settings/municipalities/new"), "nobody", ("admin",)),
    "municipalities.edit": Row(one("/settings/municipalities/{place}"), "nobody", ("admin",)),
    "organisations.index": Row(
        one(*(f"/settings/organisations/{tail}" for tail in ("", *FILTERS, "?unconfirmed=1"))), "any"
    ),
    "organisations.new": Row(one("/settings/organisations/new"), "nobody", WHOLE_REGION),
    "organisations.edit": Row(
        one("/settings/organisations/{organisation}"), "nobody", WHOLE_REGION, form=lambda side: {"name": "Чужая"}
    ),
    "organisations.merge": Row(
        one("/settings/organisations/{organisation}/merge"), "nobody", WHOLE_REGION, form=lambda side: {"into": "1"}
    ),
    "terms.index": Row(one("/settings/terms/", "/settings/terms/?kind=position"), "any"),
    "terms.new": Row(one("/settings/terms/new"), "nobody", ("admin",)),
    "terms.edit": Row(one("/settings/terms/1"), "nobody", ("admin",)),
    "sites.index": Row(one("/settings/sites/"), "any"),
    "sites.new": Row(one("/settings/sites/new"), "nobody", WHOLE_REGION),
    "sites.edit": Row(one("/settings/sites/{site}"), "nobody", WHOLE_REGION, form=lambda side: {"title": "Чужая"}),
    "audit.index": Row(one("/audit/", "/audit/?person={person}"), "nobody", ("admin",)),
}
