"""What the bot says of one's own expert work: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from bot.expertise.callbacks import ExpertAcceptTap, ExpertDeclineTap, ExpertWhyTap, ExpertWorkTap, OpenExpertiseTap
from bot.ui.moments import long_date
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, short
from db.expertise.models import ExpertStatus, ExpertWork
from db.expertise.rules import STANDING
from locales import Texts

PAGE, TITLE = 6, 200
MARKS = {
    ExpertStatus.INVITED: "expertise.line.invited",
    ExpertStatus.ACCEPTED: "expertise.line.accepted",
}
DONE = "expertise.line.done"


def home(t: Texts, rows: Sequence[ExpertWork], page: int, *, lead: object = "") -> Screen:
    """One's own work: what waits for an answer first."""
    shown, page, pages = page_of(rows, page, PAGE)
    buttons: list[Row] = [
        [Button(short(t.plain(MARKS.get(one.status, DONE), title=one.title)), ExpertWorkTap(work_id=one.id))]
        for one in shown
    ]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: OpenExpertiseTap(page=number)))
    hours = sum(one.hours or 0 for one in rows if one.status is ExpertStatus.DONE)
    done = sum(one.status is ExpertStatus.DONE for one in rows)
    told = t("expertise.done", done, hours=hours) if done else ""
    text = paragraphs(lead, t("expertise.title"), told, "" if rows else t("expertise.empty"))
    return Screen(text, [*buttons, menu_row(t)])


def card(t: Texts, row: ExpertWork, *, lead: object = "") -> Screen:
    """One piece of work, and the answer where one is waited for."""
    place = row.organisation.name if row.organisation else ""
    text = paragraphs(
        lead,
        t("expertise.card", title=short(row.title, TITLE), status=t.plain(f"expertise.status.{row.status}")),
        Markup("\n").join(
            one
            for one in (
                t("expertise.kind", name=row.kind.name),
                t("expertise.place", name=short(place, TITLE)) if place else "",
                days(t, row.starts_on, row.ends_on),
                t("expertise.hours", row.hours) if row.hours else "",
            )
            if one
        ),
    )
    rows: list[Row] = []
    if row.status is ExpertStatus.INVITED:
        rows.append([Button(t.plain("expertise.accept"), ExpertAcceptTap(work_id=row.id), style="success")])
    if row.status in STANDING:
        rows.append([Button(t.plain("expertise.decline"), ExpertWhyTap(work_id=row.id))])
    return Screen(text, [*rows, [Button(t.plain("expertise.back"), OpenExpertiseTap()), *menu_row(t)]])


def why(t: Texts, row: ExpertWork) -> Screen:
    """Why not: nobody has to say more than one of these; who learns of it stands here."""
    rows: list[Row] = [[Button(t.plain("expertise.why.busy"), ExpertDeclineTap(work_id=row.id))]]
    if row.organisation is not None:
        relative = ExpertDeclineTap(work_id=row.id, relative=True)
        rows.append([Button(t.plain("expertise.why.relative"), relative)])
    rows.append([Button(t.plain("expertise.why.back"), ExpertWorkTap(work_id=row.id))])
    return Screen(t("expertise.why", title=short(row.title, TITLE)), [*rows, menu_row(t)])


def days(t: Texts, starts_on: date, ends_on: date) -> Markup:
    """«2 марта 2026 г.», or from a day to a day."""
    if starts_on == ends_on:
        return t("expertise.day", day=long_date(t, starts_on))
    return t("expertise.days", first=long_date(t, starts_on), last=long_date(t, ends_on))
