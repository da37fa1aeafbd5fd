"""Screens of an appeal: where it stands, the words, taking it back."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.appeals.callbacks import AppealTap, AppealWithdrawTap, AppealWriteTap
from bot.applications.callbacks import OpenApplicationTap
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs, short
from db.appeals.models import AppealStatus
from db.appeals.queries import AppealView
from locales import Texts

QUOTED = 140


def standing(t: Texts, found: AppealView, zone: ZoneInfo) -> Screen:
    """What became of the appeal, or until when one may appeal."""
    rows: list[Row] = []
    number = found.number or ""
    if found.may:
        rows.append([Button(t.plain("appeals.write"), AppealWriteTap(application=found.application_id))])
    if found.status is AppealStatus.WAITING and found.due_at is not None:
        last = (found.due_at - timedelta(seconds=1)).astimezone(zone)
        text = t("appeals.waiting", number=number, day=format_date(last, "d MMMM", locale=t.formats))
        rows.append([Button(t.plain("appeals.withdraw"), AppealWithdrawTap(application=found.application_id))])
    elif found.status is AppealStatus.DISMISSED:
        text = t("appeals.dismissed", number=number)
    elif found.may and found.until is not None:
        day = format_date(found.until, "d MMMM", locale=t.formats)
        again = found.status is AppealStatus.WITHDRAWN
        text = t("appeals.again", day=day) if again else t("appeals.may", number=number, day=day)
    elif found.until is not None:
        text = t("appeals.over", day=format_date(found.until, "d MMMM", locale=t.formats))
    else:
        text = t("appeals.none")
    said = t("appeals.said", text=short(found.text, QUOTED)) if found.text and found.status in _SHOWN else ""
    answer = t("appeals.answer", text=short(found.answer, QUOTED * 2)) if found.answer else ""
    back = [Button(t.plain("applications.open"), OpenApplicationTap())]
    return Screen(paragraphs(text, said, answer), [*rows, back, menu_row(t)])


_SHOWN = (AppealStatus.WAITING, AppealStatus.DISMISSED)


def asking(t: Texts, found: AppealView, *, lead: object = "") -> Screen:
    """Asks why it should be looked at again."""
    back = [Button(t.plain("applications.back"), AppealTap(application=found.application_id))]
    return Screen(paragraphs(lead, t("appeals.ask", number=found.number or "")), [back, menu_row(t)])


def withdraw_sure(t: Texts, found: AppealView) -> Screen:
    """Asked once before an appeal is taken back."""
    tap = AppealWithdrawTap(application=found.application_id, sure=True)
    return Screen(
        t("appeals.withdraw_sure"),
        [
            [Button(t.plain("appeals.withdraw_no"), AppealTap(application=found.application_id), style="primary")],
            [Button(t.plain("appeals.withdraw_yes"), tap)],
            menu_row(t),
        ],
    )
