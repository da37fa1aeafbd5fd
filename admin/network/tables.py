"""The network and its visits as tables for Excel."""

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.network.models import MutualVisit, Network
from db.network.rules import AgreementStanding
from db.network.staff_queries import MembersPage, NetworkMemberRow, VisitsPage

MEMBERS: tuple[tuple[str, float, Format], ...] = (
    ("name", 50, "text"),
    ("kind", 36, "text"),
    ("agreement", 20, "text"),
    ("number", 18, "text"),
    ("signed_on", 14, "text"),
    ("starts", 14, "text"),
    ("ends", 14, "text"),
    ("scan", 10, "text"),
    ("visits_column", 12, "number"),
    ("note", 50, "text"),
    ("source", 30, "text"),
)


def network_sheet(found: MembersPage, network: Network | None, panel: Panel) -> bytes:
    """Returns the members as XLSX, a row each; what is declared stands on the sheet about it."""
    t = panel.t
    columns = [Column(t.plain(f"settings.network.{name}"), width, look) for name, width, look in MEMBERS]
    title = t.plain("settings.network.title")
    facts = [(t.plain("settings.network.named"), str(found.named))]
    if network is not None and network.declared is not None:
        facts.insert(0, (t.plain("settings.network.declared"), str(network.declared)))
    if network is not None:
        facts += [
            (t.plain("settings.network.note"), network.note),
            (t.plain("settings.network.source"), network.source),
        ]
    rows = (_member(row, panel) for row in found.rows)
    return workbook([Sheet(title, columns, rows)], title=title, facts=facts, about=t.plain("settings.network.about"))


def visits_sheet(found: VisitsPage, panel: Panel, *, words: bool) -> bytes:
    """Returns the visits, and the sums of every year as a sheet of its own.

    `words`: with what was written of each, which may name somebody.
    """
    t = panel.t
    columns = [
        Column(t.plain("settings.visits.visited_on"), 14, "text"),
        Column(t.plain("settings.visits.guest_id"), 44, "text"),
        Column(t.plain("settings.visits.host_id"), 44, "text"),
        *([Column(t.plain("settings.visits.word"), 70, "text")] * words),
    ]
    sums = [
        Column(t.plain("settings.visits.year"), 10),
        Column(t.plain("settings.visits.out"), 18),
        Column(t.plain("settings.visits.home"), 18),
        Column(t.plain("settings.visits.between"), 18),
        Column(t.plain("settings.visits.total"), 10),
    ]
    title = t.plain("settings.visits.title")
    by_year = ([one.year, one.out, one.home, one.between, one.total] for one in found.years)
    return workbook(
        [
            Sheet(title, columns, (_visit(row, panel, words=words) for row in found.rows)),
            Sheet(t.plain("settings.visits.by_year"), sums, by_year),
        ],
        title=title,
    )


def _member(row: NetworkMemberRow, panel: Panel) -> list[Value]:
    t, agreement = panel.t, row.agreement
    standing = AgreementStanding.SIGNED if row.standing is AgreementStanding.SOON else row.standing  # the day says it
    days = [agreement.signed_on, agreement.starts, agreement.ends] if agreement else [None, None, None]
    return [
        row.member.name,
        t.plain(f"settings.network.kind.{row.member.kind}"),
        t.plain(f"settings.network.standing.{standing}"),
        agreement.number if agreement else "",
        *(f"{day:%d.%m.%Y}" if day else "" for day in days),
        t.plain("settings.network.scan.there") if agreement and agreement.scan_id else "",
        row.visits,
        row.member.note,
        row.member.source,
    ]


def _visit(row: MutualVisit, panel: Panel, *, words: bool) -> list[Value]:
    own = panel.t.plain("settings.visits.self")
    sides = [row.guest.name if row.guest else own, row.host.name if row.host else own]
    return [f"{row.visited_on:%d.%m.%Y}", *sides, *([row.word] * words)]
