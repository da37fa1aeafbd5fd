"""What the bot says of the centre's advice: pure, texts and data -> screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.advice.callbacks import AdviceTap
from bot.diagnostics.callbacks import ResultTap, SiteTap
from bot.documents.callbacks import OfficialDocumentTap
from bot.events.callbacks import CardTap, from_result
from bot.people.callbacks import HelpTap
from bot.ui.moments import long_date, short_day
from bot.ui.screens import Button, Row, Screen, menu_row, pager, paragraphs, plain, short
from db.advice.queries import Counsel
from db.advice.rules import SIGNED
from db.diagnostics.queries import Result
from locales import Texts

LIMIT = 700


def named(t: Texts, text: str, found: Sequence[Counsel]) -> str:
    """Returns a result's text with the first piece's name, where the screen has room for it."""
    if not found:
        return text
    told = paragraphs(text, t("advice.entry", title=found[0].title))
    return told if len(plain(told)) <= LIMIT else text


def way(t: Texts, found: Sequence[Counsel], *, attempt_id: int) -> list[Row]:
    """Returns the button of a result that leads to the advice after it, where there is any."""
    if not found:
        return []
    return [[Button(t.plain("advice.open", count=len(found)), AdviceTap(attempt=attempt_id))]]


def counsel(t: Texts, result: Result, found: Sequence[Counsel], number: int, zone: ZoneInfo) -> Screen:
    """One piece: what, why, who signs it and when, and how to go on."""
    back = [Button(t.plain("advice.to_result"), ResultTap(attempt=result.attempt_id))]
    if not found:
        ask = [Button(t.plain("people.help"), HelpTap())]
        return Screen(paragraphs(t("advice.title"), t("advice.nothing")), [ask, back, menu_row(t)])
    number %= len(found)
    one = found[number]
    component = result.questionnaire.component(one.component or "")
    text = paragraphs(
        t("advice.about", title=component.title) if component else t("advice.title"),
        t("advice.one", title=one.title, text=one.text),
        t("advice.why", why=one.why),
        signature(t, one),
    )
    return Screen(text, [*_turning(t, result, len(found), number), *_ways(t, result, one, zone), back, menu_row(t)])


def signature(t: Texts, one: Counsel) -> Markup:
    """Who recommends it and since when."""
    key = "advice.signed.training" if one.training else "advice.signed"
    return t(key, name=short(one.signed_by, SIGNED), day=long_date(t, one.signed_on))


def _turning(t: Texts, result: Result, count: int, number: int) -> list[Row]:
    if count < 2:
        return []

    def to(other: int) -> AdviceTap:
        return AdviceTap(attempt=result.attempt_id, number=other)

    return [pager(t, number, count, to)]


def _ways(t: Texts, result: Result, one: Counsel, zone: ZoneInfo) -> list[Row]:
    rows: list[Row] = []
    if one.event is not None:
        name = t.plain("advice.event", day=short_day(t, one.event.starts_at, zone), title=one.event.title)
        rows.append([Button(short(name), CardTap(event_id=one.event.id, back=from_result(result.attempt_id)))])
    if one.site_id is not None:
        name = t.plain("advice.site", title=one.site)
        rows.append([Button(short(name), SiteTap(attempt=result.attempt_id, site=one.site_id))])
    if one.document_id is not None:
        name = t.plain("advice.document", title=one.document)
        rows.append([Button(short(name), OfficialDocumentTap(document_id=one.document_id))])
    return rows
