"""Commissions as tables for Excel, and the protocol as a Word file."""

from collections.abc import Iterator, Sequence

from babel.dates import format_date

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.commission.models import ChangedThing, CommissionChange, MemberSeat
from db.commission.ranking import RankedList, RankedRow
from db.commission.rules import REVIEWING
from db.commission.staff_queries import CommissionRow, Protocol
from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("place", 8, "number"),
    ("number", 10, "general"),
    ("name", 36, "text"),
    ("municipality", 28, "text"),
    ("direction", 44, "text"),
    ("mean", 12, "general"),
    ("side", 18, "text"),
    ("reviews", 50, "text"),
    ("status", 18, "text"),
)


def commissions_sheet(rows: Sequence[CommissionRow], panel: Panel) -> bytes:
    """Returns the selections with their commissions, a row each."""
    t = panel.t
    title = t.plain("commission.panel.title")
    columns = [
        Column(t.plain("commission.panel.selection"), 60, "text"),
        Column(t.plain("commission.panel.order"), 16, "text"),
        Column(t.plain("commission.panel.chair"), 36, "text"),
        Column(t.plain("commission.panel.members"), 12, "number"),
        Column(t.plain("commission.panel.waiting"), 12, "number"),
    ]
    lines: Iterator[list[Value]] = ([row.title, row.order_number, row.chair, row.members, row.waiting] for row in rows)
    return workbook([Sheet(title, columns, lines)], title=title)


def ranked_sheet(found: RankedList, panel: Panel) -> bytes:
    """Returns the ranked list, and the reviewers with their strictness on a sheet of their own."""
    t = panel.t
    title = t.plain("commission.panel.list")
    columns = [Column(t.plain(f"commission.panel.list.{name}"), width, look) for name, width, look in COLUMNS]
    strict = [
        Column(t.plain("commission.panel.reviewer"), 36, "text"),
        Column(t.plain("commission.panel.shared"), 16, "number"),
        Column(t.plain("commission.panel.deviation"), 16, "decimal"),
    ]
    lines: Iterator[list[Value]] = (_ranked(row, panel) for row in found.rows)
    reviewers: Iterator[list[Value]] = ([name, one.shared, round(one.deviation, 2)] for name, one in found.reviewers)
    return workbook(
        [Sheet(title, columns, lines), Sheet(t.plain("commission.panel.strictness"), strict, reviewers)],
        title=title,
        facts=[
            (t.plain("commission.panel.cut"), str(found.cut)),
            (t.plain("commission.panel.changed_fact"), str(found.changed)),
            (t.plain("commission.panel.without"), str(found.waiting)),
        ],
        about=t.plain("commission.panel.about"),
    )


def _ranked(row: RankedRow, panel: Panel) -> list[Value]:
    t = panel.t
    return [
        row.place,
        row.number,
        row.name,
        row.municipality,
        row.direction,
        row.mean,
        t.plain("commission.panel.above" if row.above else "commission.panel.below"),
        "; ".join(f"{name}: {total}" for name, total, _ in row.totals),
        t.plain(f"applications.panel.state.{row.status}"),
    ]


def protocol_word(found: Protocol, panel: Panel) -> bytes:
    """Returns the protocol: order, members, sittings with attendance and votes, counts by reasons, both lists.

    The day of making does not stand in it, so the same decisions give the same bytes.
    """
    t, campaign = panel.t, found.campaign
    title = t.plain("commission.protocol.title")
    ordered = format_date(campaign.order_date, "d MMMM y", locale=t.formats)
    blocks: list[DocxBlock] = [
        DocxHeading(title, 0),
        DocxText(campaign.title, centred=True, bold=True),
        DocxText(
            t.plain(
                "commission.protocol.order",
                issued=campaign.issued_by,
                day=ordered,
                number=campaign.order_number,
                title=campaign.order_title,
            )
        ),
    ]
    if found.commission.training:
        blocks.append(DocxText(t.plain("commission.protocol.training")))
    blocks += _members(found, panel)
    blocks += _sittings(found, panel)
    blocks += _changes(found, panel)
    blocks += _decided(found, panel)
    chair = next((one.name for one in found.members if one.seat is MemberSeat.CHAIR), "")
    secretary = next((one.name for one in found.members if one.seat is MemberSeat.SECRETARY), "")
    blocks.append(DocxText(t.plain("commission.protocol.signed.chair", name=chair)))
    if secretary:
        blocks.append(DocxText(t.plain("commission.protocol.signed.secretary", name=secretary)))
    return docx(blocks, title=title)


def _members(found: Protocol, panel: Panel) -> Iterator[DocxBlock]:
    t = panel.t
    yield DocxHeading(t.plain("commission.protocol.members"))
    headings = [t.plain("commission.panel.reviewer"), t.plain("commission.panel.seat")]
    rows = [(one.name, t.plain(f"commission.seat.{one.seat}")) for one in found.members]
    yield DocxTable(headings, rows, (3, 2))


def _sittings(found: Protocol, panel: Panel) -> Iterator[DocxBlock]:
    t = panel.t
    voters = sum(one.seat in REVIEWING for one in found.members)
    yield DocxHeading(t.plain("commission.protocol.sittings"))
    if not found.sittings:
        yield DocxText(t.plain("commission.protocol.sittings.none"))
    for number, one in enumerate(found.sittings, 1):
        there = [found.names.get(row.staff_id, "") for row in one.present]
        votes = one.agreed + one.against + one.abstained
        yield DocxText(
            t.plain(
                "commission.protocol.sitting",
                number=number,
                day=f"{one.held_on:%d.%m.%Y}",
                present=votes,
                voters=voters,
                names=", ".join(there),
            )
        )
        yield DocxText(
            t.plain("commission.protocol.votes", agreed=one.agreed, against=one.against, abstained=one.abstained)
        )


def _changes(found: Protocol, panel: Panel) -> Iterator[DocxBlock]:
    """What was changed after reviews began, by whom and why; reviews that were given back, applications sent again."""
    t = panel.t
    if not (found.changes or found.given_back or found.sent_again):
        return
    yield DocxHeading(t.plain("commission.protocol.changes"))
    if found.changes:
        headings = [t.plain(f"commission.protocol.change.{name}") for name in ("day", "what", "by", "reason")]
        rows = [(panel.local(one.changed_at).strftime("%d.%m.%Y"), _change(one, panel), one.author.name, one.reason)
                for one in found.changes]  # fmt: skip
        yield DocxTable(headings, rows, (2, 5, 4, 5))
    if found.given_back:
        yield DocxText(t.plain("commission.protocol.given_back", n=found.given_back))
    if found.sent_again:
        yield DocxText(t.plain("commission.protocol.sent_again", n=found.sent_again))


def _change(one: CommissionChange, panel: Panel) -> str:
    """A change in words: whose, what it was and what it is."""
    t = panel.t

    def said(value: str | None) -> str:
        if value is None:
            return "—"
        words = {
            ChangedThing.SEAT: f"commission.seat.{value}",
            ChangedThing.ACTING: f"commission.acting.{value.lower()}",
        }
        return t.plain(words[one.what]) if one.what in words else value

    text = t.plain(f"commission.changed.{one.what}", before=said(one.before), after=said(one.after))
    return f"{one.member.name}: {text}" if one.member else text


def _decided(found: Protocol, panel: Panel) -> Iterator[DocxBlock]:
    t = panel.t
    approved, rejected = len(found.approved), len(found.rejected)
    yield DocxHeading(t.plain("commission.protocol.decided"))
    yield DocxText(
        t.plain("commission.protocol.counts", whole=approved + rejected, approved=approved, rejected=rejected),
        bold=True,
    )
    yield DocxHeading(t.plain("commission.protocol.reasons"), 2)
    rows = [(str(one.number), one.text, str(count)) for one, count in found.reasons]
    if found.other:
        rows.append(("", t.plain("commission.protocol.reasons.other"), str(found.other)))
    rows.append(("", t.plain("commission.protocol.reasons.all"), str(rejected)))
    headings = [t.plain(f"commission.protocol.reason.{name}") for name in ("number", "text", "count")]
    yield DocxTable(headings, rows, (1, 9, 2))
    number, name = t.plain("commission.panel.list.number"), t.plain("commission.panel.list.name")
    yield DocxHeading(t.plain("commission.protocol.approved", n=approved), 2)
    yield DocxTable([number, name], [(str(one), who) for one, who in found.approved], (1, 8))
    yield DocxHeading(t.plain("commission.protocol.rejected", n=rejected), 2)
    yield DocxTable(
        [number, name, t.plain("commission.protocol.reason.text")],
        [(str(one), who, why) for one, who, why in found.rejected],
        (1, 5, 4),
    )
