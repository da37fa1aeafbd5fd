"""Groups as files: the list as a workbook, a meeting's minutes as a Word file."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx
from db.groups.rules import DecisionState
from db.groups.staff_queries import GroupDecisionRow, KindRow, MeetingCard
from db.groups.tree import GroupRow

STEP = "\N{NO-BREAK SPACE}" * 4


def group_sheet(rows: Sequence[GroupRow], kinds: Sequence[KindRow], panel: Panel) -> bytes:
    """Returns the list as it stands on the page; a second sheet has the kinds with their functions."""
    t = panel.t
    columns = [
        Column(t.plain("groups.panel.name"), 50, "text"),
        Column(t.plain("groups.panel.kind"), 40, "text"),
        Column(t.plain("groups.panel.unit"), 40, "text"),
        Column(t.plain("groups.panel.subject"), 24, "text"),
        Column(t.plain("groups.panel.head"), 34, "text"),
        Column(t.plain("groups.panel.members")),
        Column(t.plain("groups.panel.next"), 18, "moment"),
        Column(t.plain("groups.panel.overdue")),
        Column(t.plain("groups.panel.state"), 18, "text"),
        Column(t.plain("groups.panel.note"), 18, "text"),
    ]
    lines: list[list[Value]] = [
        [
            STEP * row.depth + row.name,
            row.kind,
            row.unit or t.plain("groups.panel.region"),
            row.subject,
            head_text(row, panel),
            row.members,
            panel.local(row.next_at) if row.next_at else None,
            row.overdue,
            t.plain(f"groups.panel.state.{row.status.value}"),
            t.plain("groups.panel.training") if row.training else "",
        ]
        for row in rows
    ]
    functions = [
        Column(t.plain("groups.panel.kind"), 50, "text"),
        Column(t.plain("groups.panel.groups")),
        Column(t.plain("groups.panel.function"), 100, "text"),
        Column(t.plain("groups.panel.source"), 40, "text"),
    ]
    named: list[list[Value]] = [
        [one.kind.name, one.groups if place == 0 else None, text, one.kind.source]
        for one in kinds
        for place, text in enumerate(one.kind.functions or [t.plain("groups.panel.no_functions")])
    ]
    return workbook(
        [
            Sheet(t.plain("groups.panel.title"), columns, lines),
            Sheet(t.plain("groups.panel.kinds"), functions, named),
        ],
        title=t.plain("groups.panel.title"),
        about=t.plain("groups.panel.about"),
    )


def head_text(row: GroupRow, panel: Panel) -> str:
    """Who heads a group, in words where the account may not know or nobody does."""
    if row.head_id is None:
        return panel.t.plain("groups.panel.headless")
    return row.head or panel.t.plain("groups.panel.head_hidden")


def minutes_docx(card: MeetingCard, panel: Panel) -> bytes:
    """Returns a meeting's minutes: who came, what was heard and decided, with terms. The same bytes every time."""
    t, meeting = panel.t, card.meeting
    at = panel.local(meeting.planned_at)
    title = t.plain("groups.docx.title", number=meeting.number or t.plain("groups.docx.no_number"))
    came = [one.name or t.plain("panel.nameless") for one in card.people if one.came]
    blocks: list[DocxBlock] = [
        DocxHeading(title, 0),
        DocxText(meeting.group.name, centred=True, bold=True),
        DocxText(t.plain("groups.docx.when", day=f"{at:%d.%m.%Y}", hour=f"{at:%H:%M}"), centred=True),
    ]
    if meeting.place:
        blocks.append(DocxText(t.plain("groups.docx.place", place=meeting.place)))
    blocks.append(DocxText(t.plain("groups.docx.came", came=card.came, members=meeting.members)))
    blocks += [DocxText(name, mark=f"{number}.") for number, name in enumerate(came, 1)]
    quorum = "groups.docx.quorum" if card.quorum else "groups.docx.no_quorum"
    blocks.append(DocxText(t.plain(quorum, needed=meeting.needed)))
    if meeting.group.training:
        blocks.append(DocxText(t.plain("groups.panel.training")))
    for heading, text in (("groups.docx.agenda", meeting.agenda), ("groups.docx.minutes", meeting.minutes)):
        if text:
            blocks += [DocxHeading(t.plain(heading)), *(DocxText(line) for line in text.splitlines() if line.strip())]
    blocks.append(DocxHeading(t.plain("groups.docx.decided")))
    if card.decisions:
        blocks.append(_decided(card.decisions, panel))
    else:
        blocks.append(DocxText(t.plain("groups.docx.nothing" if card.quorum else "groups.docx.could_not")))
    return docx(blocks, title=f"{title}. {meeting.group.name}")


def _decided(rows: Sequence[GroupDecisionRow], panel: Panel) -> DocxTable:
    t = panel.t
    headings = [t.plain(f"groups.docx.{name}") for name in ("position", "decision", "responsible", "term")]
    return DocxTable(
        headings,
        [
            [
                str(one.decision.position),
                one.decision.text,
                one.responsible or "",
                f"{one.decision.due_on:%d.%m.%Y}" if one.decision.due_on else "",
            ]
            for one in sorted(rows, key=lambda one: one.decision.position)
        ],
        (1, 9, 5, 3),
    )


def tone(state: DecisionState) -> str:
    """The colour beside a decision's state in words."""
    return {DecisionState.DONE: "good", DecisionState.OVERDUE: "bad"}.get(state, "")
