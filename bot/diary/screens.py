"""What the bot says of one's own diary: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from bot.diary.callbacks import (
    DiaryAddTap,
    DiaryDaysTap,
    DiaryDayTap,
    DiaryDropTap,
    DiaryFileTap,
    DiaryKindTap,
    DiaryLineTap,
    DiarySayTap,
    OpenDiaryTap,
)
from bot.expertise.callbacks import DifficultiesTap
from bot.ui.moments import format_date, long_date, month_name, weekday
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, short
from db.diary.models import DiaryLine
from db.diary.queries import DiaryActivity, DiaryMonth
from db.diary.rules import LONGEST, month_before, month_of, next_month
from locales import Texts

PAGE, KINDS = 6, 7
DAYS = 8


def month(t: Texts, view: DiaryMonth, page: int, *, lead: object = "") -> Screen:
    """A month: how much of what, its lines, the months beside it."""
    if not view.keeps and not (view.lines or view.earlier):
        return Screen(paragraphs(lead, t("diary.not_kept")), [menu_row(t)])
    lines = view.lines[::-1]
    shown, page, pages = page_of(lines, page, PAGE)
    here = view.month.toordinal()
    sums = [t("diary.sum", name=_name(one), n=one.written) for one in view.sums]
    text = paragraphs(
        lead,
        t("diary.title", month=month_name(t, view.month, year=True)),
        t("diary.count", len(lines), own=view.by_itself) if lines else t("diary.empty"),
        Markup("\n").join(sums),
    )
    rows: list[Row] = [[Button(_line(t, one), DiaryLineTap(diary_id=one.id))] for one in shown]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: OpenDiaryTap(month=here, page=number)))
    if view.keeps:
        rows.append([Button(t.plain("diary.add"), DiaryAddTap(), style="primary")])
    if lines:
        rows.append([Button(t.plain("diary.file"), DiaryFileTap(month=here))])
    beside: list[Button] = []
    for there, wanted, sign in (
        (month_before(view.month), view.earlier, "‹ {}"),
        (next_month(view.month), view.later, "{} ›"),
    ):
        if wanted:
            beside.append(Button(sign.format(month_name(t, there)), OpenDiaryTap(month=there.toordinal())))
    return Screen(text, [*rows, *([beside] if beside else []), menu_row(t)])


def kinds(t: Texts, known: Sequence[DiaryActivity], page: int) -> Screen:
    """What a new line is of, in the document's words; those that one writes of most come first."""
    shown, page, pages = page_of(known, page, KINDS)
    names = Markup("\n").join(t("diary.kind", name=one.name) for one in shown)
    rows: list[Row] = [[Button(_name(one), DiaryKindTap(activity_id=one.id))] for one in shown]
    if pages > 1:
        rows.append(pager(t, page, pages, lambda number: DiaryAddTap(page=number)))
    rows.append([Button(t.plain("diary.back"), OpenDiaryTap()), *menu_row(t)])
    return Screen(paragraphs(t("diary.which") if known else t("diary.no_kinds"), names), rows)


def words(t: Texts, activity: str, *, line: DiaryLine | None = None, lead: object = "") -> Screen:
    """Asks for the words of a new line, or for other words of one; who reads them stands here."""
    back = OpenDiaryTap() if line is None else DiaryLineTap(diary_id=line.id)
    text = paragraphs(lead, t("diary.words", activity=activity, most=LONGEST), t("diary.seen_by"))
    return Screen(text, [[Button(t.plain("diary.later"), back), *menu_row(t)]])


def line(t: Texts, row: DiaryLine, *, observed: bool = False, lead: object = "") -> Screen:
    """One line, and what may be changed of it; where teachers were observed, what they had difficulties with."""
    facts: list[Markup | str] = [
        t("diary.line.day", day=long_date(t, row.day)),
        t("diary.line.activity", activity=row.activity.name),
        t("diary.line.hours", row.hours) if row.hours else "",
        t("diary.line.itself", source=t.plain(f"diary.source.{row.source}")) if row.source else "",
    ]
    text = paragraphs(lead, t("diary.line.text", text=row.text) if row.text else "", _joined(facts))
    change = [Button(t.plain("diary.say"), DiarySayTap(diary_id=row.id))]
    if row.source is None:
        change.append(Button(t.plain("diary.days"), DiaryDaysTap(diary_id=row.id)))
    back = Button(t.plain("diary.to_month"), OpenDiaryTap(month=month_of(row.day).toordinal()))
    drop = Button(t.plain("diary.drop"), DiaryDropTap(diary_id=row.id))
    rows: list[Row] = [change]
    if observed:
        rows.append([Button(t.plain("difficulty.open"), DifficultiesTap(diary_id=row.id))])
    return Screen(text, [*rows, [drop], [back, *menu_row(t)]])


def days(t: Texts, row: DiaryLine, *, today: date) -> Screen:
    """On which day it was: one of the last."""
    near = {0: t.plain("mentoring.today"), 1: t.plain("mentoring.yesterday")}
    buttons = [
        Button(
            near.get(ago) or weekday(t, today - timedelta(days=ago)),
            DiaryDayTap(diary_id=row.id, day=(today - timedelta(days=ago)).toordinal()),
        )
        for ago in range(DAYS)
    ]
    back = Button(t.plain("diary.later"), DiaryLineTap(diary_id=row.id))
    return Screen(t("diary.days.ask"), [*columns(buttons, 2), [back, *menu_row(t)]])


def dropping(t: Texts, row: DiaryLine) -> Screen:
    """Whether it is meant; what the system wrote does not come back by itself."""
    key = "diary.drop.ask" if row.source is None else "diary.drop.ask_itself"
    yes = Button(t.plain("diary.drop.yes"), DiaryDropTap(diary_id=row.id, sure=True), style="danger")
    no = Button(t.plain("diary.drop.no"), DiaryLineTap(diary_id=row.id))
    return Screen(t(key, what=row.text or row.activity.name), [[yes], [no], menu_row(t)])


def file(t: Texts, name: str) -> Screen:
    """Stands under the file of a month."""
    return Screen(t("diary.file.here", month=name), [menu_row(t)])


def _line(t: Texts, row: DiaryLine) -> str:
    day = format_date(row.day, t.plain("events.short_day.pattern"), t.formats).replace(".", "")
    return short(t.plain("diary.button", day=day, what=row.text or row.activity.short or row.activity.name))


def _name(one: DiaryActivity) -> str:
    return short(one.short or one.name)


def _joined(parts: Sequence[Markup | str]) -> Markup:
    return Markup("\n").join(part for part in parts if part)
