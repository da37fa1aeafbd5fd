"""What the bot says of a group's plan: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.groups.callbacks import GroupTap
from bot.ui.moments import long_date, month_name, short_day
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from bot.workplans.callbacks import (
    WorkAddTap,
    WorkDoneTap,
    WorkDropTap,
    WorkLineTap,
    WorkplanTap,
    WorkShownTap,
    WorkTermsTap,
    WorkTermTap,
    WorkUndoneTap,
)
from db.plans.rules import LineState
from db.workplans.queries import GroupPlan, WorkCard, WorkLine, WorkShown
from db.workplans.rules import MONTHS
from locales import Texts

PAGE, NAME, LISTED, LONGEST = 6, 60, 60, 200
STATES = {
    LineState.DONE: "workplans.state.done",
    LineState.OVERDUE: "workplans.state.overdue",
    LineState.NOW: "workplans.state.now",
    LineState.AHEAD: "workplans.state.ahead",
    LineState.UNMARKED: "workplans.state.unmarked",
    LineState.NO_TERM: "workplans.state.no_term",
}
OFTEN = {
    "month": "workplans.often.month",
    "quarter": "workplans.often.quarter",
    "year2": "workplans.often.year2",
    "year": "workplans.often.year",
}


def plan(t: Texts, view: GroupPlan, *, ahead: bool, page: int, lead: object = "") -> Screen:
    """A group's plan: what is pressing first, how far it is, the ways to a line."""
    shown, page, pages = page_of(view.rows, page, PAGE)
    head = t("workplans.plan", name=short(view.name, NAME), since=view.year, until=view.year + 1)
    done = t("workplans.plan.done", done=view.totals.done, wanted=view.totals.wanted)
    late = t("workplans.plan.overdue", n=view.totals.overdue) if view.totals.overdue else ""
    empty = t("workplans.plan.none.head" if view.heads else "workplans.plan.none")
    lines = [t("workplans.line", text=short(one.line.text, LISTED), state=t.plain(STATES[one.state])) for one in shown]
    told = paragraphs(lead, head, Markup(" ").join(x for x in (done, late) if x), Markup("\n").join(lines))
    rows: list[Row] = [[Button(short(one.line.text), WorkLineTap(line_id=one.line.id))] for one in shown]
    number = view.group_id
    if pages > 1:
        rows.append(pager(t, page, pages, lambda to: WorkplanTap(group_id=number, ahead=ahead, page=to)))
    if view.heads:
        rows.append([Button(t.plain("workplans.add"), WorkAddTap(group_id=number, ahead=ahead))])
        other = view.this if ahead else view.this + 1
        text = t.plain("workplans.year", since=other, until=other + 1)
        rows.append([Button(text, WorkplanTap(group_id=number, ahead=not ahead))])
    rows.append([Button(t.plain("workplans.to_group"), GroupTap(group_id=number))])
    return Screen(told if view.rows else paragraphs(lead, head, empty), [*rows, menu_row(t)])


def ask(t: Texts, view: GroupPlan, *, ahead: bool, lead: object = "") -> Screen:
    """What is to be done, in one line."""
    back = Button(t.plain("workplans.back"), WorkplanTap(group_id=view.group_id, ahead=ahead))
    text = t("workplans.ask", name=short(view.name, NAME), since=view.year, until=view.year + 1)
    return Screen(paragraphs(lead, text), [[back], menu_row(t)])


def terms(t: Texts, card: WorkCard, *, lead: object = "") -> Screen:
    """When a line is due: a month, or how often; it may be typed too."""
    line = card.row.line
    often = [Button(t.plain(key), WorkTermTap(line_id=line.id, often=code)) for code, key in OFTEN.items()]
    months = [
        Button(month_name(t, date(2001, month, 1)), WorkTermTap(line_id=line.id, often=str(month))) for month in MONTHS
    ]
    keep = Button(t.plain("workplans.terms.keep"), WorkLineTap(line_id=line.id))
    text = t("workplans.terms", text=short(line.text, LONGEST))
    return Screen(paragraphs(lead, text), [*columns(often, width=2), *columns(months, width=3), [keep], menu_row(t)])


def card(t: Texts, found: WorkCard, *, this: int, lead: object = "") -> Screen:
    """One line: what is to be done, until when, how far it is."""
    row, line = found.row, found.row.line
    facts = [
        t("workplans.card.term", term=short(line.term, 100)) if line.term else "",
        t("workplans.card.next", day=long_date(t, row.upcoming.ends)) if row.upcoming else "",
        t("workplans.card.count", done=len(row.done), wanted=row.wanted) if row.wanted > 1 or row.done else "",
        t("workplans.card.word", word=short(row.done[-1].word, 150)) if row.done and row.done[-1].word else "",
    ]
    buttons: list[Row] = []
    if found.heads:
        if row.next is not None:
            buttons.append([Button(t.plain("workplans.done"), WorkDoneTap(line_id=line.id, slot=row.next))])
        if found.noted:
            undo = WorkUndoneTap(line_id=line.id, slot=max(found.noted))
            buttons.append([Button(t.plain("workplans.undo"), undo)])
        ways = [Button(t.plain("workplans.terms.change"), WorkTermsTap(line_id=line.id))]
        if not row.done:
            ways.append(Button(t.plain("workplans.drop"), WorkDropTap(line_id=line.id)))
        buttons.append(ways)
    back = WorkplanTap(group_id=line.group_id, ahead=line.year > this)
    buttons.append([Button(t.plain("workplans.back"), back)])
    text = t("workplans.card", text=short(line.text, LONGEST), state=t.plain(STATES[row.state]))
    return Screen(paragraphs(lead, text, Markup("\n").join(one for one in facts if one)), [*buttons, menu_row(t)])


def word(t: Texts, *, line_id: int, slot: int, shown: Sequence[WorkShown], zone: ZoneInfo, lead: object) -> Screen:
    """It is noted; by what may follow by one tap, or in a line; a wrong tap is taken back."""
    rows: list[Row] = [
        [
            Button(
                t.plain("workplans.shown.meeting", day=short_day(t, one.at, zone)) if one.at else short(one.text),
                WorkShownTap(line_id=line_id, slot=slot, way=one.way.value, of_id=one.of_id),
            )
        ]
        for one in shown
    ]
    skip = Button(t.plain("workplans.word.skip"), WorkLineTap(line_id=line_id))
    undo = Button(t.plain("workplans.undo"), WorkUndoneTap(line_id=line_id, slot=slot))
    return Screen(
        paragraphs(lead, t("workplans.word.by" if rows else "workplans.word.ask")),
        [*rows, [skip], [undo], menu_row(t)],
    )


def drop(t: Texts, row: WorkLine) -> Screen:
    """Asks before a line goes."""
    yes = Button(t.plain("workplans.drop.yes"), WorkDropTap(line_id=row.line.id, sure=True), style="danger")
    stay = Button(t.plain("workplans.drop.no"), WorkLineTap(line_id=row.line.id))
    return Screen(t("workplans.drop.sure", text=short(row.line.text, LONGEST)), [[yes], [stay], menu_row(t)])
