"""Makes the parts of a memo that tell of teachers: self-diagnosis, selection, events.

Every figure is one that a page shows: the queries are those of the reports, with the pages' own masking.
"""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from sqlalchemy.orm import Session

from db.memos.rules import (
    MOST_BARS,
    MemoBars,
    MemoHeat,
    MemoKind,
    MemoPart,
    MemoTable,
    comparable_months,
    percent,
    year_before,
)
from db.memos.wording import MemoAsked
from db.overviews import coverage
from db.reports import selection
from db.reports.attendance import AttendanceCount, AttendanceLine, By
from db.reports.deficits import Heat, HeatRow
from db.reports.rules import full_name
from db.reports.selection import Count, Funnel, SelectionLine

DASH = "\N{EM DASH}"
CLOSE = 5
"""Points by which two components have to differ before one is named before the other."""


def diagnostics(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of deficits by component and unit, and who has not been reached."""
    heading = asked.t.plain("memos.kind.diagnostics")
    found = asked.once(session, coverage.coverage, centre_id=asked.centre_id, municipality_id=asked.municipality_id)
    heat = found.heat
    if heat is None:
        return MemoPart(MemoKind.DIAGNOSTICS, heading, [asked.say("nothing")])
    if not heat.total.cells:
        return MemoPart(
            MemoKind.DIAGNOSTICS, heading, [asked.say("diagnostics.none", least=heat.least), *_hidden(asked, heat)]
        )
    title = asked.t.plain("memos.table.deficits")
    kinds = [name for _, name, _ in heat.components]
    named = [(row.name, row) for row in heat.rows]
    if heat.together:
        named.append((asked.t.plain("reports.panel.together"), heat.together))
    named.append((asked.t.plain("reports.panel.shown_total"), heat.total))
    rows = [(name, [_points(row, code) for code, _, _ in heat.components]) for name, row in named]
    masked = asked.t.plain("memos.masked", least=heat.least)
    return MemoPart(
        MemoKind.DIAGNOSTICS,
        heading,
        [
            asked.say("diagnostics.people", n=heat.total.people),
            *_leading(asked, heat),
            *_hidden(asked, heat),
        ],
        [
            asked.table("components", asked.head("component", "people", "deficit", "band", "above"),
                        _components(asked, heat), "deficits"),
            asked.table("deficits", [asked.t.plain(f"reports.panel.level.{heat.branch.level}"), *kinds],
                        [[name, *(masked if one is None else str(one) for one in values)] for name, values in rows],
                        "deficits"),
            *asked.filled("coverage", asked.head("category", "staff", "passed"),
                          [[one.name, str(one.count), _passed(asked, one.passed, one.nearly_all)]
                           for one in found.rows], "coverage"),
        ],
        [MemoHeat(title, kinds, rows[:MOST_BARS])],
    )  # fmt: skip


def _points(row: HeatRow, component: str) -> int | None:
    cell = row.cell(component)
    return cell.deficit if cell else None


def _components(asked: MemoAsked, heat: Heat) -> list[list[str]]:
    rows = []
    for code, name, title in heat.components:
        cell = heat.total.cells.get(code)
        told = [str(cell.people), str(cell.deficit), heat.levels[cell.band], asked.part_of(cell.share)] if cell else []
        rows.append([full_name(name, title), *(told or [asked.t.plain("memos.masked", least=heat.least)] + [DASH] * 3)])
    return rows


def _leading(asked: MemoAsked, heat: Heat) -> list[str]:
    """Names the largest and the smallest mean deficit, unless they are as good as one."""
    known = coverage.means(heat)
    (least, least_name), (most, most_name) = min(known), max(known)
    if most - least <= CLOSE:
        return [asked.say("diagnostics.even", least=least, most=most)]
    return [asked.say("diagnostics.most", name=most_name, most=most, other=least_name, least=least)]


def _hidden(asked: MemoAsked, heat: Heat) -> list[str]:
    return [asked.say("masked", least=heat.least, names=asked.names(heat.hidden))] if heat.hidden else []


def _passed(asked: MemoAsked, passed: int | None, nearly_all: bool) -> str:
    if passed is None:
        return DASH
    return asked.t.plain("reports.panel.part.almost_all") if nearly_all else str(passed)


def selected(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of a campaign: how many applied, from where, what was decided and why, beside the campaign before it."""
    heading = asked.t.plain("memos.kind.selection")
    caller = asked.caller
    campaign = asked.campaign_id or selection.default_campaign(session, caller)
    if campaign is None:
        return MemoPart(MemoKind.SELECTION, heading, [asked.say("nothing")])
    funnel = selection.funnel(session, caller, campaign_id=campaign)
    total = funnel.total
    said = [asked.say("selection.order", title=funnel.title, number=funnel.order_number,
                      day=asked.day(funnel.order_date))]  # fmt: skip
    if total.sent:
        said += [
            asked.say(
                "selection.sent",
                n=total.sent,
                places=asked.t.plain("memos.of.places", n=len(funnel.municipalities)),
                every=funnel.places,
            ),
            asked.say(
                "selection.decided",
                approved=asked.n("applications", total.approved),
                share=percent(total.approved, total.sent),
                rejected=asked.n("applications", total.rejected),
                waiting=asked.n("applications", total.waiting),
            ),
        ]
    else:
        said.append(asked.say("selection.none"))
    if funnel.absent:
        said.append(asked.say("selection.spots", n=len(funnel.absent), names=asked.names(funnel.absent)))
    said += _beside(session, asked, funnel)
    if not funnel.exact:
        said.append(asked.say("fives"))
    lines = sorted(funnel.directions, key=lambda line: -line.count.sent)
    parts = [asked.t.plain(f"reports.panel.{one}") for one in ("approved", "rejected", "in_work")]
    bars = [(f"{one.code}. {one.short}", _decided(one.count)) for one in lines if one.count.sent]
    return MemoPart(
        MemoKind.SELECTION,
        heading,
        said,
        _selection_tables(asked, funnel) if total.sent else [],
        [MemoBars(asked.t.plain("memos.table.directions"), parts, bars[:MOST_BARS])] if bars else [],
    )


def _decided(count: Count) -> list[int]:
    return [count.approved, count.rejected, count.waiting]


def _selection_tables(asked: MemoAsked, funnel: Funnel) -> list[MemoTable]:
    counts = ("sent", "approved", "rejected", "waiting", "share")
    reasons = [[str(one.number), one.text, str(one.count)] for one in funnel.refusals]
    if funnel.other_refusals:
        reasons.append(["", asked.t.plain("reports.panel.other_reason"), str(funnel.other_refusals)])
    return [
        asked.table("directions", asked.head("direction", *counts),
                    _funnel_rows(funnel.directions, numbered=True), "selection"),
        asked.table("municipalities", asked.head("municipality", *counts),
                    _funnel_rows(funnel.municipalities, numbered=False), "selection"),
        *asked.filled("reasons", asked.head("number", "reason", "count"), reasons, "selection"),
    ]  # fmt: skip


def _funnel_rows(lines: Sequence[SelectionLine], *, numbered: bool) -> list[list[str]]:
    return [
        [
            f"{one.code}. {one.name}" if numbered else one.name,
            *map(str, (one.count.sent, *_decided(one.count))),
            DASH if one.count.share is None else f"{percent(one.count.approved, one.count.sent)} %",
        ]
        for one in lines
    ]


def _beside(session: Session, asked: MemoAsked, funnel: Funnel) -> list[str]:
    """Compares with the campaign that was held before."""
    known = selection.campaigns(session, asked.caller)
    places = [number for number, one in enumerate(known) if one.id == funnel.campaign_id]
    earlier = [one for one in known[places[0] + 1 :] if not one.running] if places else []
    if not earlier:
        return []
    before = selection.funnel(session, asked.caller, campaign_id=earlier[0].id).total
    found = [asked.compared("applications", before.sent, funnel.total.sent, "campaign")]
    if before.sent and funnel.total.sent and not funnel.total.waiting:
        parts = (before.approved, before.sent), (funnel.total.approved, funnel.total.sent)
        found.append(asked.shares("approved", *parts, "campaign"))
    return found


def events(session: Session, asked: MemoAsked) -> MemoPart:
    """Tells of attendance by month and format, beside the same months a year before."""
    heading = asked.t.plain("memos.kind.events")
    compared = comparable_months(asked.since, asked.made)
    # Once for all tables; of the year before only where the same months are compared.
    since = year_before(compared[0]) if compared else asked.since
    counted = AttendanceCount(session, asked.caller, since=min(since, asked.since))
    months, year_ago = counted.by(By.MONTH, since=asked.since), _year_ago(asked, counted, compared)
    total = months.total
    if not total.events:
        return MemoPart(MemoKind.EVENTS, heading, [asked.say("nothing"), *year_ago])
    said = [asked.say("events.held", n=total.events, people=asked.n("seats", total.registered))]
    if total.past:
        said.append(asked.say("events.came", n=total.attended, past=total.past,
                              share=percent(total.attended, total.past)))  # fmt: skip
    if total.waiting:
        said.append(asked.say("events.waiting", n=total.waiting))
    if total.rating is not None:
        rating = f"{total.rating:.1f}".replace(".", ",")
        said.append(asked.say("events.rating", rating=rating, rated=asked.n("ratings", total.rated)))
    said += year_ago
    formats, places = (counted.by(one, since=asked.since) for one in (By.FORMAT, By.MUNICIPALITY))
    nowhere = asked.t.plain("reports.panel.nowhere")
    by_month = [(_month(one), one) for one in months.rows]
    columns = ("events", "registered", "came", "came_share", "queue")
    series = [asked.t.plain(f"reports.panel.{one}") for one in ("came", "missed", "coming", "waiting")]
    bars = [(name, [one.attended, one.past - one.attended, one.registered - one.past, one.waiting])
            for name, one in by_month]  # fmt: skip
    return MemoPart(
        MemoKind.EVENTS,
        heading,
        said,
        [
            asked.table("months", asked.head("month", *columns), [_came(*one) for one in by_month], "events"),
            asked.table("formats", asked.head("format", *columns),
                        [_came(one.name or nowhere, one) for one in formats.rows], "events"),
            asked.table("places", asked.head("municipality", *columns),
                        [_came(one.name or nowhere, one) for one in places.rows], "events"),
        ],
        [MemoBars(asked.t.plain("memos.table.months"), series, bars[:MOST_BARS])],
    )  # fmt: skip


def _month(line: AttendanceLine) -> str:
    return format_date(line.key, "LLLL y", locale="ru").capitalize()  # type: ignore[arg-type]  # by month it is a day


def _came(name: str, one: AttendanceLine) -> list[str]:
    share = f"{percent(one.attended, one.past)} %" if one.past else DASH
    return [name, str(one.events), str(one.registered), str(one.attended), share, str(one.waiting)]


def _year_ago(asked: MemoAsked, counted: AttendanceCount, months: tuple[date, date] | None) -> list[str]:
    """Compares the whole months of the period with the same ones a year before."""
    if months is None:
        return []
    first, end = months
    found = counted.by(By.MONTH, since=year_before(first)).rows
    now = [one for one in found if first <= one.key < end]  # type: ignore[operator]
    then = [one for one in found if one.key < year_before(end)]  # type: ignore[operator]
    before, after = (sum(one.registered for one in rows) for rows in (then, now))
    if not before and not after:
        return []
    said = [asked.say("events.months", first=asked.day(first), end=asked.day(end))]
    said.append(asked.compared("seats", before, after, "year"))
    came = [(sum(one.attended for one in rows), sum(one.past for one in rows)) for rows in (then, now)]
    if came[0][1] and came[1][1]:
        said.append(asked.shares("came", came[0], came[1], "year"))
    return said
