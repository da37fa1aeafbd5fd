"""A group's plan as a workbook."""

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.workplans.models import WorkplanFulfilment
from db.workplans.queries import WorkLine
from db.workplans.staff_queries import WorkPage


def plan_sheet(page: WorkPage, panel: Panel) -> bytes:
    """Returns the plan as it stands on the page."""
    t = panel.t
    columns = [
        Column(t.plain("workplans.panel.text"), 60, "text"),
        Column(t.plain("workplans.panel.term"), 34, "text"),
        Column(t.plain("workplans.panel.count"), 14, "text"),
        Column(t.plain("workplans.panel.state"), 18, "text"),
        Column(t.plain("workplans.panel.shown"), 60, "text"),
    ]
    rows: list[list[Value]] = [
        [
            one.line.text,
            when(one, panel),
            f"{len(one.done)} / {one.wanted}",
            t.plain(f"workplans.state.{one.state.value}"),
            "; ".join(shown(page, mark, panel) for mark in one.done),
        ]
        for one in page.rows
    ]
    title = t.plain("workplans.panel.title")
    year = t.plain("workplans.panel.year_of", since=page.year, until=page.year + 1)
    facts = [(title, page.group.name), (t.plain("workplans.panel.year"), year)]
    return workbook(
        [Sheet(title, columns, rows, lead=[page.group.name, year])],
        title=f"{title}. {page.group.name}",
        facts=facts,
        about=t.plain("groups.panel.about"),
    )


def when(one: WorkLine, panel: Panel) -> str:
    """The term as it was written, else the day until which the next time is due, else the line's days."""
    if one.line.term or one.line.starts is None or one.line.ends is None:
        return one.line.term
    if one.upcoming is not None:
        return panel.t.plain("workplans.panel.until", day=f"{one.upcoming.ends:%d.%m.%Y}")
    return f"{one.line.starts:%d.%m.%Y}–{one.line.ends:%d.%m.%Y}"


def shown(page: WorkPage, mark: WorkplanFulfilment, panel: Panel) -> str:
    """A day, what fulfilled the line then, and the word; titles and words for those alone who may learn names."""
    t, of_id = panel.t, getattr(mark, f"{mark.way.value}_id", None)
    parts = [f"{mark.done_on:%d.%m.%Y}", t.plain(f"workplans.panel.way.{mark.way.value}")]
    if page.named and of_id is not None:
        name = page.names[mark.way].get(of_id, "")
        parts.append(name if isinstance(name, str) else f"{panel.local(name):%d.%m.%Y}")
    if page.named and mark.word:
        parts.append(mark.word)
    return ", ".join(one for one in parts if one)
