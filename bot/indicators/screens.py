"""What the bot says of one's own indicators: pure, texts and data -> screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.indicators.callbacks import OwnIndicatorsTap
from bot.ui.moments import short_day
from bot.ui.screens import Button, Row, Screen, length, menu_row, page_of, pager, paragraphs, short
from db.indicators.models import Formula
from db.indicators.queries import OwnBoard, OwnFigure, OwnIndicator
from locales import Texts

LIMIT = 700  # characters of a screen
PAGE, PERIOD, NAME, TITLE, BASIS = 3, 52, 70, 34, 130
SAID = {
    Formula.ROUTES: "indicators.mine.routes",
    Formula.REFLECTIONS: "indicators.mine.reflections",
    Formula.PRACTICES: "indicators.mine.practices",
    Formula.DIAGNOSED: "indicators.mine.diagnosed",
}


def own(t: Texts, found: OwnBoard | None, zone: ZoneInfo, *, page: int = 0) -> Screen:
    """The indicators of people with one's own figures of a period, and the acts that they stand on."""
    if found is None or not found.lines:
        return Screen(t("indicators.mine.none"), [menu_row(t)])
    parts = _pages(t, found, zone)
    (text,), page, pages = page_of(parts, page, 1)
    ways: list[Button] = []
    if found.earlier_id is not None:
        ways.append(Button(t.plain("indicators.mine.earlier"), OwnIndicatorsTap(period_id=found.earlier_id)))
    if found.later_id is not None:
        ways.append(Button(t.plain("indicators.mine.later"), OwnIndicatorsTap(period_id=found.later_id)))
    period_id = found.period.id
    turn = pager(t, page, pages, lambda to: OwnIndicatorsTap(period_id=period_id, page=to)) if pages > 1 else []
    rows: list[Row] = [row for row in (turn, ways) if row]
    return Screen(text, [*rows, menu_row(t)])


def _pages(t: Texts, found: OwnBoard, zone: ZoneInfo) -> list[str]:
    """The texts of the pages, on each as many indicators as its length takes."""
    pages: list[tuple[list[OwnIndicator], str]] = []
    for one in found.lines:
        shown = [*pages[-1][0], one] if pages else [one]
        text = _page(t, found, shown, zone)
        if pages and len(shown) <= PAGE and length(text) <= LIMIT:
            pages[-1] = shown, text
        else:
            pages.append(([one], _page(t, found, [one], zone)))
    return [text for _, text in pages]


def _page(t: Texts, found: OwnBoard, shown: Sequence[OwnIndicator], zone: ZoneInfo) -> str:
    return paragraphs(
        t("indicators.mine.title", period=short(found.period.title, PERIOD)),
        *(_line(t, one, zone) for one in shown),
        *dict.fromkeys(_basis(t, one) for one in shown),
        t("indicators.mine.yours"),
    )


def _line(t: Texts, one: OwnIndicator, zone: ZoneInfo) -> Markup:
    said = [_figure(t, figure, zone) for figure in one.figures if figure.formula in SAID] or [
        t("indicators.mine.unknown")
    ]
    return Markup("\n").join([t("indicators.mine.line", text=short(one.indicator.text, NAME)), *said])


def _figure(t: Texts, figure: OwnFigure, zone: ZoneInfo) -> Markup:
    """How many, and the newest of them."""
    said, last = t(SAID[figure.formula], n=figure.count), figure.last
    if last is None:
        return said
    day = short_day(t, last.at, zone)
    if not last.title:
        return t("indicators.mine.last_day", said=said, day=day)
    return t("indicators.mine.last", said=said, day=day, title=short(last.title, TITLE))


def _basis(t: Texts, one: OwnIndicator) -> Markup:
    act = one.indicator.document
    basis = short(act.heading if act is not None and act.heading else one.indicator.source, BASIS)
    return t("indicators.mine.basis_over", basis=basis) if one.expired else t("indicators.mine.basis", basis=basis)
