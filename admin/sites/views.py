"""The region's internship and support sites: the list, a site with its working group, the form."""

from typing import Any

from flask import url_for

from admin.access import ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Outcome, View, expose
from admin.forms import Field, PlainPage
from admin.paging import Paging
from admin.sites.tables import sites_sheet
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.events.queries import component_names
from db.limits import whole
from db.programmes.staff_queries import runs
from db.sites import staff_queries
from db.sites.models import MasterRole
from db.sites.staff_queries import SiteFilter
from db.sites.staff_services import Draft, drop_master, name_master, save_site


class Sites(PlainPage):
    """Internship and support sites."""

    path, endpoint, title = "/sites", "sites", "settings.sites.title"
    allowed, section, icon, order = ALL, "growth", "leaf", 40
    noun, editors = "sites", REGIONAL

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """All that the bot shows of a site."""
        return (
            Field("code", required=True, longest=64, fixed=True),
            Field("kind", "select", required=True, options=self._kinds),
            Field("title", required=True, label="name"),
            Field("organisation", required=True),
            Field("municipality_id", "select", required=True, options=self.places),
            Field("address"),
            Field("components", "checks", options=lambda: list(self.read(component_names).items())),
            Field("about", "area", required=True, longest=2000),
            Field("working_group", "area", longest=1000),
            Field("programme"),
            Field("months", "number"),
            Field("how_to_join", "area", required=True, longest=2000),
            Field("contact", required=True),
            Field("active", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """Those that work first, with how many there are of each kind."""
        wanted, asked = self._wanted(), Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.sites, wanted=wanted, limit=size, offset=(asked - 1) * size)
        return self.page(
            "sites/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            kinds=self._kinds(),
            names=self.read(component_names),
            kept={},
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.sites, wanted=self._wanted()).rows
        book = sites_sheet(rows, self.read(component_names), self.panel, names=self.scope.sees_names)
        people = [one.person_id for row in rows for one in row.masters if one.person_id and self.scope.sees_names]
        return self.taken(book, "sites", people, action="sites.export")

    @expose("/<int:site_id>/card")
    def card(self, site_id: int) -> Answer:
        """One site: what it offers, its working group, the groups that learn there."""
        row = self.read(staff_queries.site, site_id=site_id)
        find = self.word("find", 100)
        mine = self.scope.can_write
        like = self.read(staff_queries.people_like, site_id=site_id, text=find) if mine else []
        shown = row.masters if self.scope.sees_names else []
        people = [one.person_id for one in shown if one.person_id] + [number for number, _ in like]
        self.note_reading(action="sites.read", object_type="site", object_id=site_id, people=people)
        return self.page(
            "sites/card.html",
            row=row,
            names=self.read(component_names),
            runs=self.read(runs, site_id=site_id),
            find=find,
            like=like,
            mine=mine,
        )

    @expose("/<int:site_id>/masters", methods=["POST"])
    @only(METHODISTS)
    def master(self, site_id: int) -> Answer:
        """Adds somebody to the working group: a person, or a name alone."""
        role = MasterRole.LEADER if self.word("role", 10) == MasterRole.LEADER else MasterRole.MASTER
        done = self.perform(
            name_master,
            site_id=site_id,
            role=role,
            person_id=self.number("person"),
            called=self.word("called", 300),
        )
        done.say("sites.panel.master_added")
        return self.back("sites.card", site_id=site_id)

    @expose("/<int:site_id>/masters/<int:master_id>/drop", methods=["POST"])
    @only(METHODISTS)
    def drop(self, site_id: int, master_id: int) -> Answer:
        """Takes somebody out of the working group."""
        self.perform(drop_master, site_id=site_id, master_id=master_id).say("sites.panel.master_dropped")
        return self.back("sites.card", site_id=site_id)

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
                "municipality_id": whole(str(values["municipality_id"])) or 0,
                "components": values["components"] & known,
            }
        )
        return self.perform(save_site, site_id=row_id, draft=draft)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The site's page once it is saved."""
        return url_for("sites.card", site_id=saved) if saved else url_for("sites.index")

    def _wanted(self) -> SiteFilter:
        return SiteFilter(kind=self.word("kind", 64), text=self.word("q", 100))

    def _kinds(self) -> list[tuple[str, str]]:
        return [(one.code, one.name) for one in self.read(dictionaries.terms, kind=TermKind.SITE_KIND)]


VIEWS: list[View] = [Sites]
