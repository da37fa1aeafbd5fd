"""Reports: a page, a workbook and charts of each, all by one view."""

import io
import re
from typing import Any

from flask import abort, request, send_file
from werkzeug.wrappers import Response

from admin import charts
from admin.access import ALL
from admin.base import Answer, Page, View, expose
from admin.report import Report, day
from admin.reports.report_active import ActiveReport
from admin.reports.report_coverage import CoverageReport
from admin.reports.report_deficits import DeficitsReport, instrument, masking, version_text
from admin.reports.report_demand import DemandReport
from admin.reports.report_events import AttendanceReport
from admin.reports.report_expertise import UnevennessReport
from admin.reports.report_groups import UnionsReport
from admin.reports.report_needs import NeedsReport
from admin.reports.report_selection import SelectionReport
from admin.reports.report_time import TimeReport
from admin.reports.report_training import TrainingRegisterReport
from admin.sheets import XLSX, workbook
from db.reports import deficits, staff_services
from db.reports.rules import STEP

REPORTS: dict[str, Report[Any]] = {
    report.name: report
    for report in (
        SelectionReport(),
        DeficitsReport(),
        DemandReport(),
        NeedsReport(),
        AttendanceReport(),
        CoverageReport(),
        UnionsReport(),
        TrainingRegisterReport(),
        ActiveReport(),
        UnevennessReport(),
        TimeReport(),
    )
}
REPORT = f"<any({', '.join(REPORTS)}):report>"
CODE = re.compile(r"[\w-]{1,40}", re.ASCII)


class Reports(Page):
    """All reports show, draw and export only what the account sees; everything taken away goes into the journal."""

    path, endpoint, title = "/reports", "reports", "reports.panel.title"
    allowed, section, icon, order = ALL, "insight", "chart", 10

    @expose("/")
    def index(self) -> Answer:
        """The reports with their main figures."""
        return self.page("reports/index.html", **{name: report.figures(self) for name, report in REPORTS.items()})

    @expose(f"/{REPORT}")
    def report(self, report: str) -> Answer:
        """One report."""
        one = REPORTS[report]
        return self.page(f"reports/{report}.html", **one.page(self, one.query(self)))

    @expose(f"/{REPORT}.xlsx")
    def workbook(self, report: str) -> Answer:
        """The same as a workbook."""
        one = REPORTS[report]
        book = one.book(self, one.query(self))
        content = workbook(
            book.sheets,
            title=book.title,
            facts=[*book.facts, *self._made()],
            about=self.t.plain("reports.panel.about_sheet"),
        )
        return self._taken(one, content, "xlsx")

    @expose(f"/{REPORT}.<any(svg, png):kind>")
    @expose(f"/{REPORT}/<part>.<any(svg, png):kind>")
    def chart(self, report: str, kind: charts.Kind, part: str = "") -> Answer:
        """A picture: shown on the page, or, with `take`, given as a file."""
        one = REPORTS[report]
        picture = one.chart(self, one.query(self), part)
        if picture is None:
            abort(404)
        if request.args.get("take"):
            return self._taken(one, charts.drawn(picture, kind), kind)
        return charts.shown(picture, kind)

    @expose("/deficits/<int:municipality_id>/<component>")
    @expose("/deficits/centre/<int:centre_id>/<component>")
    @expose("/deficits/organisation/<int:organisation_id>/<component>")
    def behind(self, component: str, **unit: int) -> Answer:
        """What is behind a cell."""
        key = instrument(self)
        found = self.read(deficits.cell_detail, component=component[:64], instrument=key, **unit)
        version = version_text(self.t, found.version, [(found.name, found.former)])
        masked = masking(self.t, found.least)
        return self.page(
            "reports/behind.html", behind=found, masking=masked, version=version, step=STEP, instrument=key
        )

    def _made(self) -> list[tuple[str, str]]:
        own = self.scope.municipality_ids is not None
        return [
            (self.t.plain("reports.panel.made"), day(self.panel.local(self.now()).date())),
            (
                self.t.plain("reports.panel.reach"),
                self.t.plain("reports.panel.reach.own" if own else "reports.panel.reach.region"),
            ),
        ]

    def _taken(self, report: Report[Any], content: bytes, kind: str) -> Response:
        # Only what the report asks for: whatever else stands in an address would stay in the journal for ever.
        asked = {key: text[:40] for key, text in request.args.items() if key in report.asked and CODE.fullmatch(text)}
        self.perform(staff_services.note_export, report=report.name, kind=kind, asked=asked)
        name = f"{self.t.plain(f'reports.panel.file.{report.name}')}.{kind}"
        mimetype = XLSX if kind == "xlsx" else charts.MEDIA_TYPES["svg" if kind == "svg" else "png"]
        return send_file(io.BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


VIEWS: list[View] = [Reports]
