"""What centres recommend after a result, and the steps of questions: edited with a preview as in the bot."""

from typing import Any

from flask import abort, redirect, request, url_for
from markupsafe import Markup

from admin.access import ALL, METHODISTS, REGIONAL, only
from admin.advice.tables import advice_sheet, marks, steps_sheet
from admin.base import Answer, Outcome, Page, View, expose
from admin.forms import Field, Options, PlainPage, Shown
from admin.paging import Paging
from admin.report import day
from db.advice import staff_queries
from db.advice.models import CentreAdvice
from db.advice.rules import SIGNED, TEXT, TITLE, WHY
from db.advice.staff_queries import REGION, AdviceFilter, Matter
from db.advice.staff_services import AdviceDraft, save_advice
from db.diagnostics.content import STEP
from db.diagnostics.queries import DEFAULT_INSTRUMENT
from db.diagnostics.staff_queries import StepRow, steps
from db.diagnostics.staff_services import save_step
from db.documents import queries as documents
from db.errors import ForbiddenError, NotFoundError
from db.limits import whole
from db.sites.staff_queries import working

NONE = "0"
"""Nobody in particular, nothing in particular, no link: in a list to choose from."""
LONGEST_CHOICE = 120


class CentreAdvices(PlainPage):
    """The list by category, component and centre, the same as a file, and the form with its preview."""

    path, endpoint, title = "/advice", "advice", "settings.centre_advice.title"
    allowed, section, icon, order = ALL, "growth", "bulb", 20
    noun, editors = "centre_advice", METHODISTS
    form_template = "advice/form.html"

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What a piece says, for whom, and who signs it. Whose it is is asked once."""
        return (
            Field("centre_id", "select", required=True, options=self._whose, fixed=True),
            Field("category_id", "select", required=True, options=self._categories),
            Field("component", "select", required=True, options=self._components),
            Field("levels", "checks", options=lambda: self.read(staff_queries.levels)),
            Field("title", required=True, longest=TITLE, label="title_column"),
            Field("text", "area", required=True, longest=TEXT),
            Field("why", "area", required=True, longest=WHY),
            Field("site_id", "select", required=True, options=self._sites),
            Field("document_id", "select", required=True, options=self._documents),
            Field("signed_by", required=True, longest=SIGNED),
            Field("active", "check"),
        )

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """What the list shows."""
        components, levels = self._named(), dict(self.read(staff_queries.levels))
        any_ = self.t.plain("settings.centre_advice.any")

        def about(row: CentreAdvice) -> str:
            names = ", ".join(levels.get(code, code) for code in row.levels)
            part = components.get(row.component or "", row.component or any_)
            return f"{part} · {names}" if names else part

        def named(row: CentreAdvice) -> Markup:
            link = Markup('<a class="row-link" href="{}">{}</a><small>{}</small>')
            return link.format(url_for("advice.card", advice_id=row.id), row.title, row.text)

        def signed(row: CentreAdvice) -> Markup:
            by = row.centre.name if row.centre else row.signed_by
            return Markup("{}<small>{}</small>").format(by, day(row.signed_on))

        return (
            Shown("settings.centre_advice.title_column", named),
            Shown(
                "settings.centre_advice.category_id",
                lambda row: row.category.name if row.category else self.t.plain("settings.centre_advice.everybody"),
                labelled=True,
            ),
            Shown("settings.centre_advice.component", about, labelled=True),
            Shown("settings.centre_advice.signed_by", signed, labelled=True),
            Shown("", lambda row: [self.t.plain(f"settings.centre_advice.mark.{one}") for one in marks(row)], "marks"),
        )

    @expose("/")
    def index(self) -> Answer:
        """What is recommended to whom."""
        wanted = self._wanted()
        paging = Paging.asked(self.read(staff_queries.count, wanted=wanted), 30)
        rows = self.read(staff_queries.advice, wanted=wanted, offset=paging.offset, limit=paging.limit)
        return self.shown(
            rows,
            "advice/list.html",
            kept={"signed_by": self.panel.pack.about.service_name[:SIGNED]},
            paging=paging,
            wanted=wanted,
            categories=[(one.id, one.name) for one in self.read(staff_queries.categories)],
            components=list(self._named().items()),
            centres=self._centres(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        rows = self.read(staff_queries.advice, wanted=self._wanted())
        levels = dict(self.read(staff_queries.levels))
        book = advice_sheet(rows, self.panel, components=self._named(), levels=levels)
        return self.taken(book, "advice", [], action="advice.export")

    @expose("/<int:advice_id>/card")
    def card(self, advice_id: int) -> Answer:
        """One piece as people read it, for whom it is, and the way to its form."""
        found = self.read(staff_queries.card, advice_id=advice_id)
        row, levels = found.row, dict(self.read(staff_queries.levels))
        return self.page(
            "advice/card.html",
            row=row,
            editable=found.editable,
            about=self._named().get(row.component or "", row.component),
            levels=", ".join(levels.get(code, code) for code in row.levels),
            signed=row.centre.name if row.centre else row.signed_by,
            signed_on=day(row.signed_on),
            marks=marks(row),
        )

    def values(self, row_id: int) -> dict[str, Any]:
        """The piece, for those who may change it."""
        found = self.read(staff_queries.card, advice_id=row_id)
        if not found.editable:
            raise ForbiddenError
        row = found.row
        names = ("title", "text", "why", "active")
        return {name: getattr(row, name) for name in names} | {
            "category_id": str(row.category_id or NONE),
            "component": row.component or NONE,
            "levels": frozenset(row.levels),
            "site_id": str(row.site_id or NONE),
            "document_id": str(row.document_id or NONE),
            "signed_by": row.centre.name[:SIGNED] if row.centre else row.signed_by,
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case; «Посмотреть» stores nothing, the form comes back with its preview."""
        if "look" in request.form:
            return Outcome(None, NotFoundError())
        component = str(values["component"])
        draft = AdviceDraft(
            **{name: values[name] for name in ("title", "text", "why", "levels", "signed_by", "active")},
            category_id=_chosen(values["category_id"]),
            component="" if component == NONE else component,
            site_id=_chosen(values["site_id"]),
            document_id=_chosen(values["document_id"]),
        )
        centre = _chosen(values.pop("centre_id", None))
        return self.perform(save_advice, advice_id=row_id, centre_id=centre, draft=draft)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The piece itself, as people read it."""
        number = saved or (request.view_args or {}).get("row_id")
        return url_for("advice.card", advice_id=number) if number else url_for("advice.index")

    def _wanted(self) -> AdviceFilter:
        return AdviceFilter(
            self.number("category"), self.word("component", 64), self.number("centre"), self.word("q", 100)
        )

    def _whose(self) -> Options:
        region = [(NONE, self.t.plain("settings.centre_advice.whole"))] if self.scope.is_regional else []
        return [*region, *self.read(staff_queries.centres, own=True)]

    def _centres(self) -> Options:
        found = self.read(staff_queries.centres)
        return [(REGION, self.t.plain("settings.centre_advice.whole")), *found] if found else []

    def _categories(self) -> Options:
        known = [(one.id, one.name) for one in self.read(staff_queries.categories)]
        return [(NONE, self.t.plain("settings.centre_advice.everybody")), *known]

    def _components(self) -> Options:
        return [(NONE, self.t.plain("settings.centre_advice.any")), *self._named().items()]

    def _named(self) -> dict[str, str]:
        return components_named(self.read(staff_queries.matters))

    def _sites(self) -> Options:
        known = [(number, title[:LONGEST_CHOICE]) for number, title in self.read(working)]
        return [(NONE, self.t.plain("settings.centre_advice.no_link")), *known]

    def _documents(self) -> Options:
        known = [
            (one.id, " ".join(part for part in (one.number, one.title) if part)[:LONGEST_CHOICE])
            for one in self.read(documents.documents)
        ]
        return [(NONE, self.t.plain("settings.centre_advice.no_link")), *known]


class ItemSteps(Page):
    """The steps that results name, question by question, in the service's own words where it wrote some."""

    path, endpoint, title = "/advice/steps", "item_steps", "settings.steps.title"
    allowed = ALL

    @expose("/")
    def index(self) -> Answer:
        """Every question of an instrument with its step."""
        return self.page(
            "advice/steps.html",
            rows=self.read(steps, instrument=self._instrument()),
            instrument=self._instrument(),
            instruments=self._instruments(),
            editable=self.scope.role in REGIONAL,
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = steps_sheet(self.read(steps, instrument=self._instrument()), self.panel)
        return self.taken(book, "steps", [], action="diagnostics.export_steps")

    @expose("/<instrument>/<item>", methods=["GET", "POST"])
    @only(REGIONAL)
    def edit(self, instrument: str, item: str) -> Answer:
        """One step and its form; an empty one gives the pack's back."""
        row = self._row(instrument, item)
        stored = {"step": row.step}
        values: dict[str, str] = dict(stored)
        if self.is_post():
            values = {"step": self.word("step", STEP + 1)}
            looked = "look" in request.form
            if (
                not self.moved_on(stored, values)
                and not looked
                and self.perform(save_step, instrument=instrument[:64], item=item[:64], text=values["step"]).say(
                    "settings.saved"
                )
            ):
                return redirect(url_for("item_steps.edit", instrument=instrument, item=item))
        return self.page("advice/step.html", row=row, instrument=instrument, values=values, stored=stored, longest=STEP)

    def _row(self, instrument: str, item: str) -> StepRow:
        rows = self.read(steps, instrument=instrument[:64])
        return next((one for one in rows if one.item == item), None) or abort(404)

    def _instrument(self) -> str:
        return self.word("instrument", 64) or DEFAULT_INSTRUMENT

    def _instruments(self) -> Options:
        return list(dict.fromkeys((one.instrument, one.by) for one in self.read(staff_queries.matters)))


def components_named(found: list[Matter]) -> dict[str, str]:
    """Names components by code; those of other instruments than the first with whose they are."""
    first = found[0].instrument if found else ""
    return {one.code: one.title if one.instrument == first else f"{one.by}: {one.title}" for one in found}


def _chosen(value: Any) -> int | None:
    return whole(str(value or "")) or None


VIEWS: list[View] = [CentreAdvices, ItemSteps]
