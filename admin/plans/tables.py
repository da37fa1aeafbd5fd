"""A plan as a workbook: the source's columns in the source's order, and how the lines stand."""

from collections.abc import Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.plans.models import Plan, PlanLine, PlanSection
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
    fields = [field for field in plan.columns if field != "stages"]
    columns = [Column(plan.columns[field], WIDTHS[field], "text") for field in fields]
    ticked = plan.stages if "stages" in plan.columns else []
    columns += [Column(stage.name, STAGE, "text") for stage in ticked]
    own = "section" not in fields and len(sections) > 1
    lines: list[list[Value]] = []
    for part in sections:
        of = [row.line for row in rows if row.line.section_id == part.id]
        if own:
            lines.append(_heading(part.title, columns))
        if own and not of:
            lines.append(_heading(t.plain("settings.plan.no_lines"), columns))
        group = ""
        for line in of:
            if line.group and line.group != group:
                lines.append(_heading(f"{line.group}:", columns))
            group = line.group
            said: list[Value] = [cell(line, field, part) for field in fields]
            lines.append(said + [MARK if stage.name in line.marks else "" for stage in ticked])
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
