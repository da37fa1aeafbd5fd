"""Settings: the region's dictionaries and rules."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for

from admin.access import ADMINISTRATORS, ALL, METHODISTS, REGIONAL, only
from admin.base import Answer, Outcome, Page, View, expose, say_refusal
from admin.forms import Field, PlainPage, Shown
from admin.paging import Paging
from db.dictionaries import queries, staff_queries, staff_services
from db.dictionaries.models import TermKind
from db.dictionaries.rules import HOURS, Rules
from db.errors import DomainError
from db.limits import LARGEST
from db.people import staff_services as people_staff_services


class Settings(Page):
    """The page that leads to every dictionary."""

    path, endpoint, title = "/settings", "settings", "settings.title"
    allowed, section, icon, order = ALL, "service", "settings", 80

    @expose("/")
    def index(self) -> Answer:
        """Where to go."""
        return self.page("dictionaries/index.html")

    @expose("/rules", methods=["GET", "POST"])
    @only(ADMINISTRATORS)
    def rules(self) -> Answer:
        """The region's rules as numbers."""
        typed: dict[str, Any] | None = None
        rules = self.read(queries.rules)
        stored = {name: getattr(rules, name) for name in (*NUMBERS, *TIMES)}
        stored |= {f"cut{place}": cut for place, cut in enumerate(rules.deficit_cuts, 1)}
        if self.is_post():
            typed = request.form.to_dict()
            try:
                values = _rules_of(typed)
            except ValueError:
                say_refusal(DomainError("rules_number"))
            else:
                seen = not self.moved_on(stored, typed)
                if seen and self.perform(staff_services.change_rules, values=values).say("settings.rules.saved"):
                    return redirect(url_for("settings.rules"))
        return self.page("dictionaries/rules.html", rules=rules, stored=stored, typed=typed, defaults=Rules())


NUMBERS = (
    "retest_days",
    "retest_reminder_days",
    "component_retest_days",
    "borderline",
    "change_band",
    "mask_under",
    "mentoring_silence_days",
    "unasked_per_week",
    "offer_hours",
    "answer_hours",
    "requests_at_once",
)
TIMES = HOURS


def _rules_of(typed: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: int(typed[name]) for name in NUMBERS if typed.get(name)}
    values["deficit_cuts"] = [int(typed.get(f"cut{place}", "")) for place in (1, 2, 3)]
    values.update({name: typed[name] for name in TIMES if typed.get(name)})
    return values


class Municipalities(PlainPage):
    """Districts and cities: the unit of access and reports."""

    path, endpoint, title = "/settings/municipalities", "municipalities", "settings.municipalities.title"
    noun, booked = "municipalities", True
    columns = (
        Shown("settings.municipalities.name", lambda row: row.name, "link"),
        Shown("settings.municipalities.aliases", lambda row: ", ".join(row.aliases)),
        Shown("settings.municipalities.code", lambda row: row.code, "code", labelled=True),
    )
    fields = (
        Field("code", required=True, longest=64, fixed=True),
        Field("name", required=True),
        Field("aliases", longest=1000),
    )

    @expose("/")
    def index(self) -> Answer:
        """All of them; there are few."""
        return self.shown(self._rows())

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a workbook."""
        return self.taken(self.book(self._rows()), "municipalities", [], action="dictionaries.export")

    def _rows(self) -> list[Any]:
        return [row for row in self.read(queries.municipalities) if self.scope.sees(row.id)]

    def values(self, row_id: int) -> dict[str, Any]:
        """Name, and other spellings in one line."""
        row = self.read(staff_queries.municipality, municipality_id=row_id)
        return {"code": row.code, "name": row.name, "aliases": ", ".join(row.aliases)}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        return self.perform(
            staff_services.save_municipality,
            municipality_id=row_id,
            code=values["code"],
            name=values["name"],
            aliases=values["aliases"].split(","),
        )


class Centres(PlainPage):
    """Methodical centres and the municipalities that each serves."""

    path, endpoint, title = "/settings/centres", "centres", "settings.centres.title"
    noun, booked = "centres", True
    columns = (
        Shown("settings.centres.name", lambda row: row.name, "link", small=lambda row: row.note),
        Shown("", lambda row: "settings.centres.single" if row.independent else "settings.centres.several", "mark"),
        Shown("settings.centres.municipalities", lambda row: ", ".join(town.name for town in row.municipalities)),
        Shown("", lambda row: "settings.centres.training" if row.training else "", "mark", tone="warn"),
    )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """What it serves is chosen from the region's municipalities."""
        return (
            Field("code", required=True, longest=64, fixed=True),
            Field("name", required=True),
            Field("independent", "check", ticked=False),
            Field("note"),
            Field("municipalities", "checks", options=self._towns),
        )

    @expose("/")
    def index(self) -> Answer:
        """All of them; there are few."""
        return self.shown(self.read(staff_queries.centres))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same as a workbook."""
        book = self.book(self.read(staff_queries.centres))
        return self.taken(book, "centres", [], action="dictionaries.export")

    def values(self, row_id: int) -> dict[str, Any]:
        """The centre; what it serves as ids, as the form posts them."""
        row = self.read(staff_queries.centre, centre_id=row_id)
        served = frozenset(str(town.id) for town in row.municipalities)
        return {name: getattr(row, name) for name in ("code", "name", "independent", "note")} | {
            "municipalities": served
        }

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        return self.perform(
            staff_services.save_centre,
            centre_id=row_id,
            code=values["code"],
            name=values["name"],
            independent=values["independent"],
            note=values["note"],
            municipality_ids=[int(number) for number in values["municipalities"]],
        )

    def _towns(self) -> list[tuple[int, str]]:
        return [(row.id, row.name) for row in self.read(queries.municipalities)]


MARKS = (
    Shown("", lambda row: "settings.organisations.low_results.mark" if row.low_results else "", "mark"),
    Shown("", lambda row: "settings.organisations.hard_conditions.mark" if row.hard_conditions else "", "mark"),
    Shown("", lambda row: "" if row.confirmed else "settings.organisations.unconfirmed", "mark", tone="warn"),
)

MOST_POSTERS = 200
"""At once: a browser lays out no more pages in a blink."""


class Organisations(PlainPage):
    """Places of work; those that teachers typed wait to be confirmed or joined to known ones."""

    path, endpoint, title = "/settings/organisations", "organisations", "settings.organisations.title"
    noun, editors, form_template = "organisations", REGIONAL, "dictionaries/organisation.html"
    booked = True

    @property
    def columns(self) -> tuple[Shown, ...]:  # type: ignore[override]
        """Where there is one municipality or no kinds, their columns would say nothing."""
        place = Shown("people.panel.municipality", lambda row: row.municipality)
        kind = Shown("settings.organisations.kind_id", lambda row: row.kind or "", labelled=True)
        return (
            Shown("settings.organisations.name", lambda row: row.name, "link"),
            *((place,) if len(self.places()) > 1 else ()),
            *((kind,) if self._kinds() else ()),
            *MARKS,
        )

    @property
    def fields(self) -> tuple[Field, ...]:  # type: ignore[override]
        """The municipality is chosen once: people who work there belong to it."""
        return (
            Field("municipality_id", "select", required=True, options=self.places, fixed=True),
            Field("name", required=True),
            *((Field("kind_id", "select", options=self._kinds),) if self._kinds() else ()),
            Field("low_results", "check", ticked=False),
            Field("hard_conditions", "check", ticked=False),
            Field("confirmed", "check"),
        )

    @expose("/")
    def index(self) -> Answer:
        """The unconfirmed first."""
        narrowed = self._narrowed()
        paging = Paging.asked(self.read(staff_queries.organisation_count, narrowed=narrowed))
        rows = self.read(staff_queries.organisations, narrowed=narrowed, limit=paging.limit, offset=paging.offset)
        by_kind = self.read(staff_queries.kinds_of_organisations)
        return self.shown(
            rows,
            "dictionaries/organisations.html",
            paging=paging,
            narrowed=narrowed,
            by_kind=by_kind,
            kinds=self._kinds(),
            municipalities=self.places(),
        )

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """Whom the filter finds, as a workbook."""
        found = self.read(staff_queries.organisations, narrowed=self._narrowed(), limit=LARGEST, offset=0)
        return self.taken(self.book(found), "organisations", [], action="dictionaries.export")

    @expose("/posters")
    @only(METHODISTS)
    def posters(self) -> Answer:
        """Sheets to print for whom the list's filter finds: a newcomer by such a code is not asked for the school."""
        everybody = self.read(staff_queries.organisations, narrowed=self._narrowed(), limit=LARGEST, offset=0)
        rows = [row for row in everybody if row.confirmed and not row.nameless]
        return self._posters(rows[:MOST_POSTERS], len(rows))

    @expose("/<int:organisation_id>/poster")
    @only(METHODISTS)
    def poster(self, organisation_id: int) -> Answer:
        """The sheet of one school."""
        row = self.read(staff_queries.organisation, organisation_id=organisation_id)
        return self._posters([row] if row.confirmed and not row.nameless else [], 1)

    def _posters(self, rows: Sequence[Any], total: int) -> Answer:
        pattern = self.bot_link("{payload}")  # read once for all sheets
        links = [(row, pattern and pattern.replace("{payload}", f"org_{row.id}")) for row in rows]
        return self.page("dictionaries/posters.html", posters=links, total=total)

    def _narrowed(self) -> staff_queries.OrganisationFilter:
        marks = {name: request.args.get(name) == "1" for name in ("unconfirmed", "low_results", "hard_conditions")}
        return staff_queries.OrganisationFilter(
            text=self.word("q", 100), municipality_id=self.number("municipality"), kind_id=self.number("kind"), **marks
        )

    @expose("/<int:organisation_id>/merge", methods=["POST"])
    @only(REGIONAL)
    def merge(self, organisation_id: int) -> Answer:
        """The typed organisation is a known one: its people move there."""
        into = self.number("into") or 0
        done = self.perform(people_staff_services.merge_organisations, organisation_id=organisation_id, into_id=into)
        done.say("settings.organisations.merged")
        return redirect(url_for("organisations.index", unconfirmed=1))

    def values(self, row_id: int) -> dict[str, Any]:
        """The row within reach."""
        row = self.read(staff_queries.organisation, organisation_id=row_id)
        names = ("municipality_id", "name", "kind_id", "low_results", "hard_conditions", "confirmed")
        return {name: getattr(row, name) for name in names}

    def more(self, row_id: int) -> dict[str, Any]:
        """For an unconfirmed one: those it may be the same as."""
        row = self.read(staff_queries.organisation, organisation_id=row_id)
        if row.confirmed:
            return {}
        known = self.read(queries.organisations, municipality_id=row.municipality_id)
        return {"same_as": [(other.id, other.name) for other in known if other.confirmed]}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        return self.perform(
            staff_services.save_organisation,
            organisation_id=row_id,
            municipality_id=int(values["municipality_id"] or 0),
            name=values["name"],
            kind_id=int(values.get("kind_id") or 0) or None,
            low_results=values["low_results"],
            hard_conditions=values["hard_conditions"],
            confirmed=values["confirmed"],
        )

    def _kinds(self) -> list[tuple[int, str]]:
        return [(row.id, row.name) for row in self.read(queries.terms, kind=TermKind.ORGANISATION_KIND)]


class Terms(PlainPage):
    """The short lists people choose from."""

    path, endpoint, title = "/settings/terms", "terms", "settings.terms.title"
    noun, booked = "terms", True
    columns = (
        Shown("reports.panel.number", lambda row: row.position, "number"),
        Shown("settings.terms.name", lambda row: row.name, "link", small=lambda row: row.group or ""),
        Shown("settings.terms.short", lambda row: row.short or "", labelled=True),
        Shown("", lambda row: "" if row.active else "settings.terms.off", "mark"),
    )
    fields = (
        Field("code", required=True, longest=64, fixed=True),
        Field("name", required=True),
        Field("short", longest=64),
        Field("position", "number"),
        Field("active", "check"),
    )

    @expose("/")
    def index(self) -> Answer:
        """One list at a time."""
        kind = self._chosen()
        rows = self.read(staff_queries.all_terms, kind=kind)
        return self.shown(rows, "dictionaries/terms.html", kept={"kind": kind.value}, kind=kind, kinds=list(TermKind))

    @expose("/list.xlsx")
    def export(self) -> Answer:
        """The same list as a workbook."""
        book = self.book(self.read(staff_queries.all_terms, kind=self._chosen()))
        return self.taken(book, "terms", [], action="dictionaries.export")

    def values(self, row_id: int) -> dict[str, Any]:
        """The row."""
        row = self.read(staff_queries.term, term_id=row_id)
        return {
            "kind": row.kind,
            "code": row.code,
            "name": row.name,
            "short": row.short or "",
            "position": row.position,
            "active": row.active,
        }

    def after(self, values: dict[str, Any]) -> dict[str, Any]:
        """Back to the same list."""
        return {"kind": self._kind(str(values.get("kind") or request.values.get("kind", ""))).value}

    def save(self, row_id: int | None, values: dict[str, Any]) -> Outcome[int]:
        """Through the use case."""
        return self.perform(
            staff_services.save_term,
            term_id=row_id,
            kind=TermKind(self.after(values)["kind"]),
            code=values["code"],
            name=values["name"],
            short=values["short"],
            position=values["position"] or 0,
            active=values["active"],
        )

    def _chosen(self) -> TermKind:
        """The list that is asked for; else that of directions, or the first with anything in it."""
        if self.word("kind"):
            return self._kind(self.word("kind"))
        known = self.read(staff_queries.kinds_in_use)
        return next((kind for kind in (TermKind.DIRECTION, *TermKind) if kind in known), TermKind.DIRECTION)

    @staticmethod
    def _kind(value: str) -> TermKind:
        return TermKind(value) if value in set(TermKind) else TermKind.DIRECTION


VIEWS: list[View] = [Settings, Municipalities, Centres, Organisations, Terms]
