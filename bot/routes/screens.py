"""What the bot says of one's own route: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.diagnostics.callbacks import OpenDiagnosticsTap, ResultTap
from bot.events.callbacks import CardTap
from bot.growth.callbacks import OpenPapersTap
from bot.requests.callbacks import AskTopicTap, TopicKind
from bot.retests.callbacks import OpenRetestsTap, RetestOfStepTap
from bot.routes.callbacks import (
    OpenRouteTap,
    RouteDaysTap,
    RouteDayTap,
    RouteDropTap,
    RouteEventTap,
    RouteFinishTap,
    RouteItemTap,
    RouteOfferTap,
    RouteOutcomeTap,
    RoutePastTap,
    RoutePauseTap,
    RoutePlanTap,
    RouteSharingTap,
    RoutesOpenedTap,
    RouteTakeTap,
    RouteUndoTap,
    RouteWordTap,
    RouteYearTap,
)
from bot.ui.moments import full_date, short_day, weekday
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from db.events.queries import EventLine
from db.routes.models import ItemKind, ItemStatus, RouteItem, RouteStatus, StepOutcome, StepSetting
from db.routes.queries import RouteHome
from db.routes.rules import StepOffer
from locales import Texts

LONGEST, PAGE, WORDS = 300, 5, 90
SETTINGS = {
    StepSetting.PRIMARY: "routes.setting.primary",
    StepSetting.MIDDLE: "routes.setting.middle",
    StepSetting.UPPER: "routes.setting.upper",
    StepSetting.SENIOR: "routes.setting.senior",
    StepSetting.KINDERGARTEN: "routes.setting.kindergarten",
    StepSetting.OTHER: "routes.setting.other",
}


SAID = {
    ItemKind.EVENT: "routes.line.of.event",
    ItemKind.COURSE: "routes.line.of.course",
    ItemKind.TALK: "routes.line.of.talk",
    ItemKind.VISIT: "routes.line.of.visit",
}
"""How a line of a kind reads whose text is a title alone; the others are whole sentences."""


def said(t: Texts, one: RouteItem, limit: int = 30) -> str:
    """What a line is, in words."""
    return short(t.plain(SAID[one.kind], text=one.text) if one.kind in SAID else one.text, limit)


def home(t: Texts, found: RouteHome, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """What is open, what is done, what may come next."""
    if found.route is None and found.attempt_id is None:
        text = paragraphs(lead, t("routes.title"), t("routes.nothing"))
        rows: list[Row] = [[Button(t.plain("routes.to_diagnostics"), OpenDiagnosticsTap())]]
        return Screen(text, [*rows, *([[_opened(t, found)]] if found.opened else []), menu_row(t)])
    paused = found.route is not None and found.route.status is RouteStatus.PAUSED
    text = paragraphs(
        lead,
        t("routes.title"),
        t("routes.paused") if paused else None,
        t("routes.agreed") if found.route is not None and found.route.status is RouteStatus.AGREED else None,
        *(_line(t, one) for one in found.items),
        _next(t, found),
        t("routes.done_count", found.done) if found.done else None,
    )
    return Screen(text, [*_items(t, found), *_more(t, found, zone), *_ways(t, found, paused=paused), menu_row(t)])


def _line(t: Texts, one: RouteItem) -> Markup:
    """One open item with when it comes."""
    if one.kind is ItemKind.EVENT:
        key = "routes.line.attended" if one.status is ItemStatus.AWAITING else "routes.line.event"
        return t(key, text=short(one.text, WORDS))
    when = _when(t, one)
    return t("routes.line.step", text=short(one.text, WORDS * 2), when=when or t.plain("routes.no_day"))


def _when(t: Texts, one: RouteItem) -> str:
    if one.planned_on is None or one.setting is None:
        return ""
    return t.plain("routes.when", day=weekday(t, one.planned_on), setting=t.plain(SETTINGS[one.setting]).lower())


def _next(t: Texts, found: RouteHome) -> Markup | None:
    """The next step in words where none is open; more than one is a wish of one's own."""
    if found.open_steps or found.step is None:
        return None
    return t("routes.next", item=found.step.item.short, step=found.step.item.step)


def _items(t: Texts, found: RouteHome) -> list[Row]:
    return [[Button(short(one.text), RouteItemTap(item_id=one.id))] for one in found.items]


def _more(t: Texts, found: RouteHome, zone: ZoneInfo) -> list[Row]:
    rows: list[Row] = []
    if found.step is not None and found.attempt_id is not None and not found.full:
        if found.open_steps:
            rows.append([Button(t.plain("routes.one_more"), RouteOfferTap())])
        else:
            take = RouteTakeTap(attempt=found.attempt_id, item=found.step.item.code)
            other = Button(t.plain("routes.other_step"), RouteOfferTap(number=1))
            rows.append([Button(t.plain("routes.take"), take, style="primary"), other])
    rows += [[Button(_event(t, line, zone), RouteEventTap(event_id=line.id))] for line in found.events]
    return rows


def _event(t: Texts, line: EventLine, zone: ZoneInfo) -> str:
    return short(t.plain("routes.add_event", day=short_day(t, line.starts_at, zone), title=line.title))


def _ways(t: Texts, found: RouteHome, *, paused: bool) -> list[Row]:
    """Everything around the steps, two to a row: the screen must not be a wall of buttons."""
    year = t.plain("routes.year.count", done=found.proved, all=found.lines) if found.lines else t.plain("routes.year")
    ways = [Button(year, RouteYearTap())]
    if found.done:
        ways.append(Button(t.plain("routes.past"), RoutePastTap()))
    if found.attempt_id is not None:
        ways.append(Button(t.plain("retests.open"), OpenRetestsTap()))
    ways.append(Button(t.plain("growth.mine"), OpenPapersTap()))
    if found.route is not None:
        ways.append(Button(t.plain("routes.sharing"), RouteSharingTap()))
    if found.opened:
        ways.append(_opened(t, found))
    rows: list[Row] = [*columns(ways, 2)]
    if found.route is not None and found.route.status is RouteStatus.DRAFT:
        rows.append([Button(t.plain("routes.throw_away"), RouteFinishTap())])
    elif found.route is not None:
        pause = "routes.resume" if paused else "routes.pause"
        end = Button(t.plain("routes.finish"), RouteFinishTap())
        rows.append([Button(t.plain(pause), RoutePauseTap(pause=not paused)), end])
    return rows


def _opened(t: Texts, found: RouteHome) -> Button:
    return Button(t.plain("routes.opened.count", count=found.opened), RoutesOpenedTap())


def offer(t: Texts, offers: Sequence[StepOffer], number: int, attempt_id: int) -> Screen:
    """A step that could come next, to be taken or turned on."""
    back = [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]
    if not offers:
        return Screen(paragraphs(t("routes.title"), t("routes.no_more")), [back])
    number %= len(offers)
    one = offers[number]
    text = paragraphs(t("routes.offer", title=one.component.title, item=one.item.short), one.item.step)
    rows: list[Row] = [
        [Button(t.plain("routes.take"), RouteTakeTap(attempt=attempt_id, item=one.item.code), style="primary")]
    ]
    if len(offers) > 1:
        rows.append([Button(t.plain("routes.other_step"), RouteOfferTap(number=number + 1))])
    return Screen(text, [*rows, back])


def days(t: Texts, one: RouteItem, choice: Sequence[date], *, lead: object = "") -> Screen:
    """When the step is tried."""
    buttons = [Button(weekday(t, day), RouteDayTap(item_id=one.id, day=day.toordinal())) for day in choice]
    text = paragraphs(lead, Markup.escape(one.text), t("routes.ask_day"))
    return Screen(text, [*columns(buttons, 2), [Button(t.plain("routes.later"), OpenRouteTap())], menu_row(t)])


def settings(t: Texts, one: RouteItem, day: date) -> Screen:
    """With whom it is tried."""
    buttons = [
        Button(t.plain(text), RoutePlanTap(item_id=one.id, day=day.toordinal(), setting=setting))
        for setting, text in SETTINGS.items()
    ]
    text = paragraphs(Markup.escape(one.text), t("routes.ask_setting", day=weekday(t, day)))
    other = Button(t.plain("routes.other_day"), RouteDaysTap(item_id=one.id))
    return Screen(text, [*columns(buttons, 2), [other], menu_row(t)])


def card(t: Texts, one: RouteItem, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """One item and what may be done with it."""
    text = paragraphs(
        lead,
        Markup.escape(short(one.text, LONGEST)),
        t("routes.card.when", when=_when(t, one)) if one.planned_on else None,
        t("routes.card.done", day=full_date(t, one.closed_at, zone))
        if one.status is ItemStatus.DONE and one.closed_at
        else None,
        t("routes.card.dropped") if one.status is ItemStatus.DROPPED else None,
        t("routes.card.word", word=short(one.word, LONGEST)) if one.word else None,
        t("routes.card.ask_word") if one.status is ItemStatus.AWAITING else None,
    )
    back = [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]
    return Screen(text, [*_deeds(t, one), back])


def _deeds(t: Texts, one: RouteItem) -> list[Row]:
    drop = Button(t.plain("routes.drop"), RouteDropTap(item_id=one.id))
    if one.status in (ItemStatus.DONE, ItemStatus.DROPPED):
        undo = Button(t.plain("routes.undo"), RouteUndoTap(item_id=one.id))
        word = Button(t.plain("routes.say"), RouteWordTap(item_id=one.id))
        return [[word], *again(t, one), [undo]] if one.status is ItemStatus.DONE else [[undo]]
    if one.kind is ItemKind.EVENT and one.event_id is not None:
        open_event = Button(t.plain("routes.open_event"), CardTap(event_id=one.event_id))
        return [[open_event], [drop]]
    worked = Button(t.plain("routes.worked"), RouteOutcomeTap(item_id=one.id, outcome=StepOutcome.WORKED))
    if one.planned_on is None:
        rows: list[Row] = [
            [Button(t.plain("routes.choose_day"), RouteDaysTap(item_id=one.id), style="primary")],
            [worked],
        ]
    else:
        failed = Button(t.plain("routes.not_yet"), RouteOutcomeTap(item_id=one.id, outcome=StepOutcome.NOT_YET))
        rows = [[worked, failed], [Button(t.plain("routes.another_day"), RouteDaysTap(item_id=one.id))]]
    if one.component is not None:
        rows.append([Button(t.plain("menu.ask"), AskTopicTap(kind=TopicKind.COMPONENT, code=one.component))])
    if one.attempt_id is not None:
        rows.append([Button(t.plain("routes.why"), ResultTap(attempt=one.attempt_id))])
    return [*rows, [drop]]


def again(t: Texts, one: RouteItem) -> list[Row]:
    """What was done for a component may be looked at by its short re-test."""
    if one.component is None:
        return []
    return [[Button(t.plain("retests.offer"), RetestOfStepTap(item_id=one.id))]]


def word(t: Texts, one: RouteItem, *, lead: object) -> Screen:
    """It is noted; a line about how it went may follow, and a wrong tap is taken back."""
    return Screen(
        paragraphs(lead, t("routes.word.ask")),
        [
            [Button(t.plain("routes.word.skip"), OpenRouteTap())],
            *again(t, one),
            [Button(t.plain("routes.undo"), RouteUndoTap(item_id=one.id))],
            menu_row(t),
        ],
    )


def past(t: Texts, rows: Sequence[RouteItem], page: int, zone: ZoneInfo) -> Screen:
    """What is done, the last first."""
    shown, page, pages = page_of(rows, page, PAGE)
    lines = [
        t(
            "routes.past.line",
            day=full_date(t, one.closed_at, zone) if one.closed_at else "",
            text=said(t, one, WORDS),
        )
        for one in shown
    ]
    buttons: list[Row] = [[Button(said(t, one), RouteItemTap(item_id=one.id))] for one in shown]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: RoutePastTap(page=number)))
    back = [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]
    return Screen(paragraphs(t("routes.past.title"), *(lines or [t("routes.past.empty")])), [*buttons, back])


def finishing(t: Texts) -> Screen:
    """Whether it is meant."""
    return Screen(
        t("routes.finish.ask"),
        [
            [Button(t.plain("routes.finish.sure"), RouteFinishTap(sure=True))],
            [Button(t.plain("routes.back"), OpenRouteTap())],
            menu_row(t),
        ],
    )
