"""What re-tests of one component say: pure, t + data -> Screen."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.diagnostics.callbacks import DetailTap, OpenDiagnosticsTap
from bot.diagnostics.screens import behaviours, options
from bot.diagnostics.screens_results import LIMIT
from bot.retests.callbacks import (
    OpenRetestsTap,
    RetestAnswerTap,
    RetestBeginTap,
    RetestDropTap,
    RetestFinishTap,
    RetestQuestionTap,
    RetestResultTap,
    RetestTap,
)
from bot.routes.callbacks import OpenRouteTap
from bot.ui.moments import full_date, long_date
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, short
from db.diagnostics.content import Item
from db.diagnostics.rules import previous_item
from db.retests.queries import Outlook, RetestCard, RetestResult, RetestStep
from db.retests.rules import THEN, Compared, ThenMark
from db.routes.models import RouteItem
from locales import Texts

PAGE = 6
STEP = 90
"""Characters of a step that recall it."""


def home(t: Texts, outlooks: Sequence[Outlook], page: int, today: date, zone: ZoneInfo) -> Screen:
    """The components of the last result: which may be asked again today, and when the others."""
    if not outlooks:
        text = paragraphs(t("retests.title"), t("retests.nothing"))
        return Screen(text, [[Button(t.plain("retests.to_diagnostics"), OpenDiagnosticsTap())], _back(t)])
    shown, page, pages = page_of(outlooks, page, PAGE)
    lines = [t("retests.line", title=one.component.title, state=_state(t, one, today)) for one in shown]
    text = paragraphs(
        t("retests.title"),
        t("retests.what", day=full_date(t, outlooks[0].base_at, zone)),
        Markup("\n").join(lines),
    )
    rows: list[Row] = [
        [Button(short(one.component.title), RetestTap(attempt=one.attempt_id, number=one.number))] for one in shown
    ]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: OpenRetestsTap(page=number)))
    return Screen(text, [*rows, _back(t)])


def _state(t: Texts, one: Outlook, today: date) -> str:
    if one.open_id is not None:
        return t.plain("retests.state.open")
    if one.refusal:
        return t.plain("retests.state.never")
    if today < one.opens_on:
        return t.plain("retests.state.later", day=long_date(t, one.opens_on))
    return t.plain("retests.state.now")


def _back(t: Texts) -> Row:
    return [Button(t.plain("routes.back"), OpenRouteTap()), *menu_row(t)]


def card(t: Texts, found: RetestCard, today: date, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """One component: what the re-test is and who sees it, or from which day it makes sense; what the last one told."""
    one = found.outlook
    begins = one.open_id is not None or (not one.refusal and today >= one.opens_on)
    why = None
    if not begins:
        key = f"errors.{one.refusal}" if one.refusal else "errors.retest_too_early"
        why = t(key, day=one.full_on if one.refusal else one.opens_on)
    last = found.done[0] if found.done else None
    text = paragraphs(
        lead,
        t("retests.card", title=one.component.title, day=full_date(t, one.base_at, zone)),
        _step(t, found.step, zone) if begins else None,
        t("retests.card.what", len(one.items) + 1) if begins else why,
        line(t, last, zone) if last else None,
    )
    rows: list[Row] = []
    if begins:
        word = "retests.go_on" if one.open_id is not None else "retests.begin"
        tap = RetestBeginTap(attempt=one.attempt_id, number=one.number)
        rows.append([Button(t.plain(word), tap, style="primary")])
    if one.open_id is not None:
        rows.append([Button(t.plain("retests.drop"), RetestDropTap(retest_id=one.open_id))])
    if last:
        rows.append([Button(t.plain("retests.last"), RetestResultTap(retest_id=last.retest_id))])
    return Screen(text, [*rows, *_around(t, one.attempt_id, one.number)])


def _around(t: Texts, attempt_id: int, number: int) -> list[Row]:
    whole = Button(t.plain("retests.to_component"), DetailTap(attempt=attempt_id, number=number))
    return [[whole, Button(t.plain("retests.others"), OpenRetestsTap())], menu_row(t)]


def _step(t: Texts, step: RouteItem | None, zone: ZoneInfo) -> Markup | None:
    """The step that this answers."""
    if step is None or step.closed_at is None:
        return None
    return t("retests.step", text=short(step.text, STEP), day=full_date(t, step.closed_at, zone))


def step(t: Texts, now: RetestStep, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """The next question, or the word that all is answered."""
    return ready(t, now) if now.item is None else question(t, now, now.item, zone, lead=lead)


def question(t: Texts, now: RetestStep, item: Item, zone: ZoneInfo, *, lead: object = "") -> Screen:
    """One question; the last is about then, by the same behaviours."""
    then = item.code == THEN
    text = paragraphs(
        lead,
        t(
            "retests.progress",
            number=now.content.place(item.code) + 1,
            total=len(now.content.items),
            title=now.content.components[0].title,
        ),
        t("retests.then", day=full_date(t, now.base_at, zone)) if then else None,
        t("diagnostics.question", text=item.text),
        behaviours(t, item),
    )

    def tap(value: int | None) -> RetestAnswerTap:
        return RetestAnswerTap(retest_id=now.retest_id, item=item.code, value=value)

    before = previous_item(now.content, item.code)
    leave = Button(t.plain("diagnostics.leave"), RetestTap(attempt=now.attempt_id, number=now.number))
    back = [_question(t, now, before)] if before else []
    return Screen(text, [*options(t, now.content, item, now.answers, tap), [*back, leave]])


def _question(t: Texts, now: RetestStep, item: Item) -> Button:
    return Button(t.plain("diagnostics.back"), RetestQuestionTap(retest_id=now.retest_id, item=item.code))


def ready(t: Texts, now: RetestStep) -> Screen:
    """All is answered: a last moment to go back."""
    finish = Button(t.plain("diagnostics.show_result"), RetestFinishTap(retest_id=now.retest_id), style="primary")
    leave = Button(t.plain("diagnostics.leave"), RetestTap(attempt=now.attempt_id, number=now.number))
    return Screen(t("retests.ready"), [[finish], [_question(t, now, now.content.items[-1]), leave]])


def drop(t: Texts, now: RetestStep) -> Screen:
    """Asks before a re-test goes with its answers."""
    said = t("retests.drop.sure", len(now.answers), title=now.content.components[0].title)
    yes = Button(t.plain("retests.drop.yes"), RetestDropTap(retest_id=now.retest_id, sure=True), style="danger")
    stay = Button(t.plain("retests.drop.no"), RetestTap(attempt=now.attempt_id, number=now.number))
    return Screen(said, [[yes], [stay], menu_row(t)])


def result(t: Texts, one: RetestResult, zone: ZoneInfo) -> Screen:
    """What it has told: the level then and now by the band of noise, the items that moved, then by today's measure."""
    said = paragraphs(
        t(
            "retests.result",
            title=one.component.title,
            day=full_date(t, one.done_at, zone),
            base=full_date(t, one.base_at, zone),
        ),
        _step(t, one.step, zone),
        verdict(t, one.compared),
        _then(t, one.compared.then) if one.compared.then else None,
    )
    end = t("retests.result.yours", day=long_date(t, one.opens_on))
    text = paragraphs(said, _moves(t, one.compared, room=LIMIT - len(said) - len(end) - 4), end)
    return Screen(text, _around(t, one.attempt_id, one.number))


def verdict(t: Texts, found: Compared) -> Markup:
    """The level then and now, and whether it moved beyond the noise."""
    if found.before is None or found.now is None or found.change is None:
        return t("retests.verdict.little")
    before, now = f"{found.before:.0f}", f"{found.now:.0f}"
    if found.change == 0:
        return t("retests.verdict.same", now=now)
    if found.steady:
        return t("retests.verdict.steady", before=before, now=now)
    return t("retests.verdict.up" if found.change > 0 else "retests.verdict.down", before=before, now=now)


def _then(t: Texts, then: ThenMark) -> Markup:
    """Marks of two measures beside marks of one, so that a stricter measure hides no growth."""
    item, was, seen = then.item.short, then.was, then.seen
    if then.now is None:
        said = t("retests.then.said", item=item, was=was, seen=seen)
    else:
        said = t("retests.then.now", item=item, was=was, seen=seen, now=then.now)
    if then.shift == 0:
        return Markup(" ").join((said, t("retests.then.same")))
    why = t("retests.then.stricter" if then.shift < 0 else "retests.then.kinder")
    today = t("retests.then.today", seen=then.seen, now=then.now) if then.now is not None else Markup("")
    return Markup(" ").join(part for part in (said, why, today) if part)


def _moves(t: Texts, found: Compared, room: int) -> Markup | None:
    """Which answers moved, as many as there is room for."""
    shown: list[Markup] = []
    for one in found.moves:
        shown.append(t("diagnostics.detail.move", item=one.item.short, before=one.before, now=one.now))
        if len(Markup("\n").join(shown)) > room:
            shown.pop()
            break
    return Markup("\n").join(shown) or None


def line(t: Texts, one: RetestResult, zone: ZoneInfo) -> Markup:
    """A re-test in a line, beside the whole result."""
    return t("retests.told", day=full_date(t, one.done_at, zone), verdict=verdict(t, one.compared))


def lines(t: Texts, done: Sequence[RetestResult], number: int, zone: ZoneInfo) -> Markup | None:
    """The last re-test of a component, where there is one."""
    last = next((one for one in done if one.number == number), None)
    return line(t, last, zone) if last else None
