"""What diagnostics say of a result: pure, t + data -> Screen."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from babel.dates import format_date
from markupsafe import Markup

from bot.diagnostics.callbacks import (
    BeginTap,
    DetailTap,
    HistoryTap,
    OpenDiagnosticsTap,
    PictureTap,
    ResultFileTap,
    ResultMoreTap,
    ResultTap,
    SharingTap,
    SiteTap,
)
from bot.diagnostics.screens_radar import Chart
from bot.events.callbacks import CardTap, from_result
from bot.growth.callbacks import OpenPapersTap
from bot.people.callbacks import HelpTap
from bot.requests.callbacks import AskTopicTap, TopicKind
from bot.routes.callbacks import RouteOfferTap, RouteTakeTap
from bot.ui.screens import CAPTION, Button, Row, Screen, columns, length, menu_row, page_of, pager, paragraphs, short
from db.diagnostics.offering import AttemptRow, Offer
from db.diagnostics.queries import ComponentResult, Result
from db.events.queries import EventLine
from db.overviews.after_result import EVENTS, SITES, Help
from db.routes.queries import steps_of
from db.sites.models import Site
from locales import Texts

STRONG = 50.0  # the mean of what one does without help in ordinary cases
MANY = 8  # more single difficulties than that are not counted out: it would only weigh down
POINTS = 3  # as many single difficulties as one can take in at a glance; the others are in the details
LIMIT = 700  # characters of a screen
_NEXT = {
    (True, True): "diagnostics.result.next",
    (True, False): "diagnostics.result.next_events",
    (False, True): "diagnostics.result.next_sites",
}


def day(t: Texts, moment: datetime | date, zone: tzinfo | None = None) -> str:
    """A date in words, local where it is a moment."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    return format_date(local, "d MMMM y", locale=t.formats)


def chart(t: Texts, result: Result, zone: tzinfo) -> Chart:
    """What the picture shows."""
    before = result.previous_at
    return Chart(
        title=t.plain("diagnostics.chart.title", day=day(t, result.completed_at, zone)),
        labels=tuple(line.component.title for line in result.components),
        now=tuple(line.score.level for line in result.components),
        before=tuple(line.before for line in result.components) if before else (),
        now_label=t.plain("diagnostics.chart.now"),
        before_label=day(t, before, zone) if before else "",
        unknown=t.plain("diagnostics.chart.unknown"),
        band=result.band,
        band_label=t.plain("diagnostics.chart.band"),
        under=t.plain("diagnostics.chart.next", day=day(t, result.retest_on)) if result.last else "",
    )


def receipt(t: Texts, result: Result, zone: tzinfo, *, thanks: str | None = None) -> Screen:
    """The picture's caption: the numbers in words and one sentence about this very person.

    `thanks` are for what has just been finished: they stand before it, and the time that it took behind it, where the
    messenger's 1,024 characters have room for them.
    """
    text = paragraphs(
        t("diagnostics.receipt.title", day=day(t, result.completed_at, zone)),
        "\n".join(_number(t, result, line) for line in result.components),
        *caption_lines(t, result),
        praise(t, result),
        start(t, result) if result.first or result.strongest else None,
        t("diagnostics.receipt.meaning"),
    )
    if thanks is not None:
        thanked = paragraphs(Markup.escape(thanks), text)
        text = thanked if length(thanked) <= CAPTION else text
        timed = paragraphs(text, spent(t, result))
        text = timed if length(timed) <= CAPTION else text
    return Screen(text, [[Button(t.plain("diagnostics.to_result"), ResultTap(attempt=result.attempt_id))]])


def caption_lines(t: Texts, one: Result) -> list[Markup | None]:
    """What is to be known of all the numbers at once."""
    return [_steady(t, one), _renewed(t, one)]


def praise(t: Texts, one: Result) -> Markup | None:
    """A strength is named only where it is one: praise for a low level, or for one of equals, would not be believed."""
    best = one.strongest
    if best is None:
        return t("diagnostics.receipt.little")
    if not _is_strong(best):
        return t("diagnostics.receipt.beginning")
    return None if _is_even(one) else t("diagnostics.receipt.strong", text=best.component.strong)


def _is_even(one: Result) -> bool:
    """Whether all that is known is equal, so that no side is the strong one."""
    return one.weakest is None and sum(1 for score in one.scores if score.level is not None) > 1


def _is_strong(line: ComponentResult) -> bool:
    return line.score.level is not None and line.score.level >= STRONG


def _number(t: Texts, result: Result, line: ComponentResult) -> Markup:
    if line.level is None or line.score.level is None:
        return t(
            "diagnostics.receipt.unknown", title=line.component.title, name=result.questionnaire.not_enough_name.lower()
        )
    return t(
        "diagnostics.receipt.line",
        title=line.component.title,
        level=f"{line.score.level:.0f}",
        change=change(t, line),
        name=line.level.name.lower(),
    )


def change(t: Texts, line: ComponentResult) -> str:
    """How many points a level moved, where it moved beyond the noise."""
    if line.change is None or line.steady:
        return ""
    return t.plain("diagnostics.up" if line.change > 0 else "diagnostics.down", points=f"{abs(line.change):.0f}")


def _steady(t: Texts, result: Result) -> Markup | None:
    """What moved within the instrument's own error is no progress and no loss: said so once, without numbers."""
    moved = [line for line in result.components if line.change is not None]
    if not any(line.steady and line.change for line in moved):
        return None
    return t("diagnostics.steady.all" if all(line.steady for line in moved) else "diagnostics.steady.rest")


def _renewed(t: Texts, result: Result) -> Markup | None:
    """What asks other questions than the last time is not compared, and says so."""
    titles = [line.component.title for line in result.components if line.renewed]
    return t("diagnostics.renewed", titles=", ".join(titles)) if titles else None


def start(t: Texts, one: Result) -> Markup:
    """Where to begin and by what: the same words in the caption, on the screen and in the file."""
    line = one.first
    if line is None:
        little = "diagnostics.result.even" if one.strongest else "diagnostics.result.little"
        return t("diagnostics.share" if one.strong else little)
    title, step = line.component.title, step_words(t, one)
    if line.score.level is None:
        said = t("diagnostics.start.unknown", title=title)
        return said if one.step is None or one.step.hardest is None else Markup(" ").join((said, step))
    wished = bool(line.score.need) and line is not one.weakest
    said = t("diagnostics.start.wish" if wished else "diagnostics.start", title=title, level=f"{line.score.level:.0f}")
    return Markup(" ").join((said, step, t("diagnostics.share")) if one.strong else (said, step))


def step_words(t: Texts, one: Result) -> Markup:
    """The one step of a result: its item, with the component where that is not the one to begin with."""
    line = one.step
    if line is None or line.hardest is None:
        return t("diagnostics.step.share")
    hard = line.hardest in line.points
    if line.hardest.step:
        key = "diagnostics.step.hard_do" if hard else "diagnostics.step.grow_do"
        said = t(key, item=line.hardest.short, step=line.hardest.step)
    else:
        key = "diagnostics.step.hard" if hard else "diagnostics.step.grow"
        said = t(key, item=line.hardest.short, step=line.hardest.options[line.mark + 1])
    if line is one.first:
        return said
    return Markup(" ").join((t("diagnostics.step.elsewhere", title=line.component.title), said))


def result(
    t: Texts,
    one: Result,
    support: Help,
    *,
    today: date,
    zone: tzinfo,
    offers: Sequence[Offer] = (),
    fresh: bool = False,
) -> Screen:
    """The live screen: strong and weak sides, single difficulties, what to do next.

    `offers` are all one's own. Of a `fresh` one, just finished, it says how much time it took.
    """
    several = len(offers) > 1
    said = paragraphs(
        t("diagnostics.result.title", day=day(t, one.completed_at, zone)),
        t("diagnostics.result.of", title=one.questionnaire.title) if several else None,
        _strength(t, one),
        start(t, one),
        _points(t, one),
        _borders(t, one),
    )
    text = paragraphs(said, offered(t, support, zone, room=LIMIT - len(said)))
    again = t("diagnostics.result.again_on", day=day(t, one.retest_on)) if one.last and today < one.retest_on else None
    if again and len(text) + 2 + len(again) <= LIMIT:
        text = paragraphs(text, again)
    took = spent(t, one) if fresh else None
    if took and len(text) + 2 + len(took) <= LIMIT:
        text = paragraphs(text, took)
    rows = [*_taking(t, one, offers), *helping(t, one, support, zone), *_around(t, one, today, offers)]
    return Screen(text, [*rows, menu_row(t)])


def spent(t: Texts, one: Result) -> Markup | None:
    """How much of one's time it took."""
    return t("diagnostics.spent", one.minutes) if one.minutes else None


def _taking(t: Texts, one: Result, offers: Sequence[Offer]) -> list[Row]:
    """The step goes into the route by one tap, or a colleague is asked of it; an older result leads there no more.

    Where all sides are equal none of the steps is the first: they are there to choose from, if the route is of this
    result and it leads to any.
    """
    if not one.last:
        return []
    if one.step is None:
        of_route = next((offer.last_id for offer in offers if offer.last_id is not None), one.attempt_id)
        grows = _is_even(one) and not one.strong and of_route == one.attempt_id and bool(steps_of(one, taken=()))
        return [[Button(t.plain("diagnostics.choose_step"), RouteOfferTap(), style="primary")]] if grows else []
    ask = Button(t.plain("menu.ask"), AskTopicTap(kind=TopicKind.COMPONENT, code=one.step.component.code))
    hardest = one.step.hardest
    if hardest is None or not hardest.step:
        return [[ask]]
    tap = RouteTakeTap(attempt=one.attempt_id, item=hardest.code)
    return [[Button(t.plain("diagnostics.take_step"), tap, style="primary"), ask]]


def _strength(t: Texts, one: Result) -> Markup | None:
    best = one.strongest
    if best is None or _is_even(one) or (one.weakest is None and not _is_strong(best)):
        return None
    title, level = best.component.title, f"{best.score.level:.0f}"
    if _is_strong(best):
        return t("diagnostics.result.strong", title=title, level=level, text=best.component.strong)
    return t("diagnostics.result.best", title=title, level=level)


def _points(t: Texts, one: Result) -> Markup | None:
    """The other difficulties, those of the component to begin with before."""
    first = one.first
    named = one.step.hardest if one.step else None
    lines = sorted(one.components, key=lambda line: line is not first)
    names = [item.short for line in lines for item in line.points if item is not named]
    if not names:
        return None
    if len(names) > MANY:
        return t("diagnostics.result.points_many")
    shown = ", ".join(t.plain("diagnostics.quoted", text=name) for name in names[:POINTS])
    rest = len(names) - POINTS
    return (
        t("diagnostics.result.points_more", rest, names=shown)
        if rest > 0
        else t("diagnostics.result.points", names=shown)
    )


def _borders(t: Texts, one: Result) -> Markup | None:
    titles = [line.component.title for line in one.components if line.score.borderline]
    if not titles:
        return None
    if len(titles) == len(one.components) > 1:
        return t("diagnostics.result.borders_all")
    if len(titles) > POINTS:
        return t("diagnostics.result.borders_many", len(titles))
    return t("diagnostics.result.borders", titles=", ".join(titles))


def offered(t: Texts, support: Help, zone: tzinfo, room: int) -> Markup | None:
    """What helps, with the whole names that buttons cut; as many as the screen has room for."""
    if not support.events and not support.sites:
        return None
    events = [_event(t, line, zone) for line in support.events[:EVENTS]]
    sites = [t.plain("diagnostics.site", title=site.title) for site in support.sites[:SITES]]
    for names in ([*events, *sites], events or sites):
        lines = [t("diagnostics.result.helps"), *(t("diagnostics.result.help", text=name) for name in names)]
        text = Markup("\n").join(lines)
        if len(text) + 2 <= room:
            return text
    return t(_NEXT[bool(support.events), bool(support.sites)])


def _event(t: Texts, line: EventLine, zone: tzinfo) -> str:
    return t.plain("diagnostics.event", day=f"{line.starts_at.astimezone(zone):%d.%m}", title=line.title)


def helping(t: Texts, one: Result, support: Help, zone: tzinfo) -> list[Row]:
    """Buttons to what helps."""
    back = from_result(one.attempt_id)
    events = [
        Button(short(_event(t, line, zone)), CardTap(event_id=line.id, back=back)) for line in support.events[:EVENTS]
    ]
    sites = [Button(_site(t, site), SiteTap(attempt=one.attempt_id, site=site.id)) for site in support.sites[:SITES]]
    return [[button] for button in (*events, *sites)]


def _site(t: Texts, site: Site) -> str:
    """The title where it fits; two of «Стажировочная площадка…» cut alike are told apart by their organisations."""
    whole = t.plain("diagnostics.site", title=site.title)
    cut = short(whole)
    return cut if cut == whole else short(t.plain("diagnostics.site", title=site.organisation or site.title))


def _around(t: Texts, one: Result, today: date, offers: Sequence[Offer]) -> list[Row]:
    rows: list[Row] = [
        [
            Button(t.plain("diagnostics.details"), DetailTap(attempt=one.attempt_id, number=0)),
            Button(t.plain("diagnostics.who_sees"), SharingTap(attempt=one.attempt_id)),
        ]
    ]
    if one.strong:
        rows.append([Button(t.plain("diagnostics.share.whom"), HelpTap())])
    elsewhere = any(offer.instrument_id == one.instrument_id and not offer.version_id for offer in offers)
    if one.last and not elsewhere and today >= one.retest_on:
        rows.append([Button(t.plain("diagnostics.again"), BeginTap(instrument=one.instrument_id))])
    if len(offers) > 1:
        rows.append([Button(t.plain("diagnostics.others"), OpenDiagnosticsTap())])
    rows.append([Button(t.plain("diagnostics.more"), ResultMoreTap(attempt=one.attempt_id))])
    return rows


def more(t: Texts, one: Result, zone: tzinfo) -> Screen:
    """What is done with a result seldom: seen as a picture, kept, put beside others."""
    ways = [
        Button(t.plain("diagnostics.picture"), PictureTap(attempt=one.attempt_id)),
        Button(t.plain("diagnostics.pdf"), ResultFileTap(attempt=one.attempt_id)),
        Button(t.plain("diagnostics.history"), HistoryTap(page=0, instrument=one.instrument_id)),
        Button(t.plain("growth.mine"), OpenPapersTap()),
    ]
    text = t("diagnostics.result.title", day=day(t, one.completed_at, zone))
    return Screen(text, [*columns(ways, width=2), [to_result(t, one)], menu_row(t)])


def to_result(t: Texts, one: Result) -> Button:
    """The way back."""
    return Button(t.plain("diagnostics.to_result"), ResultTap(attempt=one.attempt_id))


def history(t: Texts, rows: Sequence[AttemptRow], tap: HistoryTap, zone: tzinfo) -> Screen:
    """Own results, the last first."""
    if not rows:
        return Screen(
            t("diagnostics.history.empty"),
            [[Button(t.plain("diagnostics.begin"), BeginTap(instrument=tap.instrument))], menu_row(t)],
        )
    shown, page, pages = page_of(rows, tap.page)
    buttons: list[Row] = []
    for row in shown:
        when = day(t, row.completed_at, zone)
        text = when if row.mean is None else t.plain("diagnostics.history.row", day=when, mean=f"{row.mean:.0f}")
        buttons.append([Button(short(text), ResultTap(attempt=row.attempt_id))])
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: HistoryTap(page=number, instrument=tap.instrument)))
    return Screen(t("diagnostics.history.title"), [*buttons, menu_row(t)])


def site(t: Texts, found: Site, attempt_id: int) -> Screen:
    """A site that helps: what it does and how to get there. `municipality` must be loaded."""
    text = paragraphs(
        t(
            "diagnostics.site.card",
            title=found.title,
            kind=found.kind_name,
            organisation=found.organisation,
            municipality=found.municipality.name,
        ),
        Markup.escape(found.about),
        t("diagnostics.site.months", found.months) if found.months else None,
        t("diagnostics.site.join", text=found.how_to_join, contact=found.contact) if found.how_to_join else None,
    )
    back = Button(t.plain("diagnostics.to_result"), ResultTap(attempt=attempt_id))
    return Screen(text, [[back], menu_row(t)])
