"""Products and publications: the list by kind and year, the form, authors, the file, and the line of a plan."""

from datetime import date
from typing import Any

from flask import request, url_for

from admin import scans
from admin.access import ALL, METHODISTS, editors_only, only
from admin.base import Answer, Outcome, View, expose, say_refusal
from admin.forms import Field, PlainPage
from admin.paging import Paging
from admin.products.tables import products_sheet
from db.documents.scans import scan as scan_of
from db.errors import DomainError, ForbiddenError
from db.limits import day_of, whole
from db.plans.staff_queries import lines_like
from db.products import staff_queries
from db.products.models import Product
from db.products.staff_queries import ProductFilter
from db.products.staff_services import (
    ProductDraft,
    drop_author,
    fulfil,
    name_author,
    put_scan,
    save_product,
    unlink,
)
from db.projects import staff_queries as projects

NONE = "0"
"""A kind, a project or a municipality that there is not, in the form."""


class Products(PlainPage):
    """The list, the same as a file, a product's page and its form."""

    path, endpoint, title = "/products", "products", "settings.products.menu"
    allowed, section, icon, order = ALL, "organisation", "book", 60
    noun, editors = "products", METHODISTS
    form_template = "products/form.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What the list shows. Whose it is is asked once."""
        return (
            Field("title", required=True, label="title_column"),
            Field("kind_id", "select", required=True, options=self._kinds),
            Field("municipality_id", "select", required=True, options=self._places, fixed=True),
            Field("year", "number"),
            Field("until_year", "number"),
            Field("count", "number"),
            Field("venue"),
            Field("link"),
            Field("project_id", "select", required=True, options=self._projects),
            Field("note", "area", longest=1000),
        )

    @expose("/")
    def index(self) -> Answer:
        """The newest first, with the kinds and how many there are of each."""
        wanted = self._wanted()
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.products, wanted=wanted, limit=size, offset=(asked - 1) * size)
        self._note_authors(found.rows, "products.list")
        return self.page(
            "products/list.html",
            found=found,
            paging=Paging(found.total, asked, size),
            wanted=wanted,
            kinds=[(one.kind.id, one.kind.name) for one in found.kinds if one.kind],
            years_known=[(year, str(year)) for year in self.read(staff_queries.years)],
            of=self.read(projects.card, project_id=wanted.project_id).row.project if wanted.project_id else None,
            kept={"project_id": wanted.project_id} if wanted.project_id else {},
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file; authors are for accounts that learn names."""
        found = self.read(staff_queries.products, wanted=self._wanted())
        names = self.scope.sees_names
        book = products_sheet(found, self.panel, names=names)
        people = _people(found.rows) if names else []
        return self.taken(book, "products", people, action="products.export")

    @expose("/<int:product_id>/card")
    def card(self, product_id: int) -> Answer:
        """One product, for those who only look."""
        row = self.read(staff_queries.product, product_id=product_id)
        self._note_authors([row], "products.list")
        return self.page("products/card.html", row=row, editable=self.editable and self._mine(row))

    @expose("/<int:product_id>/scan")
    @only(METHODISTS)
    def paper(self, product_id: int) -> Answer:
        """The file, for those who may learn names; opening it is in the journal."""
        row = self.read(staff_queries.product, product_id=product_id)
        answer = scans.given(self.panel.settings.data_dir, self.read(scan_of, scan_id=row.scan_id))
        self.note_reading(action="products.read_scan", object_type="product", object_id=product_id)
        return answer

    @expose("/<int:product_id>/scan", methods=["POST"])
    @editors_only
    def scan(self, product_id: int) -> Answer:
        """Puts the file in, in place of the one before."""
        if not self._mine(self.read(staff_queries.product, product_id=product_id)):
            raise ForbiddenError
        try:
            stored = scans.brought(self.panel.settings.data_dir)
        except DomainError as refusal:
            say_refusal(refusal)
        else:
            self.perform(put_scan, product_id=product_id, stored=stored).say("settings.scan.kept")
        return self.back("products.edit", row_id=product_id)

    @expose("/<int:product_id>/authors", methods=["POST"])
    @editors_only
    def author(self, product_id: int) -> Answer:
        """Adds an author: a person, or a name alone."""
        called = self.word("called", 300)
        done = self.perform(name_author, product_id=product_id, person_id=self.number("person"), called=called)
        done.say("settings.products.author_added")
        return self.back("products.edit", row_id=product_id)

    @expose("/<int:product_id>/authors/<int:author_id>/drop", methods=["POST"])
    @editors_only
    def drop(self, product_id: int, author_id: int) -> Answer:
        """Takes an author out."""
        done = self.perform(drop_author, product_id=product_id, author_id=author_id)
        done.say("settings.products.author_dropped")
        return self.back("products.edit", row_id=product_id)

    @expose("/<int:product_id>/line", methods=["POST"])
    @editors_only
    def line(self, product_id: int) -> Answer:
        """Has the product fulfil a line of a plan."""
        typed, line_id = self.word("done_on", 10), self.number("line")
        if typed and day_of(typed) is None:
            say_refusal(DomainError("day_unknown", typed=typed, field="done_on"))
        elif line_id is not None:
            day: date | None = day_of(typed)
            self.perform(fulfil, product_id=product_id, line_id=line_id, done_on=day).say("settings.plan.noted")
        return self.back("products.edit", row_id=product_id)

    @expose("/<int:product_id>/line/unlink", methods=["POST"])
    @editors_only
    def unlink(self, product_id: int) -> Answer:
        """Ends that the product is of a line."""
        self.perform(unlink, product_id=product_id).say("settings.products.unlinked")
        return self.back("products.edit", row_id=product_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The product, for those who may change it."""
        row = self.read(staff_queries.product, product_id=row_id)
        if not self._mine(row):
            raise ForbiddenError
        choices = {name: str(getattr(row, name) or NONE) for name in ("kind_id", "project_id")}
        names = ("title", "year", "until_year", "count", "venue", "link", "note")
        return {name: getattr(row, name) for name in names} | choices

    def more(self, row_id: int) -> dict[str, Any]:
        """Authors and whom one may add, the file, the line of a plan and those that are looked for."""
        row = self.read(staff_queries.product, product_id=row_id)
        self._note_authors([row], "products.list")
        find, words = self.word("find", 100), self.word("words", 100)
        like = self.read(staff_queries.people_like, product_id=row_id, text=find)
        self.note_reading(action="people.list", object_type="person", people=(number for number, _ in like))
        return {
            "row": row,
            "scan": row.scan,
            "find": find,
            "like": like,
            "words": words,
            "lines": self.read(lines_like, text=words) if self.scope.is_regional else (),
            "today": self.panel.local(self.now()).date(),
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        place = str(values.pop("municipality_id", "") or "")
        draft = ProductDraft(
            **{name: values[name] for name in ("title", "year", "until_year", "venue", "link", "note")},
            count=1 if values["count"] is None else values["count"],
            kind_id=whole(str(values["kind_id"])) or None,
            project_id=whole(str(values["project_id"])) or None,
        )
        return self.perform(save_product, product_id=row_id, municipality_id=whole(place) or None, draft=draft)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The product again once it is new, so that its authors can follow."""
        if saved is not None and request.endpoint == "products.new":
            return url_for("products.edit", row_id=saved)
        return url_for("products.index")

    def _wanted(self) -> ProductFilter:
        return ProductFilter(
            kind_id=self.number("kind"),
            year=self.number("year"),
            project_id=self.number("project"),
            municipality_id=self.number("municipality"),
            text=self.word("q", 100),
        )

    def _mine(self, row: Product) -> bool:
        return self.scope.can_write and self.scope.sees(row.municipality_id)

    def _note_authors(self, rows: Any, action: str) -> None:
        self.note_reading(action=action, object_type="product", people=_people(rows))

    def _kinds(self) -> list[tuple[Any, str]]:
        named = [(one.id, one.name) for one in self.read(staff_queries.kinds)]
        return [(NONE, self.t.plain("settings.products.no_kind")), *named]

    def _places(self) -> list[tuple[Any, str]]:
        region = [(NONE, self.t.plain("settings.projects.level.region"))] if self.scope.is_regional else []
        return [*region, *self.places()]

    def _projects(self) -> list[tuple[Any, str]]:
        return [(NONE, self.t.plain("settings.products.no_project")), *self.read(projects.choices)]


def _people(rows: Any) -> list[int]:
    return [author.person_id for row in rows for author in row.authors if author.person_id is not None]


VIEWS: list[View] = [Products]
