"""Who may open which address of the panel."""

from tests.support.matrix import FILTERS, WHOLE_REGION, WRITERS, Row, one

MATRIX: dict[str, Row] = {
    "settings.index": Row(one("/settings/"), "any"),
    "settings.rules": Row(one("/settings/rules"), "nobody", ("admin",), form=lambda side: {"cut1": "1"}),
    "municipalities.index": Row(one("/settings/municipalities/"), "any"),
    "municipalities.export": Row(one("/settings/municipalities.xlsx"), "any"),
    "municipalities.new": Row(one("/settings/municipalities/new"), "nobody", ("admin",)),
    "municipalities.edit": Row(one("/settings/municipalities/{place}"), "nobody", ("admin",)),
    "centres.index": Row(one("/settings/centres/"), "any"),
    "centres.export": Row(one("/settings/centres.xlsx"), "any"),
    "centres.new": Row(one("/settings/centres/new"), "nobody", ("admin",)),
    "centres.edit": Row(one("/settings/centres/{centre}"), "nobody", ("admin",)),
    "organisations.index": Row(
        one(*(f"/settings/organisations/{tail}" for tail in ("", *FILTERS, "?unconfirmed=1"))), "any"
    ),
    "organisations.export": Row(
        one("/settings/organisations.xlsx", "/settings/organisations/list.xlsx?municipality={place}"), "any"
    ),
    "organisations.new": Row(one("/settings/organisations/new"), "nobody", WHOLE_REGION),
    "organisations.edit": Row(
        one("/settings/organisations/{organisation}"), "nobody", WHOLE_REGION, form=lambda side: {"name": "Чужая"}
    ),
    "organisations.posters": Row(
        one("/settings/organisations/posters", "/settings/organisations/posters?municipality={place}"), "any", WRITERS
    ),
    "organisations.poster": Row(one("/settings/organisations/{organisation}/poster"), roles=WRITERS),
    "organisations.merge": Row(
        one("/settings/organisations/{organisation}/merge"), "nobody", WHOLE_REGION, form=lambda side: {"into": "1"}
    ),
    "terms.index": Row(one("/settings/terms/", "/settings/terms/?kind=position"), "any"),
    "terms.export": Row(one("/settings/terms.xlsx", "/settings/terms/list.xlsx?kind=position"), "any"),
    "terms.new": Row(one("/settings/terms/new"), "nobody", ("admin",)),
    "terms.edit": Row(one("/settings/terms/1"), "nobody", ("admin",)),
}
