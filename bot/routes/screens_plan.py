"""What the bot says of the year's plan of a route: pure, texts and data -> screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.diagnostics.callbacks import OpenDiagnosticsTap, ResultTap
from bot.events.callbacks import CardTap
from bot.routes import screens
from bot.routes.callbacks import (
    OpenRouteTap,
    RouteAcceptTap,
    RouteAgreeTap,
    RouteDraftTap,
    RouteDropTap,
    RouteItemTap,
    RouteLaterTap,
    RouteOwnTap,
    RouteProveTap,
    RouteSwapTap,
    RouteTryTap,
    RouteUndoTap,
    RouteYearTap,
)
from bot.routes.screens import said
from bot.ui.moments import full_date, long_date, month_name
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, short
from db.routes.models import EvidenceKind, ItemKind, ItemStatus, RouteItem
from db.routes.planning import YearPlan
from db.routes.rules import PROVED
from locales import Texts

PAGE, LINE, WORDS = 6, 60, 180
MARKS = {
    ItemStatus.PROPOSED: "routes.state.proposed",
    ItemStatus.OPEN: "routes.state.open",
    ItemStatus.AWAITING: "routes.state.awaiting",
    ItemStatus.DONE: "routes.state.done",
    ItemStatus.DROPPED: "routes.state.dropped",
}
EVIDENCE = {
    EvidenceKind.ATTENDANCE: "routes.evidence.attendance",
    EvidenceKind.WORD: "routes.evidence.word",
    EvidenceKind.LINK: "routes.evidence.link",
}


def year(t: Texts, plan: YearPlan, page: int = 0, *, lead: object = "") -> Screen:
    """The plan by month; where there is none, what it would be and how to get it."""
    back = [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]
    own = Button(t.plain("routes.year.own"), RouteOwnTap())
    if not plan.lines:
        if plan.drafts:
            make = Button(t.plain("routes.year.draft"), RouteDraftTap(), style="primary")
            return Screen(paragraphs(lead, t("routes.year.title"), t("routes.year.what")), [[make], [own], back])
        go = Button(t.plain("routes.to_diagnostics"), OpenDiagnosticsTap())
        return Screen(paragraphs(lead, t("routes.year.title"), t("routes.year.no_result")), [[go], [own], back])
    shown, page, pages = page_of(plan.lines, page, PAGE)
    text = paragraphs(
        lead,
        t("routes.year.title"),
        Markup("\n").join(line(t, one) for one in shown),
        t("routes.year.proved", done=plan.proved, all=len(plan.lines)) if plan.proved else None,
    )
    rows: list[Row] = [[Button(short(said(t, one, LINE)), RouteItemTap(item_id=one.id))] for one in shown]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: RouteYearTap(page=number)))
    if plan.proposed:
        rows.append([Button(t.plain("routes.year.agree"), RouteAgreeTap(), style="primary")])
    if plan.drafts:
        rows.append([Button(t.plain("routes.year.draft"), RouteDraftTap())])
    return Screen(text, [*rows, [own], back])


def line(t: Texts, one: RouteItem) -> Markup:
    """One line with its month and how it stands; what is ahead needs no word."""
    month = month_name(t, one.term) if one.term else ""
    if one.status is ItemStatus.OPEN:
        return t("routes.year.line.ahead", month=month, text=said(t, one, LINE))
    return t("routes.year.line", month=month, text=said(t, one, LINE), state=t.plain(MARKS[one.status]))


def card(t: Texts, one: RouteItem, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """One item and what may be done with it: a line of the plan, or a step or an event as they stand alone."""
    if one.term is None or one.kind is ItemKind.STEP or one.status is ItemStatus.AWAITING:
        return screens.card(t, one, zone, lead=lead)
    done = one.status is ItemStatus.DONE and one.closed_at is not None
    text = paragraphs(
        lead,
        Markup.escape(said(t, one, WORDS)),
        t("routes.year.when", month=month_name(t, one.term, year=True)),
        t("routes.year.group", day=long_date(t, one.due_on)) if one.due_on else None,
        t(EVIDENCE[one.evidence]) if one.evidence and not done else None,
        t("routes.card.done", day=full_date(t, one.closed_at, zone)) if done and one.closed_at else None,
        t("routes.card.dropped") if one.status is ItemStatus.DROPPED else None,
        t("routes.card.word", word=short(one.word, WORDS)) if one.word else None,
        t("routes.card.link", link=short(one.link, WORDS)) if one.link else None,
    )
    back = [Button(t.plain("routes.year.back"), RouteYearTap()), *menu_row(t)]
    return Screen(text, [*_deeds(t, one), back])


def _deeds(t: Texts, one: RouteItem) -> Sequence[Row]:
    item_id = one.id
    if one.status in (ItemStatus.DONE, ItemStatus.DROPPED):
        undo = Button(t.plain("routes.undo"), RouteUndoTap(item_id=item_id))
        more = Button(t.plain("routes.year.add_proof"), RouteProveTap(item_id=item_id))
        if one.status is ItemStatus.DROPPED:
            return [[undo]]
        return [*([[more]] if one.kind in PROVED else []), *screens.again(t, one), [undo]]
    rows: list[Row] = []
    if one.status is ItemStatus.PROPOSED:
        rows.append([Button(t.plain("routes.year.accept"), RouteAcceptTap(item_id=item_id), style="primary")])
    elif one.kind in PROVED:
        rows.append([Button(t.plain("routes.year.prove"), RouteProveTap(item_id=item_id), style="primary")])
    if one.kind is ItemKind.PRACTICE:
        rows.append([Button(t.plain("routes.year.try"), RouteTryTap(item_id=item_id))])
    if one.kind is ItemKind.EVENT and one.event_id is not None:
        rows.append([Button(t.plain("routes.open_event"), CardTap(event_id=one.event_id))])
    turn: list[Button] = []
    if one.kind is not ItemKind.OWN:
        turn.append(Button(t.plain("routes.year.swap"), RouteSwapTap(item_id=item_id)))
    if one.kind is not ItemKind.EVENT:
        turn.append(Button(t.plain("routes.year.later"), RouteLaterTap(item_id=item_id)))
    rows.append(turn)
    if one.attempt_id is not None:
        rows.append([Button(t.plain("routes.why"), ResultTap(attempt=one.attempt_id))])
    return [*rows, [Button(t.plain("routes.drop"), RouteDropTap(item_id=item_id))]]


def ask_proof(t: Texts, one: RouteItem, *, lead: object = "") -> Screen:
    """What shows that a line is done."""
    text = paragraphs(lead, Markup.escape(said(t, one, screens.LONGEST)), t("routes.year.ask_proof"))
    return Screen(text, [[Button(t.plain("routes.year.not_now"), RouteItemTap(item_id=one.id))], menu_row(t)])


def ask_own(t: Texts, *, lead: object = "") -> Screen:
    """A line in one's own words."""
    text = paragraphs(lead, t("routes.year.ask_own"))
    return Screen(text, [[Button(t.plain("routes.year.back"), RouteYearTap())], menu_row(t)])
