"""Reports: the selection funnel, deficits by municipality and component, attendance of events."""

import io
import re
from datetime import date

from babel.dates import format_date
from flask import abort, request, send_file, url_for
from werkzeug.wrappers import Response

from admin.access import ALL
from admin.base import Answer, Page, View, expose
from admin.reports import charts, tables
from admin.reports.sheets import workbook
from db.reports import attendance, deficits, selection, staff_services
from db.reports.attendance import Attendance, By
from db.reports.deficits import MEASURES, Heat
from db.reports.selection import Funnel

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_SCHOOL_MONTH = 9
YEARS_BACK = 5
ASKED = frozenset({"by", "campaign", "measure", "position", "since", "sort"})
CODE = re.compile(r"[\w-]{1,40}", re.ASCII)


class Reports(Page):
    """All reports show, draw and export only what the account sees; everything taken away goes into the journal."""

    path, endpoint, title = "/reports", "reports", "reports.panel.title"
    allowed, section, icon, order = ALL, "insight", "chart", 10

    @expose("/")
    def index(self) -> Answer:
        """The three reports with their main figures."""
        campaign = self.read(selection.default_campaign, now=self.now())
        return self.page(
            "reports/index.html",
            funnel=self.read(selection.funnel, scope=self.scope, campaign_id=campaign) if campaign else None,
            heat=self.read(deficits.heat, scope=self.scope),
            attendance=self._attendance(By.MONTH, self._since(None)),
        )

    # --- the selection funnel ---

    @expose("/selection")
    def selection(self) -> Answer:
        """How many applied, were approved and refused, where and why."""
        funnel = self._funnel()
        campaigns = [(one.id, one.title) for one in self.read(selection.campaigns)]
        return self.page("reports/selection.html", funnel=funnel, campaigns=campaigns)

    @expose("/selection.xlsx")
    def selection_xlsx(self) -> Answer:
        """The same as a workbook."""
        funnel = self._funnel()
        content = workbook(
            tables.funnel_sheets(self.t, funnel),
            title=funnel.title,
            facts=[*tables.funnel_facts(self.t, funnel), *self._made()],
            about=self.t.plain("reports.panel.about_sheet"),
        )
        return self._taken("selection", content, "xlsx")

    @expose("/selection/<any(directions, municipalities):what>.<any(svg, png):kind>")
    def selection_chart(self, what: str, kind: charts.Kind) -> Answer:
        """Bars by direction or municipality."""
        funnel = self._funnel()
        lines = funnel.directions if what == "directions" else funnel.municipalities
        content = charts.stacked(
            tables.funnel_bars(lines, numbered=what == "directions"),
            tables.funnel_series(self.t),
            title=self.t.plain(f"reports.panel.chart.{what}"),
            note=funnel.title,
            kind=kind,
        )
        return self._picture("selection", content, kind)

    # --- deficits ---

    @expose("/deficits")
    def deficits(self) -> Answer:
        """The heat table."""
        heat, measure = self._heat(), self._measure()
        return self.page(
            "reports/deficits.html",
            heat=heat,
            rows=tables.sorted_rows(heat, measure, self.word("sort", 32)),
            sort=self.word("sort", 32),
            measure=measure,
            measure_options=[(one, self.t.plain(f"reports.panel.measure.{one}")) for one in MEASURES],
            shade=charts.shade,
            shades=len(charts.SHADES),
            position=self.number("position"),
            positions=self.read(deficits.positions),
        )

    @expose("/deficits/<int:municipality_id>/<component>")
    def behind(self, municipality_id: int, component: str) -> Answer:
        """What is behind a cell."""
        found = self.read(
            deficits.cell_detail, scope=self.scope, municipality_id=municipality_id, component=component[:64]
        )
        return self.page("reports/behind.html", behind=found)

    @expose("/deficits.xlsx")
    def deficits_xlsx(self) -> Answer:
        """All measures as a workbook, a sheet each."""
        heat = self._heat()
        content = workbook(
            tables.heat_sheets(self.t, heat),
            title=self.t.plain("reports.panel.deficits"),
            facts=[*tables.heat_facts(self.t, heat, self._position()), *self._made()],
            about=self.t.plain("reports.panel.about_sheet"),
        )
        return self._taken("deficits", content, "xlsx")

    @expose("/deficits.<any(svg, png):kind>")
    def deficits_chart(self, kind: charts.Kind) -> Answer:
        """The heat table as a picture."""
        heat, measure = self._heat(), self._measure()
        rows = tables.sorted_rows(heat, measure, self.word("sort", 32))
        content = charts.heat(
            tables.heat_cells(self.t, heat, rows, measure),
            [name for _, name, _ in heat.components],
            title=self.t.plain(f"reports.panel.measure.{measure}"),
            note=tables.heat_note(self.t, heat, self._position()),
            kind=kind,
        )
        return self._picture("deficits", content, kind)

    # --- attendance ---

    @expose("/events")
    def events(self) -> Answer:
        """Who registered and came."""
        by, since = self._by(), self._since(self.word("since", 10))
        found = self._attendance(by, since)
        return self.page(
            "reports/events.html",
            attendance=found,
            lines=self._named(found),
            by=by,
            tabs=[
                (
                    url_for("reports.events", by=one.value, since=since),
                    self.t.plain(f"reports.panel.by.{one.value}"),
                    one is by,
                )
                for one in By
            ],
            periods=self._periods(),
            since=since,
        )

    @expose("/events.xlsx")
    def events_xlsx(self) -> Answer:
        """The same as a workbook, a sheet for each way of grouping."""
        since = self._since(self.word("since", 10))
        found = [self._attendance(by, since) for by in By]
        sheets = [tables.attendance_sheet(self.t, one, self._named(one)) for one in found]
        content = workbook(
            sheets,
            title=self.t.plain("reports.panel.events"),
            facts=[*tables.attendance_facts(self.t, found[0], self._day(since)), *self._made()],
            about=self.t.plain("reports.panel.about_sheet"),
        )
        return self._taken("events", content, "xlsx")

    @expose("/events.<any(svg, png):kind>")
    def events_chart(self, kind: charts.Kind) -> Answer:
        """Bars of those who came, did not come, are still to come, and wait."""
        by, since = self._by(), self._since(self.word("since", 10))
        found = self._attendance(by, since)
        content = charts.stacked(
            tables.attendance_bars(self._named(found)),
            tables.attendance_series(self.t),
            title=self.t.plain(f"reports.panel.by.{by.value}"),
            note=self.t.plain("reports.panel.since", day=self._day(since)),
            kind=kind,
        )
        return self._picture("events", content, kind)

    # --- what is asked for ---

    def _funnel(self) -> Funnel:
        campaign = self.number("campaign") or self.read(selection.default_campaign, now=self.now())
        if campaign is None:
            abort(404)
        return self.read(selection.funnel, scope=self.scope, campaign_id=campaign)

    def _heat(self) -> Heat:
        return self.read(deficits.heat, scope=self.scope, position_id=self.number("position"))

    def _measure(self) -> str:
        asked = self.word("measure", 16)
        return asked if asked in MEASURES else MEASURES[0]

    def _position(self) -> str | None:
        return dict(self.read(deficits.positions)).get(self.number("position") or 0)

    def _by(self) -> By:
        asked = self.word("by", 16)
        return By(asked) if asked in set(By) else By.MONTH

    def _attendance(self, by: By, since: date) -> Attendance:
        return self.read(
            attendance.attendance, scope=self.scope, by=by, since=since, zone=self.panel.zone, now=self.now()
        )

    def _named(self, found: Attendance) -> list[tuple[str, attendance.AttendanceLine]]:
        """Rows with their names in words."""
        if found.by is By.MONTH:
            return [(self._month(line), line) for line in found.rows]
        if found.by is By.COMPONENT:
            names = {code: name for code, name, _ in self.read(deficits.components)}
            return [(_capital(names.get(str(line.key), str(line.key))), line) for line in found.rows]
        return [(_capital(line.name) or self.t.plain("reports.panel.nowhere"), line) for line in found.rows]

    @staticmethod
    def _month(line: attendance.AttendanceLine) -> str:
        return _capital(format_date(line.key, "LLLL y", locale="ru")) if isinstance(line.key, date) else ""

    def _since(self, asked: str | None) -> date:
        """A day from the address, else a year ago at the beginning of the month."""
        try:
            return date.fromisoformat(asked or "")
        except ValueError:
            today = self.panel.local(self.now()).date()
            return today.replace(year=today.year - 1, day=1)

    def _periods(self) -> list[tuple[str, str]]:
        """The last twelve months, then school years, which begin in September."""
        today = self.panel.local(self.now()).date()
        last = today.year if today.month >= FIRST_SCHOOL_MONTH else today.year - 1
        starts = [date(last - back, FIRST_SCHOOL_MONTH, 1) for back in range(YEARS_BACK)]
        months = [(self._since(None).isoformat(), self.t.plain("reports.panel.period.months"))]
        return months + [(day.isoformat(), self.t.plain("reports.panel.since", day=self._day(day))) for day in starts]

    # --- what leaves ---

    def _made(self) -> list[tuple[str, str]]:
        own = self.scope.municipality_ids is not None
        return [
            (
                self.t.plain("reports.panel.made"),
                format_date(self.panel.local(self.now()).date(), "d MMMM y", locale="ru"),
            ),
            (
                self.t.plain("reports.panel.reach"),
                self.t.plain("reports.panel.reach.own" if own else "reports.panel.reach.region"),
            ),
        ]

    def _picture(self, report: str, content: bytes, kind: charts.Kind) -> Answer:
        """Shown on the page, or, with `take`, given as a file."""
        if request.args.get("take"):
            return self._taken(report, content, kind)
        return Response(content, mimetype=charts.MEDIA_TYPES[kind], headers={"Cache-Control": "private, no-store"})

    def _taken(self, report: str, content: bytes, kind: str) -> Response:
        # Only what reports ask for: whatever else stands in an address would stay in the journal for ever.
        asked = {key: value[:40] for key, value in request.args.items() if key in ASKED and CODE.fullmatch(value)}
        self.perform(
            staff_services.note_export, None, scope=self.scope, report=report, kind=kind, now=self.now(), asked=asked
        )
        name = f"{self.t.plain(f'reports.panel.file.{report}')}.{kind}"
        mimetype = XLSX if kind == "xlsx" else charts.MEDIA_TYPES["svg" if kind == "svg" else "png"]
        return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)

    @staticmethod
    def _day(value: date) -> str:
        return format_date(value, "d MMMM y", locale="ru")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


VIEWS: list[View] = [Reports]
