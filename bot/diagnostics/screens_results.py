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
    ResultTap,
    ShareTap,
    SharingTap,
    SiteTap,
)
from bot.diagnostics.screens_radar import Chart
from bot.events.callbacks import CardTap, from_result
from bot.people.callbacks import HelpTap
from bot.ui.screens import CAPTION, Button, NothingTap, Row, Screen, length, menu_row, page_of, paragraphs, short
from db.diagnostics.offering import Offer
from db.diagnostics.queries import AttemptRow, ComponentResult, Result
from db.diagnostics.services import ResultReader
from db.events.queries import EventLine
from db.overviews.after_result import EVENTS, SITES, Help
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
WORDS = {
    (ResultReader.MENTOR, False): "diagnostics.open.mentor",
    (ResultReader.MENTOR, True): "diagnostics.close.mentor",
    (ResultReader.METHODIST, False): "diagnostics.open.methodist",
    (ResultReader.METHODIST, True): "diagnostics.close.methodist",
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
    )


def receipt(t: Texts, result: Result, zone: tzinfo, *, thanks: str = "") -> Screen:
    """The picture's caption: the numbers in words and one sentence about this very person.

    `thanks` stand before it where the messenger's 1,024 characters have room for them.
    """
    text = paragraphs(
        t("diagnostics.receipt.title", day=day(t, result.completed_at, zone)),
        "\n".join(_number(t, result, line) for line in result.components),
        _steady(t, result),
        _renewed(t, result),
        _praise(t, result.strongest),
        _start(t, result) if result.first or result.strongest else None,
        t("diagnostics.receipt.meaning"),
    )
    thanked = paragraphs(Markup.escape(thanks), text)
    text = thanked if length(thanked) <= CAPTION else text
    return Screen(text, [[Button(t.plain("diagnostics.to_result"), ResultTap(attempt=result.attempt_id))]])


def _praise(t: Texts, best: ComponentResult | None) -> Markup:
    """A strength is named only where it is one: praise for a low level would not be believed."""
    if best is None:
        return t("diagnostics.receipt.little")
    if _is_strong(best):
        return t("diagnostics.receipt.strong", text=best.component.strong)
    return t("diagnostics.receipt.beginning")


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
        change=_change(t, line),
        name=line.level.name.lower(),
    )


def _change(t: Texts, line: ComponentResult) -> str:
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


def _start(t: Texts, result: Result) -> Markup:
    """Where to begin and by what: the same words in the caption and on the screen."""
    line = result.first
    if line is None:
        return t("diagnostics.result.even" if result.strongest else "diagnostics.result.little")
    title = line.component.title
    if line.score.level is None:
        return t("diagnostics.start.unknown", title=title)
    wished = bool(line.score.need) and line is not result.weakest
    said = t("diagnostics.start.wish" if wished else "diagnostics.start", title=title, level=f"{line.score.level:.0f}")
    return Markup(" ").join((said, _step(t, line)))


def _step(t: Texts, line: ComponentResult) -> Markup:
    """The hardest item of a component and the behaviour next to the one that was answered."""
    if line.hardest is None:
        return t("diagnostics.step.share")
    hard = line.hardest in line.points
    if line.hardest.step:
        key = "diagnostics.step.hard_do" if hard else "diagnostics.step.grow_do"
        return t(key, item=line.hardest.short, step=line.hardest.step)
    key = "diagnostics.step.hard" if hard else "diagnostics.step.grow"
    return t(key, item=line.hardest.short, step=line.hardest.options[line.mark + 1])


def result(t: Texts, one: Result, support: Help, *, today: date, zone: tzinfo, offers: Sequence[Offer] = ()) -> Screen:
    """The live screen: strong and weak sides, single difficulties, what to do next. `offers` are all one's own."""
    several = len(offers) > 1
    said = paragraphs(
        t("diagnostics.result.title", day=day(t, one.completed_at, zone)),
        t("diagnostics.result.of", title=one.questionnaire.title) if several else None,
        _strength(t, one),
        _start(t, one),
        _points(t, one),
        _borders(t, one),
    )
    text = paragraphs(said, _offered(t, support, zone, room=LIMIT - len(said)))
    return Screen(text, [*_helping(t, one, support, zone), *_around(t, one, today, offers), menu_row(t)])


def _strength(t: Texts, one: Result) -> Markup | None:
    best = one.strongest
    if best is None or (one.weakest is None and not _is_strong(best)):
        return None
    title, level = best.component.title, f"{best.score.level:.0f}"
    if _is_strong(best):
        return t("diagnostics.result.strong", title=title, level=level, text=best.component.strong)
    return t("diagnostics.result.best", title=title, level=level)


def _points(t: Texts, one: Result) -> Markup | None:
    """The other difficulties, those of the component to begin with before."""
    first = one.first
    named = first.hardest if first else None
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
    if len(titles) > POINTS:
        return t("diagnostics.result.borders_many", len(titles))
    return t("diagnostics.result.borders", titles=", ".join(titles))


def _offered(t: Texts, support: Help, zone: tzinfo, room: int) -> Markup | None:
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


def _helping(t: Texts, one: Result, support: Help, zone: tzinfo) -> list[Row]:
    back = from_result(one.attempt_id)
    events = [
        Button(short(_event(t, line, zone)), CardTap(event_id=line.id, back=back)) for line in support.events[:EVENTS]
    ]
    sites = [
        Button(short(t.plain("diagnostics.site", title=site.title)), SiteTap(attempt=one.attempt_id, site=site.id))
        for site in support.sites[:SITES]
    ]
    return [[button] for button in (*events, *sites)]


def _around(t: Texts, one: Result, today: date, offers: Sequence[Offer]) -> list[Row]:
    rows: list[Row] = [
        [
            Button(t.plain("diagnostics.details"), DetailTap(attempt=one.attempt_id, number=0)),
            Button(t.plain("diagnostics.picture"), PictureTap(attempt=one.attempt_id)),
        ],
        [
            Button(t.plain("diagnostics.who_sees"), SharingTap(attempt=one.attempt_id)),
            Button(t.plain("diagnostics.history"), HistoryTap(page=0, instrument=one.instrument_id)),
        ],
    ]
    elsewhere = any(offer.instrument_id == one.instrument_id and not offer.version_id for offer in offers)
    if one.last and not elsewhere and today >= one.retest_on:
        rows.append([Button(t.plain("diagnostics.again"), BeginTap(instrument=one.instrument_id))])
    if len(offers) > 1:
        rows.append([Button(t.plain("diagnostics.others"), OpenDiagnosticsTap())])
    return rows


def numbered(one: Result, number: int) -> tuple[int, ComponentResult]:
    """The component of a page, the page corrected to what exists."""
    number = min(max(number, 0), len(one.components) - 1)
    return number, one.components[number]


def detail(t: Texts, one: Result, number: int, support: Help, zone: tzinfo) -> Screen:
    """One component: the level beside the former one, the wish, the difficulties in words, one step, what helps."""
    number, line = numbered(one, number)
    score, content = line.score, one.questionnaire
    level: Markup
    if line.level is None or score.level is None:
        level = t("diagnostics.detail.unknown", name=content.not_enough_name, text=content.not_enough_text)
    else:
        level = t(
            "diagnostics.detail.level", level=f"{score.level:.0f}", name=line.level.name.lower(), text=line.level.text
        )
    before = None
    if line.before is not None and one.previous_at is not None:
        before = t("diagnostics.detail.before", day=day(t, one.previous_at, zone), level=f"{line.before:.0f}")
        before = Markup(f"{before}{Markup.escape(_change(t, line))}")  # noqa: S704  both are escaped
        if line.steady and line.change:
            before = Markup(" ").join((before, t("diagnostics.steady")))
    if line.renewed:
        before = t("diagnostics.detail.renewed")
    wished = bool(score.need)
    need = None if score.need is None else line.component.need.options[score.need].lower()
    said = paragraphs(
        t("diagnostics.detail.title", title=line.component.title, description=line.component.description),
        level,
        before,
        t("diagnostics.detail.borderline") if score.borderline else None,
        t("diagnostics.detail.points", names="\n".join(f"· {item.short}" for item in line.points))
        if line.points and line.points != (line.hardest,)
        else None,
        t("diagnostics.detail.need", text=need) if need else None,
        _step(t, line) if score.deficit or (wished and score.level) else None,
    )
    offered = _offered(t, support, zone, room=LIMIT - len(said))
    ask: list[Row] = []
    if wished and offered is None:  # no wish leads nowhere
        offered, ask = t("diagnostics.detail.nothing"), [[Button(t.plain("people.help"), HelpTap())]]
    rows = [_turning(t, one, number), *_helping(t, one, support, zone), *ask, [_to_result(t, one)], menu_row(t)]
    return Screen(paragraphs(said, offered), rows)


def _turning(t: Texts, one: Result, number: int) -> Row:
    count = len(one.components)
    return [
        Button(t.plain("diagnostics.previous"), DetailTap(attempt=one.attempt_id, number=(number - 1) % count)),
        Button(t.plain("diagnostics.page", page=number + 1, pages=count), NothingTap()),
        Button(t.plain("diagnostics.next"), DetailTap(attempt=one.attempt_id, number=(number + 1) % count)),
    ]


def _to_result(t: Texts, one: Result) -> Button:
    return Button(t.plain("diagnostics.to_result"), ResultTap(attempt=one.attempt_id))


def sharing(t: Texts, one: Result, *, has_mentor: bool) -> Screen:
    """Who sees this result, and the switches; one for the mentor where there is one to open it to."""
    state = {
        (False, False): "diagnostics.sharing.nobody",
        (True, False): "diagnostics.sharing.mentor",
        (False, True): "diagnostics.sharing.methodist",
        (True, True): "diagnostics.sharing.both",
    }[one.shared_with_mentor, one.shared_with_methodist]
    opened = {ResultReader.MENTOR: one.shared_with_mentor, ResultReader.METHODIST: one.shared_with_methodist}
    switches: list[Row] = [
        [Button(t.plain(WORDS[audience, on]), ShareTap(attempt=one.attempt_id, audience=audience, opened=not on))]
        for audience, on in opened.items()
        if on or has_mentor or audience is not ResultReader.MENTOR
    ]
    text = paragraphs(
        t("diagnostics.sharing.title"),
        t(state),
        t("diagnostics.sharing.held") if one.shared_with_methodist and not one.readable else None,
        t("diagnostics.sharing.about" if has_mentor else "diagnostics.sharing.about_methodist"),
    )
    return Screen(text, [*switches, [_to_result(t, one)], menu_row(t)])


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
        buttons.append(
            [
                Button(t.plain("diagnostics.previous"), _page(tap, (page - 1) % pages)),
                Button(t.plain("diagnostics.page", page=page + 1, pages=pages), NothingTap()),
                Button(t.plain("diagnostics.next"), _page(tap, (page + 1) % pages)),
            ]
        )
    return Screen(t("diagnostics.history.title"), [*buttons, menu_row(t)])


def _page(tap: HistoryTap, page: int) -> HistoryTap:
    return HistoryTap(page=page, instrument=tap.instrument)


def site(t: Texts, found: Site, attempt_id: int) -> Screen:
    """A site that helps: what it does and how to get there. `municipality` must be loaded."""
    text = paragraphs(
        t(
            f"diagnostics.site.{found.kind.value}",
            title=found.title,
            organisation=found.organisation,
            municipality=found.municipality.name,
        ),
        Markup.escape(found.about),
        t("diagnostics.site.months", found.months) if found.months else None,
        t("diagnostics.site.join", text=found.how_to_join, contact=found.contact) if found.how_to_join else None,
    )
    back = Button(t.plain("diagnostics.to_result"), ResultTap(attempt=attempt_id))
    return Screen(text, [[back], menu_row(t)])
