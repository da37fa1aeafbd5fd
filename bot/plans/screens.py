"""What the bot says of one's own lines of the plan: pure, texts and data -> screen."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.plans.callbacks import OpenPlanTap, PlanDoneTap, PlanLineTap, PlanUndoneTap
from bot.ui.moments import long_date
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, paragraphs, short
from db.plans.queries import LineRow
from locales import Texts

PAGE, LONGEST = 6, 300
STATES = {
    "done": "plans.state.done",
    "overdue": "plans.state.overdue",
    "now": "plans.state.now",
    "ahead": "plans.state.ahead",
    "unmarked": "plans.state.unmarked",
    "no_term": "plans.state.no_term",
}


def home(t: Texts, rows: Sequence[LineRow], *, page: int) -> Screen:
    """What one answers for, the most pressing first."""
    if not rows:
        return Screen(t("plans.nothing"), [menu_row(t)])
    shown, page, pages = page_of(rows, page, PAGE)
    lines = [
        t("plans.line", text=short(row.line.text, 100), state=t.plain(STATES[row.state]), term=_term(t, row))
        for row in shown
    ]
    buttons: list[Row] = [[Button(short(row.line.text), PlanLineTap(line_id=row.line.id))] for row in shown]
    if pages > 1:
        buttons.append(_pages(t, page, pages))
    return Screen(paragraphs(t("plans.home", n=len(rows)), *lines), [*buttons, menu_row(t)])


def card(t: Texts, row: LineRow, *, lead: object = "") -> Screen:
    """One line: what is to be done, until when, how far it is."""
    number, upcoming = row.next, row.upcoming
    facts: list[Markup | str] = [
        t("plans.card.term", term=short(row.line.term, 100)) if row.line.term else "",
        t("plans.card.next", day=long_date(t, upcoming.ends)) if upcoming else "",
        t("plans.card.count", done=len(row.done), wanted=row.wanted) if row.wanted > 1 or row.done else "",
        t("plans.card.result", result=short(row.line.result, LONGEST)) if row.line.result else "",
    ]
    buttons: list[Row] = []
    if number is not None:
        buttons.append([Button(t.plain("plans.done"), PlanDoneTap(line_id=row.line.id, slot=number))])
    buttons.append([Button(t.plain("plans.to_lines"), OpenPlanTap())])
    text = t("plans.card", text=short(row.line.text, LONGEST), state=t.plain(STATES[row.state]))
    told = Markup("\n").join(fact for fact in facts if fact)
    return Screen(paragraphs(lead, text, told), [*buttons, menu_row(t)])


def word(t: Texts, *, line_id: int, slot: int, lead: object) -> Screen:
    """It is noted; a line about how it went may follow, and a wrong tap is taken back."""
    return Screen(
        paragraphs(lead, t("plans.word.ask")),
        [
            [Button(t.plain("plans.word.skip"), PlanLineTap(line_id=line_id))],
            [Button(t.plain("plans.undone.button"), PlanUndoneTap(line_id=line_id, slot=slot))],
            menu_row(t),
        ],
    )


def _term(t: Texts, row: LineRow) -> str:
    if row.upcoming is not None:
        return t.plain("plans.until", day=long_date(t, row.upcoming.ends))
    return row.line.term and short(row.line.term, 60)


def _pages(t: Texts, page: int, pages: int) -> Row:
    found = [Button(t.plain("plans.page", number=page + 1, count=pages), OpenPlanTap(page=page))]
    if page > 0:
        found.insert(0, Button("‹", OpenPlanTap(page=page - 1)))
    if page + 1 < pages:
        found.append(Button("›", OpenPlanTap(page=page + 1)))
    return found
