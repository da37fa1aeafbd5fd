"""What the bot says of practices that everybody may find: pure, texts and data -> screen."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.practices.callbacks import (
    OpenPracticesTap,
    PracticeAppliedTap,
    PracticeCardTap,
    PracticeComponentsTap,
    PracticeFilesTap,
    PracticeLessonTap,
    PracticeListTap,
    PracticeNewTap,
    PracticeSearchTap,
    PracticesOwnTap,
    PracticesTriedTap,
    PracticeTasksTap,
    PracticeTryTap,
    PublicationsTap,
)
from bot.routes.callbacks import RouteItemTap
from bot.ui.moments import full_date
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, pieces, short
from db.practices.models import Practice, PracticeStatus, PracticeTrial
from db.practices.queries import WORDS, PracticeCard, PracticeLine, PracticesHome, PracticesPage, Publication
from db.routes.models import ItemStatus
from locales import Texts

PAGE, NAME, LINE, PROSE = 6, 120, 90, 180


def home(t: Texts, found: PracticesHome, *, lead: object = "") -> Screen:
    """What there is and what one may do."""
    rows: list[Row] = []
    if found.tasks:
        rows.append([Button(t.plain("practices.tasks.count", count=found.tasks), PracticeTasksTap(), style="primary")])
    if found.found:
        look = Button(t.plain("practices.all", count=found.found), PracticeListTap())
        rows += [[look], [Button(t.plain("practices.find"), PracticeSearchTap()), _by_component(t)]]
    own = [Button(t.plain("practices.new"), PracticeNewTap())]
    if found.own:
        own.append(Button(t.plain("practices.own.count", count=found.own), PracticesOwnTap()))
    rows.append(own)
    if found.tried:
        rows.append([Button(t.plain("practices.tried.count", count=found.tried), PracticesTriedTap())])
    if found.published:
        rows.append([Button(t.plain("practices.materials"), PublicationsTap())])
    text = paragraphs(lead, t("practices.title"), t("practices.lead" if found.found else "practices.none"))
    return Screen(text, [*rows, menu_row(t)])


def listing(
    t: Texts, found: PracticesPage, tap: PracticeListTap, *, typed: str = "", component: str = "", lead: object = ""
) -> Screen:
    """A page of practices: what most have applied comes first, the unconfirmed last."""
    head = t("practices.title")
    if typed:
        head = t("practices.found", typed=short(typed, LINE))
    elif component:
        head = t("practices.of", component=short(component, LINE))
    lines = [_line(t, one) for one in found.rows]
    rows: list[Row] = [[Button(short(one.title), PracticeCardTap(practice_id=one.id))] for one in found.rows]
    pages = max(1, -(-found.total // PAGE))
    if pages > 1:
        rows.append(pager(t, tap.page, pages, lambda page: tap.model_copy(update={"page": page})))
    rows.append([Button(t.plain("practices.find"), PracticeSearchTap()), _by_component(t)])
    nothing = "practices.nothing" if typed else "practices.nothing_yet"
    body = Markup("\n").join(lines) if lines else t(nothing)
    return Screen(paragraphs(lead, head, body), [*rows, back(t)])


def _line(t: Texts, one: PracticeLine) -> Markup:
    key = "practices.line.sunk" if one.status is PracticeStatus.SUNK else "practices.line"
    adopted = t.plain("practices.adopted", one.adopted) if one.adopted else t.plain("practices.not_adopted")
    return t(key, title=short(one.title, 60), adopted=adopted)


def components(t: Texts, names: Mapping[str, str]) -> Screen:
    """For which component."""
    rows: list[Row] = [[Button(short(name), PracticeListTap(component=code))] for code, name in names.items()]
    return Screen(paragraphs(t("practices.title"), t("practices.ask_component")), [*rows[:8], back(t)])


def search(t: Texts, *, lead: object = "") -> Screen:
    """Asks what one looks for."""
    return Screen(paragraphs(lead, t("practices.ask_search")), [back(t)])


def card(t: Texts, found: PracticeCard, names: Mapping[str, str], zone: ZoneInfo, *, lead: object = "") -> Screen:
    """One practice that everybody may find."""
    row = found.row
    text = paragraphs(
        lead,
        told(t, row, names),
        t("practices.result", text=short(row.result, PROSE)),
        t("practices.authors", len(found.authors), names=short(", ".join(found.authors), LINE))
        if found.authors
        else None,
        applied(t, found, zone),
    )
    rows: list[Row] = [[Button(t.plain("practices.lesson"), PracticeLessonTap(practice_id=row.id))]]
    if not found.mine:
        rows.append(_deeds(t, found))
    if row.files:
        files = t.plain("practices.files.count", count=len(row.files))
        rows.append([Button(files, PracticeFilesTap(practice_id=row.id))])
    return Screen(text, [*rows, [Button(t.plain("practices.all.back"), PracticeListTap()), *menu_row(t)]])


def _deeds(t: Texts, found: PracticeCard) -> Row:
    number, trial = found.row.id, found.trial
    item = trial.item if trial is not None else None
    if item is not None and item.status is ItemStatus.OPEN:
        first = Button(t.plain("practices.in_route"), RouteItemTap(item_id=item.id))
    else:
        first = Button(t.plain("practices.try"), PracticeTryTap(practice_id=number), style="primary")
    said = trial is not None and trial.applied_at is not None
    key = "practices.applied.more" if said else "practices.applied"
    return [first, Button(t.plain(key), PracticeAppliedTap(practice_id=number))]


def told(t: Texts, row: Practice, names: Mapping[str, str]) -> Markup:
    """What it is, for whom and for which components."""
    serves = ", ".join(names[code] for code in row.component_codes if code in names)
    head = t("practices.card", title=short(row.title, NAME), audience=short(row.audience, LINE))
    return Markup("\n").join([head, t("practices.card.components", names=short(serves, LINE))]) if serves else head


def applied(t: Texts, found: PracticeCard, zone: ZoneInfo) -> str:
    """How often it was applied, what is said of it, and whether it sank."""
    row = found.row
    confirmed = full_date(t, row.confirmed_at, zone) if row.confirmed_at else ""
    return paragraphs(
        t("practices.adopted.said", text=t.plain("practices.adopted", row.adopted)) if row.adopted else None,
        Markup("\n").join(t("practices.word", word=short(word, LINE)) for word in found.words[:WORDS]),
        t("practices.sunk", day=confirmed) if row.status is PracticeStatus.SUNK else None,
    )


def lesson(t: Texts, found: PracticeCard, tap: PracticeLessonTap) -> Screen:
    """How to try it in one lesson."""
    row = found.row
    (piece, *_), page, pages = page_of(pieces(row.lesson), tap.page, 1)
    rows: list[Row] = []
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: PracticeLessonTap(practice_id=row.id, page=number)))
    if not found.mine:
        rows.append(_deeds(t, found))
    card_back = Button(t.plain("practices.card.back"), PracticeCardTap(practice_id=row.id))
    return Screen(paragraphs(t("practices.lesson.title"), Markup.escape(piece)), [*rows, [card_back, *menu_row(t)]])


def word(t: Texts, row: Practice, *, lead: object = "") -> Screen:
    """Asks for a line on how it was applied."""
    text = paragraphs(lead, t("practices.ask_word", title=short(row.title, NAME)))
    return Screen(text, [[Button(t.plain("practices.card.back"), PracticeCardTap(practice_id=row.id)), *menu_row(t)]])


def tried(t: Texts, rows: Sequence[PracticeTrial], page: int) -> Screen:
    """What one tries or has applied."""
    shown, page, pages = page_of(rows, page, PAGE)
    lines = [
        t("practices.tried.done" if one.applied_at else "practices.tried.open", title=short(one.practice.title, 80))
        for one in shown
    ]
    buttons: list[Row] = [
        [Button(short(one.practice.title), PracticeCardTap(practice_id=one.practice_id))] for one in shown
    ]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: PracticesTriedTap(page=number)))
    body = Markup("\n").join(lines) if lines else t("practices.tried.none")
    return Screen(paragraphs(t("practices.tried"), body), [*buttons, back(t)])


def publications(t: Texts, rows: Sequence[Publication], page: int) -> Screen:
    """What the region has published and everybody may open."""
    shown, page, pages = page_of(rows, page, PAGE)
    buttons: list[Row] = [[Button(short(one.title), url=one.link)] for one in shown]
    lines = [
        t(
            "practices.publication",
            title=short(one.title, 60),
            told=short(", ".join(filter(None, (one.kind, str(one.year or "")))), 60),
        )
        for one in shown
    ]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: PublicationsTap(page=number)))
    body = Markup("\n").join(lines) if lines else t("practices.nothing_yet")
    return Screen(paragraphs(t("practices.materials.title"), body), [*buttons, back(t)])


def file(t: Texts, title: str) -> Screen:
    """What stands under a file."""
    return Screen(t("practices.file", title=short(title, NAME)), [])


def back(t: Texts) -> Row:
    """The way back to all practices."""
    return [Button(t.plain("practices.back"), OpenPracticesTap()), *menu_row(t)]


def _by_component(t: Texts) -> Button:
    return Button(t.plain("practices.by_component"), PracticeComponentsTap())
