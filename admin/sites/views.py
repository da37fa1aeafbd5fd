"""The region's internship and support sites."""

from typing import Any

from admin.access import REGIONAL
from admin.base import Answer, Outcome, View, expose
from admin.forms import Field, PlainPage, Shown
from db.events.queries import component_names
from db.limits import whole
from db.sites import staff_queries
from db.sites.models import SiteKind
from db.sites.staff_services import Draft, save_site


class Sites(PlainPage):
    """Internship and support sites."""

    path, endpoint, title = "/settings/sites", "sites", "settings.sites.title"
    noun, editors = "sites", REGIONAL

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """Where a site is, what it is for, whether it works."""
        places, names = dict(self.places()), self.read(component_names)
        return (
            Shown(
                "settings.sites.title_column",
                lambda row: row.title,
                "link",
                small=lambda row: f"{row.organisation} · {self.t.plain(f'settings.sites.kind.{row.kind}')}",
                strong=True,
            ),
            Shown("people.panel.municipality", lambda row: places.get(row.municipality_id, "")),
            Shown(
                "settings.sites.components",
                lambda row: [names.get(item.component, item.component) for item in row.components],
                "marks",
            ),
            Shown("", lambda row: "" if row.active else "settings.terms.off", "mark"),
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """All that the bot shows of a site."""
        return (
            Field("code", required=True, longest=64, fixed=True),
            Field("kind", "select", required=True, options=self._kinds),
            Field("title", required=True, label="name"),
            Field("organisation", required=True),
            Field("municipality_id", "select", required=True, options=self.places),
            Field("components", "checks", options=lambda: list(self.read(component_names).items())),
            Field("about", "area", required=True, longest=2000),
            Field("programme"),
            Field("months", "number"),
            Field("how_to_join", "area", required=True, longest=2000),
            Field("contact", required=True),
            Field("active", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """Those that work first."""
        return self.shown(self.read(staff_queries.sites))

    def values(self, row_id: int) -> dict[str, Any]:
        """The site within reach."""
        row = self.read(staff_queries.site, site_id=row_id)
        plain = {field.name: getattr(row, field.name) for field in self.fields if field.name != "components"}
        return {**plain, "components": frozenset(item.component for item in row.components)}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        known = set(self.read(component_names))
        draft = Draft(
            **{
                **values,
                "kind": SiteKind(values["kind"]) if values["kind"] in set(SiteKind) else SiteKind.INTERNSHIP,
                "municipality_id": whole(str(values["municipality_id"])) or 0,
                "components": values["components"] & known,
            }
        )
        return self.perform(save_site, site_id=row_id, draft=draft)

    def _kinds(self) -> list[tuple[str, str]]:
        return [(kind.value, self.t.plain(f"settings.sites.kind.{kind}")) for kind in SiteKind]


VIEWS: list[View] = [Sites]
