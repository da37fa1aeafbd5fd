"""Programmes with their modules as tables for Excel."""

from collections.abc import Iterator, Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.programmes.staff_queries import ProgrammeRow


def programmes_sheet(rows: Sequence[ProgrammeRow], components: Mapping[str, str], panel: Panel) -> bytes:
    """Returns the programmes, a row each, and their modules on another sheet; `components` have titles by code."""
    t = panel.t
    title = t.plain("programmes.panel.title")
    of = Column(t.plain("settings.programmes.name"), 70, "text")
    hours = Column(t.plain("programmes.panel.hours"), 10)
    columns = [
        of,
        Column(t.plain("settings.programmes.months_from"), 12),
        Column(t.plain("settings.programmes.months_to"), 12),
        hours,
        Column(t.plain("programmes.panel.runs"), 10),
        Column(t.plain("programmes.panel.note"), 40, "text"),
        Column(t.plain("programmes.panel.source"), 40, "text"),
    ]
    ours = t.plain("programmes.panel.training")
    lines: Iterator[list[Value]] = (
        [
            row.programme.title,
            row.programme.months_from,
            row.programme.months_to,
            row.programme.hours,
            row.runs,
            ours if row.programme.training else "",
            row.programme.source,
        ]
        for row in rows
    )
    modules: Iterator[list[Value]] = (
        [
            row.programme.title,
            one.title,
            one.hours,
            components.get(one.component or "", one.component or ""),
            ours if row.programme.training else "",
        ]
        for row in rows
        for one in row.programme.modules
    )
    serves = Column(t.plain("programmes.panel.component"), 30, "text")
    inner = [of, Column(t.plain("programmes.panel.module"), 70, "text"), hours, serves, columns[5]]
    return workbook(
        [Sheet(title, columns, lines), Sheet(t.plain("programmes.panel.modules"), inner, modules)],
        title=title,
        facts=[(t.plain("programmes.panel.note"), said)] if (said := panel.pack.about.programmes_note) else [],
        about=t.plain("programmes.panel.about"),
    )
