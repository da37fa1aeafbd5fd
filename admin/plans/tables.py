"""A plan as a workbook and as a Word file: the source's columns in the source's order, and how the lines stand."""

from collections.abc import Iterator, Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.docx import DocxHeading, DocxTable, DocxText, docx
from db.plans.models import Plan, PlanLine, PlanSection, PlanStage
from db.plans.queries import LineRow

WIDTHS = {"number": 6, "section": 40, "text": 70, "participants": 40, "performers": 40, "term": 24, "result": 50}
STAGE, MARK = 6, "+"


def plan_sheet(
    plan: Plan, sections: Sequence[PlanSection], rows: Sequence[LineRow], panel: Panel, *, words: bool
) -> bytes:
    """Returns the workbook. A section is a row of its own where the source has no column for it.

    `words`: with what people typed of how it went, which may name somebody.
    """
    t = panel.t
    columns = [Column(heading, width, "text") for heading, width in _columns(plan)]
    lines: Iterator[list[Value]] = (
        _heading(row, columns) if isinstance(row, str) else [*row] for row in _table(plan, sections, rows, panel)
    )
    stands = [
        Column(plan.columns["text"], 70, "text"),
        Column(t.plain("settings.plan.done_of"), 20, "text"),
        Column(t.plain("settings.plan.stands"), 20, "text"),
        Column(t.plain("settings.plan.done_on"), 14, "text"),
        *([Column(t.plain("settings.plan.word"), 50, "text")] * words),
    ]
    return workbook(
        [
            Sheet(t.plain("settings.plan.title"), columns, lines),
            Sheet(t.plain("settings.plan.stands"), stands, (_stands(row, panel, words=words) for row in rows)),
        ],
        title=plan.title,
        facts=[
            (t.plain("settings.plan.source"), plan.source),
            *([(t.plain("settings.plan.note"), plan.note)] * bool(plan.note)),
        ],
        about=t.plain("settings.plan.about"),
    )


def plan_word(plan: Plan, sections: Sequence[PlanSection], rows: Sequence[LineRow], panel: Panel) -> bytes:
    """Returns the plan as its document has it, to be printed and signed; how its lines stand is not in it."""
    said = [DocxText(text) for text in (plan.source, plan.note) if text]
    headings, widths = zip(*_columns(plan), strict=True)
    table = DocxTable(headings, _table(plan, sections, rows, panel), widths)
    return docx([DocxHeading(plan.title, 0), *said, table], title=plan.title, wide=True)


def _columns(plan: Plan) -> list[tuple[str, float]]:
    """The source's headings with their widths, the stages each as a column."""
    columns = [(plan.columns[field], float(WIDTHS[field])) for field in _fields(plan)]
    return columns + [(stage.name, float(STAGE)) for stage in _ticked(plan)]


def _table(
    plan: Plan, sections: Sequence[PlanSection], rows: Sequence[LineRow], panel: Panel
) -> Iterator[list[str] | str]:
    """The source's table; what goes across all columns is one text."""
    by_section: dict[int, list[PlanLine]] = {}
    for row in rows:
        by_section.setdefault(row.line.section_id, []).append(row.line)
    for part in sections:
        of = by_section.get(part.id, [])
        own = part.title and "section" not in plan.columns
        if own:
            yield part.title
        if own and not of:
            yield panel.t.plain("settings.plan.no_lines")
        group = ""
        for line in of:
            if line.group and line.group != group:
                yield f"{line.group}:"
            group = line.group
            said = [cell(line, field, part) for field in _fields(plan)]
            yield said + [MARK if stage.name in line.marks else "" for stage in _ticked(plan)]


def _fields(plan: Plan) -> list[str]:
    return [field for field in plan.columns if field != "stages"]


def _ticked(plan: Plan) -> Sequence[PlanStage]:
    return plan.stages if "stages" in plan.columns else []


def cell(line: PlanLine, field: str, section: PlanSection) -> str:
    """What a line says in one of the source's columns."""
    said: Mapping[str, str] = {
        "number": line.number,
        "section": section.title,
        "text": line.text,
        "participants": line.participants,
        "performers": line.performers,
        "term": line.term,
        "result": line.result,
    }
    return said[field]


def _heading(text: str, columns: Sequence[Column]) -> list[Value]:
    return [text, *[None] * (len(columns) - 1)]


def _stands(row: LineRow, panel: Panel, *, words: bool) -> list[Value]:
    t = panel.t
    last = row.done[-1] if row.done else None
    return [
        row.line.text,
        t.plain("settings.plan.done_count", done=len(row.done), wanted=row.wanted),
        t.plain(f"settings.plan.state.{row.state}"),
        f"{last.done_on:%d.%m.%Y}" if last else "",
        *([last.word if last else ""] * words),
    ]
