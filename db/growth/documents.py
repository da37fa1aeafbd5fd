"""Makes a person's papers as Word files: the journal, the card, the route on the region's form, a dossier.

A paper says nothing of its own: every line is a row's, with its day and what shows it. The day of making does not stand
in it, so that the same rows give the same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from db.diagnostics.queries import ComponentResult
from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx
from db.errors import NotFoundError
from db.growth.pack import AttestationEntry, GrowthForms, RouteField, RouteForm
from db.growth.queries import Paper, PaperFacts
from db.papers import KINDS, PaperKind, PaperLine, PaperReader, PaperSection
from db.routes.models import ItemKind, ItemStatus, RouteItem
from locales import Texts

WIDTHS: dict[RouteField, float] = {
    "number": 1,
    "difficulty": 4,
    "step": 7,
    "day": 3,
    "setting": 3,
    "result": 4,
    "evidence": 4,
}
PAYLOAD = "{payload}"


class PaperWriter:
    """Writes one person's papers in one language, with the service's name and the panel's address."""

    def __init__(self, t: Texts, facts: PaperFacts, *, service: str, panel_url: str, zone: ZoneInfo) -> None:
        self.t, self.facts, self.zone = t, facts, zone
        self.service, self.panel_url = service, panel_url

    def file(self, paper: Paper, forms: GrowthForms, category: str = "") -> bytes:
        """Returns the paper. Raises NotFoundError for a form or a category that the region does not have."""
        if paper is Paper.JOURNAL:
            return self._made(self.t.plain("growth.paper.journal"), self._journal())
        if paper is Paper.CARD:
            return self._made(self.t.plain("growth.paper.card"), self._card())
        if paper is Paper.ROUTE:
            if forms.route is None:
                raise NotFoundError
            return self._made(forms.route.title, self._route(forms.route), wide=True)
        found = forms.category(category)
        if found is None:
            raise NotFoundError
        return self._made(self.t.plain("growth.paper.dossier", title=found.title), self._dossier(found))

    def _made(self, title: str, blocks: Sequence[DocxBlock], *, wide: bool = False) -> bytes:
        t, facts = self.t, self.facts
        work = ", ".join(one for one in (facts.position, facts.organisation, facts.municipality) if one)
        head: list[DocxBlock] = [DocxHeading(title, 0)]
        head += [
            DocxText(text, centred=True, bold=bold)
            for text, bold in ((facts.full_name or "", True), (work, False), (self.service, False))
            if text
        ]
        if facts.reader is PaperReader.METHODIST:
            head.append(DocxText(t.plain("growth.paper.for_methodist")))
        return docx([*head, *blocks], title=title, wide=wide)

    def _journal(self) -> list[DocxBlock]:
        blocks: list[DocxBlock] = []
        for number, section in enumerate(PaperSection, 1):
            heading = self.t.plain(f"growth.section.{section}")
            blocks.append(DocxHeading(f"{number}. {heading}"))
            lines = [line for line in self.facts.lines if line.kind in KINDS[section]]
            blocks.append(self._table(lines) if lines else DocxText(self._nothing(section)))
        return blocks

    def _nothing(self, section: PaperSection) -> str:
        closed = section in (PaperSection.ROUTE, PaperSection.REFLECTION)
        if closed and self.facts.reader is PaperReader.METHODIST:
            return self.t.plain("growth.paper.closed")
        return self.t.plain("growth.paper.nothing")

    def _table(self, lines: Sequence[PaperLine]) -> DocxTable:
        t = self.t
        headings = [t.plain("growth.column.day"), t.plain("growth.column.what"), t.plain("growth.column.evidence")]
        return DocxTable(
            headings, [[self._when(line), self._what(line), self._evidence(line)] for line in lines], (3, 9, 7)
        )

    def _card(self) -> list[DocxBlock]:
        t, result = self.t, self.facts.result
        if result is None:
            return [DocxText(t.plain("growth.card.nothing"))]
        now, before = self._day(result.completed_at), result.previous_at
        compared = t.plain("growth.card.compared", day=self._day(before)) if before else t.plain("growth.card.first")
        names = ("component", "before", "now", "change", "steps", "events")
        rows = [
            [
                line.component.title,
                "" if line.before is None else f"{line.before:.0f}",
                "" if line.score.level is None else f"{line.score.level:.0f}",
                self._change(line, since=before is not None),
                str(self._count(line, PaperKind.STEP)),
                str(self._count(line, PaperKind.EVENT, PaperKind.HOSTED)),
            ]
            for line in result.components
        ]
        blocks: list[DocxBlock] = [
            DocxText(
                t.plain("growth.card.result", day=now, title=result.questionnaire.title, number=result.attempt_id)
            ),
            DocxText(compared),
            DocxTable([t.plain(f"growth.card.{name}") for name in names], rows, (6, 2, 2, 5, 2, 2)),
            DocxText(t.plain("growth.card.meaning")),
        ]
        served = {one.component.code for one in result.components}
        shown = [
            line
            for line in self.facts.lines
            if line.kind in (PaperKind.STEP, PaperKind.EVENT, PaperKind.HOSTED) and served & set(line.components)
        ]
        if shown:
            blocks += [DocxHeading(t.plain("growth.card.behind")), self._table(shown)]
        return blocks

    def _change(self, line: ComponentResult, *, since: bool) -> str:
        if line.renewed:
            return self.t.plain("growth.card.renewed")
        if line.change is None:
            return self.t.plain("growth.card.unknown") if since else ""
        if line.steady:
            return self.t.plain("growth.card.steady")
        key = "growth.card.up" if line.change > 0 else "growth.card.down"
        return self.t.plain(key, points=f"{abs(line.change):.0f}")

    def _count(self, line: ComponentResult, *kinds: PaperKind) -> int:
        return sum(one.kind in kinds and line.component.code in one.components for one in self.facts.lines)

    def _route(self, form: RouteForm) -> list[DocxBlock]:
        t, columns = self.t, form.columns
        items = self.facts.items
        blocks: list[DocxBlock] = [DocxText(form.note)] if form.note else []
        if not items:
            return [*blocks, DocxText(t.plain("growth.route.nothing"))]
        rows = [[self._cell(one.field, number, item) for one in columns] for number, item in enumerate(items, 1)]
        widths = [WIDTHS[one.field] for one in columns]
        return [*blocks, DocxTable([one.title for one in columns], rows, widths)]

    def _cell(self, name: RouteField, number: int, item: RouteItem) -> str:
        t = self.t
        if name == "number":
            return str(number)
        if name == "difficulty":
            return self._difficulty(item)
        if name == "step":
            return item.text
        if name == "day":
            day = item.planned_on or item.closed_at
            return self._day(day) if day else ""
        if name == "setting":
            return self._setting(item.setting) if item.setting else ""
        if name == "result":
            said = t.plain(f"growth.route.{item.status}")
            return f"{said}\n{item.word}" if item.word else said
        if item.status is not ItemStatus.DONE or item.closed_at is None:
            return ""
        kind = PaperKind.STEP if item.kind is ItemKind.STEP else PaperKind.ROUTE_EVENT
        return self._evidence(PaperLine(kind, item.closed_at, item.text, payload=f"step_{item.id}"))

    def _difficulty(self, item: RouteItem) -> str:
        result = self.facts.result
        component = result.questionnaire.component(item.component) if result and item.component else None
        if component is None:
            return self.t.plain("growth.route.event") if item.kind is ItemKind.EVENT else ""
        short = next((one.short for one in component.items if one.code == item.item), "")
        return f"{component.title}: {short}" if short else component.title

    def _dossier(self, found: AttestationEntry) -> list[DocxBlock]:
        t = self.t
        blocks: list[DocxBlock] = [DocxText(t.plain("growth.dossier.basis", title=found.title, basis=found.basis))]
        if found.note:
            blocks.append(DocxText(found.note))
        for number, criterion in enumerate(found.criteria, 1):
            blocks.append(DocxHeading(f"{number}. {criterion.text}", 2))
            lines = [line for line in self.facts.lines if line.kind in criterion.shown_by]
            blocks.append(self._table(lines) if lines else DocxText(t.plain("growth.dossier.nothing")))
        return [*blocks, DocxText(t.plain("growth.dossier.end"))]

    def _when(self, line: PaperLine) -> str:
        if line.kind is PaperKind.PRODUCT:
            return f"{line.at.astimezone(self.zone):%Y}"
        last = self._day(line.at)
        first = self._day(line.since) if line.since else last
        return last if first == last else f"{first} –\n{last}"

    def _what(self, line: PaperLine) -> str:
        t = self.t
        said = t.plain(f"growth.line.{line.kind}", title=line.title)
        role = ""
        if line.role:
            step = line.kind is PaperKind.STEP
            role = self._setting(line.role) if step else t.plain(f"growth.role.{line.role}")
        times = t.plain("growth.line.times", line.times) if line.since else ""
        hours = t.plain("growth.line.hours", line.hours) if line.hours else ""
        more = "; ".join(one for one in (role, times, hours) if one)
        return "\n".join(one for one in (said, more, line.note) if one)

    def _setting(self, name: str) -> str:
        return self.t.plain(f"routes.setting.{name}").lower()

    def _evidence(self, line: PaperLine) -> str:
        """What shows it, with the address where it can be looked at."""
        if line.number:
            said = self.t.plain("growth.evidence.certificate", number=line.number)
            return f"{said}\n{self.panel_url}/verify/{line.number}"
        said = self.t.plain(f"growth.evidence.{line.kind}", code=line.payload.rpartition("_")[2])
        start = self.facts.start
        address = line.link or (start.replace(PAYLOAD, line.payload) if start and line.payload else "")
        return f"{said}\n{address}" if address else said

    def _day(self, moment: datetime | date) -> str:
        local = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return format_date(local, "dd.MM.y", locale=self.t.formats)
