"""Monitoring: two periods of all indicators side by side, the rows of a figure, ratings, and waves."""

from typing import Any

from flask import redirect, request, url_for

from admin.access import ALL, METHODISTS, REGIONAL, editors_only, only
from admin.base import Answer, Outcome, Page, View, expose
from admin.forms import Field, PlainPage, Shown
from admin.indicators import tables
from admin.indicators.forms import FormulaLinks, typed_value
from admin.paging import Paging
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.dictionaries.queries import rules as region_rules
from db.documents import queries as documents
from db.indicators import organisations, staff_queries, waves
from db.indicators.formulas import of_people
from db.indicators.models import Formula, Indicator, IndicatorLevel, MeasureKind, Rating
from db.indicators.staff_services import (
    IndicatorDraft,
    PeriodDraft,
    fix,
    rate,
    save_indicator,
    save_period,
)
from db.indicators.waves import WaveDraft, fix_wave, open_wave, save_wave
from db.limits import day_of, whole
from db.scope import StaffRole

SEEN_BY = ALL - {StaffRole.ORGANISATION}
"""Figures of whole municipalities are not one organisation's."""
NONE = "0"
HAND = "hand"
"""In the form: what is counted by no formula."""


class Monitoring(FormulaLinks, Page):
    """The indicators of the whole service or of one municipality, in a period beside an earlier one."""

    path, endpoint, title = "/reports/monitoring", "monitoring", "indicators.title"
    allowed, section, icon, order = SEEN_BY, "insight", "check", 20

    @expose("/")
    def index(self) -> Answer:
        """All lists, part by part."""
        found, places = self._board(), self.places()
        return self.page(
            "indicators/board.html",
            board=found,
            words=tables,
            least=self._least(),
            links=self.links,
            shown_rows=self.rows_shown,
            periods=[(one.id, one.title) for one in found.periods],
            places=places if len(places) > 1 else [],
            editable=self._mine(found.municipality.id if found.municipality else None),
            asked=self._asked(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = tables.monitoring_sheet(self._board(), self.panel, least=self._least())
        return self.taken(book, "monitoring", [], action="indicators.export")

    @expose("/<int:measure_id>/rows")
    def rows(self, measure_id: int) -> Answer:
        """What a figure counts, row by row."""
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(staff_queries.fact, **self._fact(measure_id), limit=size, offset=(asked - 1) * size)
        return self.page(
            "indicators/rows.html",
            found=found,
            proposes=self._mine(found.municipality.id if found.municipality else None),
            paging=Paging(found.lines, asked, size),
            words=tables,
            opens=self.opens(found.measure.formula),
            asked=self._asked(),
        )

    @expose("/<int:measure_id>/rows.xlsx")
    def rows_export(self, measure_id: int) -> Answer:
        """The same as a file."""
        found = self.read(staff_queries.fact, **self._fact(measure_id))
        return self.taken(tables.fact_sheet(found, self.panel), "rows", [], action="indicators.export")

    @expose("/<int:measure_id>/rate", methods=["GET", "POST"])
    @only(METHODISTS)
    def rate(self, measure_id: int) -> Answer:
        """What a measure that nothing is counted of has come to, with what shows it."""
        school = self.number("organisation")
        found = self.read(staff_queries.value_of, **self._fact(measure_id), organisation_id=school)
        town, named = found.municipality, found.organisation or found.municipality
        back = url_for("monitoring.index", **self._asked())
        if found.organisation is not None:
            back = url_for("monitoring.organisations", measure_id=measure_id, **self._asked())
        if self.is_post():
            done = self.perform(
                rate,
                measure_id=measure_id,
                period_id=found.period.id,
                municipality_id=town.id if town else None,
                organisation_id=school,
                draft=typed_value(self),
            )
            if done.say("settings.saved"):
                return redirect(back)
        return self.page(
            "indicators/rate.html",
            measure=found.measure,
            period=found.period,
            value=found.value,
            ratings=[(one.value, self.t.plain(f"indicators.rating.{one}")) for one in Rating],
            documents=[(one.id, one.named) for one in self.read(documents.documents)],
            back=back,
            whose=named.name if named else self.t.plain("indicators.whole"),
            people=found.measure.kind is not MeasureKind.RATING and of_people(found.measure),
            least=self._least(),
        )

    @expose("/<int:measure_id>/organisations")
    def organisations(self, measure_id: int) -> Answer:
        """What was noted of each organisation, one level down."""
        asked = Paging.wanted()
        size = Paging(0).size
        found = self.read(
            organisations.by_organisation, **self._fact(measure_id), limit=size, offset=(asked - 1) * size
        )
        return self.page(
            "indicators/organisations.html",
            found=found,
            words=tables,
            least=self._least(),
            paging=Paging(found.total, asked, size),
            editable=self.scope.can_write,
            asked=self._asked(),
        )

    @expose("/<int:measure_id>/organisations.xlsx")
    def organisations_export(self, measure_id: int) -> Answer:
        """The same as a file."""
        found = self.read(organisations.by_organisation, **self._fact(measure_id))
        book = tables.organisation_sheet(found, self.panel, least=self._least())
        return self.taken(book, "organisations", [], action="indicators.export")

    @expose("/fix", methods=["POST"])
    @only(METHODISTS)
    def fix(self) -> Answer:
        """Puts the figures of a period down."""
        period_id = self.number("period") or 0
        self.perform(fix, period_id=period_id, municipality_id=self.number("municipality")).say("indicators.fixed")
        return self.back("monitoring.index", **self._asked())

    @expose("/periods", methods=["POST"])
    @only(REGIONAL)
    def period(self) -> Answer:
        """Adds a period."""
        draft = PeriodDraft(
            title=self.word("title", 300), starts=day_of(self.word("starts", 10)), ends=day_of(self.word("ends", 10))
        )
        self.perform(save_period, draft=draft).say("settings.saved")
        return self.back("monitoring.index")

    def _board(self) -> staff_queries.Board:
        return self.read(
            staff_queries.board,
            period_id=self.number("period"),
            before_id=self.number("with"),
            municipality_id=self.number("municipality"),
        )

    def _fact(self, measure_id: int) -> dict[str, Any]:
        return {
            "measure_id": measure_id,
            "period_id": self.number("period"),
            "municipality_id": self.number("municipality"),
        }

    def _asked(self) -> dict[str, Any]:
        found = {name: self.number(name) for name in ("period", "with", "municipality")}
        return {name: number for name, number in found.items() if number is not None}

    def _least(self) -> int:
        return self.read(region_rules).mask_under

    def _mine(self, municipality_id: int | None) -> bool:
        return self.scope.can_write and self.scope.sees(municipality_id)


class IndicatorPages(PlainPage):
    """The indicators as a list: documents' own are kept verbatim, the service's own are changed in full."""

    path, endpoint, title = "/reports/indicators", "indicators", "settings.indicators.title"
    allowed, section, icon, order = SEEN_BY, "insight", "edit", 25
    noun, editors = "indicators", REGIONAL
    booked = True

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """What it is, which list and part it stands in, and the act with its term."""
        return (
            Shown("settings.indicators.text", lambda row: row.text, "link", small=lambda row: row.note),
            Shown("settings.indicators.list", lambda row: tables.list_name(self.t, row.set)),
            Shown("settings.indicators.part", lambda row: row.part, labelled=True),
            Shown("settings.indicators.document_id", self._basis, labelled=True),
            Shown("", lambda row: "" if row.active else "settings.indicators.aside", "mark"),
            Shown("", lambda row: "indicators.training" if row.training else "", "mark", tone="warn"),
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What a document says of its own indicator is not asked again."""
        row_id = (request.view_args or {}).get("row_id")
        own = row_id is None or self.read(staff_queries.indicator, indicator_id=row_id).set_id is None
        said = (
            Field("text", "area", required=True, longest=1000),
            Field("part"),
            Field("level", "select", required=True, options=self._levels),
            Field("kind", "select", required=True, options=self._kinds),
            Field("formula", "select", required=True, options=self._formulas),
            Field("event_level", "select", options=self._event_levels),
            Field("threshold", "number"),
            Field("baseline", "number"),
            Field("of_people", "check"),
        )
        return (
            *(said if own else ()),
            Field("responsible"),
            Field("document_id", "select", required=True, options=self._documents),
            Field("valid_until", "date"),
            Field("note", "area", longest=1000),
            Field("active", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """All of them."""
        return self.shown(self.read(staff_queries.indicators))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = self.book(self.read(staff_queries.indicators))
        return self.taken(book, "indicators", [], action="indicators.export")

    def values(self, row_id: int) -> dict[str, Any]:
        """The indicator."""
        row = self.read(staff_queries.indicator, indicator_id=row_id)
        measure = row.measures[0]
        return {
            **{name: getattr(row, name) for name in ("text", "part", "responsible", "valid_until", "note", "active")},
            "level": row.level.value,
            "kind": measure.kind.value,
            "formula": measure.formula.value if measure.formula else HAND,
            "event_level": next(iter(measure.params.get("levels", ())), NONE),
            "threshold": measure.threshold,
            "baseline": measure.baseline,
            "of_people": measure.of_people,
            "document_id": str(row.document_id or NONE),
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        formula = values["formula"]
        draft = IndicatorDraft(
            **{name: values[name] for name in ("text", "part", "responsible", "note", "active", "valid_until")},
            level=IndicatorLevel(values["level"] or IndicatorLevel.REGION),
            document_id=whole(str(values["document_id"])) or None,
            kind=MeasureKind(values["kind"] or MeasureKind.COUNT),
            formula=Formula(formula) if formula and formula != HAND else None,
            event_level=values["event_level"] if values["event_level"] not in (None, "", NONE) else None,
            threshold=values["threshold"],
            baseline=values["baseline"],
            of_people=values["of_people"],
        )
        return self.perform(save_indicator, indicator_id=row_id, draft=draft)

    def _basis(self, row: Indicator) -> str:
        today = self.panel.local(self.now()).date()
        expired = row.valid_until is not None and row.valid_until < today
        return tables.basis_text(self.panel, row, expired=expired)

    def _levels(self) -> list[tuple[Any, str]]:
        return [(one.value, self.t.plain(f"indicators.level.{one}")) for one in IndicatorLevel]

    def _kinds(self) -> list[tuple[Any, str]]:
        return [(one.value, self.t.plain(f"indicators.kind.{one}")) for one in MeasureKind]

    def _formulas(self) -> list[tuple[Any, str]]:
        by_hand = (HAND, self.t.plain("indicators.formula.hand"))
        return [by_hand, *((one.value, self.t.plain(f"indicators.formula.{one}")) for one in Formula)]

    def _event_levels(self) -> list[tuple[Any, str]]:
        known = self.read(dictionaries.terms, kind=TermKind.EVENT_LEVEL)
        return [(NONE, self.t.plain("indicators.any_level")), *((one.code, one.name) for one in known)]

    def _documents(self) -> list[tuple[Any, str]]:
        named = [(one.id, one.named) for one in self.read(documents.documents)]
        return [(NONE, self.t.plain("indicators.no_document")), *named]


class Waves(PlainPage):
    """The plan of waves, each with who took part, and two of them side by side."""

    path, endpoint, title = "/reports/waves", "waves", "settings.waves.title"
    allowed, section, icon, order = SEEN_BY, "insight", "chart", 30
    noun, editors = "waves", REGIONAL

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """A version, days, and whom it is for."""
        return (
            Field("title", required=True, label="title_column"),
            Field("version_id", "select", required=True, options=self._versions),
            Field("starts", "date", required=True),
            Field("ends", "date", required=True),
            Field("places", "checks", options=self.places),
            Field("note", "area", longest=1000),
        )

    @expose("/")
    def index(self) -> Answer:
        """The newest first."""
        today = self.panel.local(self.now()).date()
        return self.page("indicators/waves.html", rows=self.read(waves.waves), words=tables, today=today)

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a file."""
        book = tables.waves_sheet(self.read(waves.waves), self.panel)
        return self.taken(book, "waves", [], action="indicators.export")

    @expose("/<int:wave_id>/card")
    def card(self, wave_id: int) -> Answer:
        """A wave beside an earlier one."""
        found = self.read(waves.card, wave_id=wave_id, before_id=self.number("with"))
        return self.page(
            "indicators/wave.html",
            found=found,
            words=tables,
            earlier=[(one.id, one.title) for one in found.earlier],
            least=self.read(region_rules).mask_under,
            today=(today := self.panel.local(self.now()).date()),
            over=found.row.wave.ends < today,
        )

    @expose("/<int:wave_id>/card.xlsx")
    def card_export(self, wave_id: int) -> Answer:
        """The same as a file."""
        found = self.read(waves.card, wave_id=wave_id, before_id=self.number("with"))
        return self.taken(tables.wave_sheet(found, self.panel), "wave", [], action="indicators.export")

    @expose("/<int:wave_id>/open", methods=["POST"])
    @editors_only
    def open(self, wave_id: int) -> Answer:
        """Invites its people."""
        self.perform(open_wave, wave_id=wave_id).say("indicators.wave.opened")
        return self.back("waves.card", wave_id=wave_id)

    @expose("/<int:wave_id>/fix", methods=["POST"])
    @editors_only
    def fix(self, wave_id: int) -> Answer:
        """Puts its figures down."""
        self.perform(fix_wave, wave_id=wave_id).say("indicators.wave.put_down")
        return self.back("waves.card", wave_id=wave_id)

    def values(self, row_id: int) -> dict[str, Any]:
        """The wave."""
        row = self.read(waves.wave, wave_id=row_id)
        return {
            **{name: getattr(row, name) for name in ("title", "starts", "ends", "note")},
            "version_id": str(row.version_id),
            "places": frozenset(str(one.municipality_id) for one in row.units),
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        draft = WaveDraft(
            **{name: values[name] for name in ("title", "starts", "ends", "note")},
            version_id=whole(str(values["version_id"])) or 0,
            municipality_ids=frozenset(number for one in values["places"] if (number := whole(str(one))) is not None),
        )
        return self.perform(save_wave, wave_id=row_id, draft=draft)

    def home(self, values: dict[str, Any], saved: int | None = None) -> str:
        """The wave's page once it is saved."""
        return url_for("waves.index") if saved is None else url_for("waves.card", wave_id=saved)

    def _versions(self) -> list[tuple[Any, str]]:
        return [
            (number, self.t.plain("indicators.wave.version_of", title=title, version=version))
            for number, title, version in self.read(waves.versions)
        ]


VIEWS: list[View] = [Monitoring, IndicatorPages, Waves]
