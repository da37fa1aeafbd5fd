"""Screens around an application: the invitation, where it stands, the check before sending, withdrawing."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup

from bot.applications import screens_parts, screens_steps
from bot.applications.callbacks import (
    AnswersTap,
    CategoriesTap,
    CheckApplicationTap,
    CriterionTap,
    DirectionsTap,
    OpenApplicationTap,
    OverviewTap,
    SendTap,
    StartTap,
    WithdrawTap,
)
from bot.documents.callbacks import OfficialDocumentTap
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs, short
from bot.uploads.callbacks import CarryTap
from db.applications.models import ApplicationStatus, Verdict
from db.applications.queries import ApplicationHome, CampaignCard, Dossier
from db.applications.rules import Lack, appeal_until
from locales import Texts
from locales.decisions import decided_text

CHECKED = 44
NAMED = 28
WITHDRAWABLE = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED})
REMARKS_SHOWN = 90


def home(t: Texts, found: ApplicationHome, zone: ZoneInfo, *, files: int = 0) -> Screen:
    """What /apply opens: the invitation, or where it stands; `files` of the last selection may come along."""
    dossier = found.dossier
    if dossier is None:
        return invitation(t, found.campaign, zone)
    if dossier.status is ApplicationStatus.DRAFT:
        return draft(t, dossier, zone, files=files)
    return standing(t, dossier, zone)


def invitation(t: Texts, campaign: CampaignCard | None, zone: ZoneInfo) -> Screen:
    """The campaign with its order and dates; or that there is none now."""
    if campaign is None:
        return Screen(t("applications.none"), [menu_row(t)])
    order = t(
        "applications.order", number=campaign.order_number, date=_day(t, campaign.order_date), by=campaign.issued_by
    )
    if not campaign.open:
        opens = t("applications.opens", date=_day(t, campaign.opens_at.astimezone(zone)))
        return Screen(
            paragraphs(t("applications.title", name=campaign.title), order, opens), [*_cited(t, campaign), menu_row(t)]
        )
    text = paragraphs(
        t("applications.title", name=campaign.title),
        Markup("{}").format(campaign.about) if campaign.about else "",
        order,
        t("applications.until", date=_last_day(t, campaign, zone)),
        t("applications.invitation"),
    )
    start = Button(t.plain("applications.start"), StartTap(campaign=campaign.id), style="primary")
    return Screen(text, [[start], *_cited(t, campaign), menu_row(t)])


def _cited(t: Texts, campaign: CampaignCard) -> list[Row]:
    """The way to the order itself, where it stands among the documents."""
    if campaign.document_id is None:
        return []
    return [[Button(t.plain("applications.cited"), OfficialDocumentTap(document_id=campaign.document_id))]]


def draft(t: Texts, dossier: Dossier, zone: ZoneInfo, *, files: int = 0) -> Screen:
    """An application that was begun: how far it is and how long there is time; after that it is only to be read."""
    title = t("applications.title", name=dossier.campaign.title)
    if dossier.campaign.open:
        until = t("applications.until", date=_last_day(t, dossier.campaign, zone))
        carry = t("uploads.carry.offer", files) if files else ""
        begun = t("applications.prefilled") if any(row.asked_before for row in dossier.criteria) else ""
        text = paragraphs(title, begun or t("applications.begun"), carry, screens_parts.meter(t, dossier), until)
        first = Button(t.plain("applications.go_on"), _go_on(dossier), style="primary")
    else:
        text = paragraphs(title, t("applications.over"))
        first = Button(t.plain("applications.see_answers"), AnswersTap(application=dossier.id))
    along = [Button(t.plain("uploads.carry"), CarryTap(application=dossier.id))] if files else []
    return Screen(
        text,
        [
            [first],
            along,
            [Button(t.plain("applications.withdraw"), WithdrawTap(application=dossier.id))],
            menu_row(t),
        ],
    )


def standing(t: Texts, dossier: Dossier, zone: ZoneInfo) -> Screen:
    """Where an application stands that is not the author's to change, with the decision's words where there is one."""
    if dossier.status is ApplicationStatus.WITHDRAWN:
        return withdrawn(t, dossier)
    rows: list[Row] = [[Button(t.plain("applications.see_answers"), AnswersTap(application=dossier.id))]]
    decision = dossier.decision
    text: str
    if dossier.status is ApplicationStatus.SUBMITTED or decision is None:
        text = t(
            "applications.waiting",
            number=dossier.number or "",
            date=_day(t, (dossier.submitted_at or dossier.campaign.opens_at).astimezone(zone)),
            direction=dossier.direction.name if dossier.direction else "",
        )
    elif dossier.status is ApplicationStatus.RETURNED:
        text = _returned(t, dossier)
        mend = Button(t.plain("applications.mend"), OverviewTap(application=dossier.id), style="primary")
        rows = [[mend], *rows]
    else:
        refused = decision.verdict is Verdict.REJECT
        until = appeal_until(decision.decided_at, dossier.campaign.appeal_days, zone) if refused else None
        step = decision.step if refused else None
        text = decided_text(
            t,
            {
                "verdict": decision.verdict.value,
                "number": dossier.number,
                "campaign": dossier.campaign.title,
                "direction": dossier.direction.name if dossier.direction else "",
                "reasons": decision.gentle,
                "remarks": [],
                "comment": decision.comment or "",
                "step": step,
                "appeal_until": until.isoformat() if until else None,
            },
        )
        rows = [*screens_steps.after_refusal(t, dossier.id, step, appeal=until is not None), *rows]
    if dossier.status in WITHDRAWABLE:
        rows.append([Button(t.plain("applications.withdraw"), WithdrawTap(application=dossier.id))])
    return Screen(text, [*rows, menu_row(t)])


def withdrawn(t: Texts, dossier: Dossier) -> Screen:
    """Taken back by its author; may be begun again while the campaign is open."""
    rows: list[Row] = [menu_row(t)]
    if dossier.campaign.open:
        again = Button(t.plain("applications.again"), StartTap(campaign=dossier.campaign.id))
        return Screen(t("applications.withdrawn_open"), [[again], *rows])
    return Screen(t("applications.withdrawn"), rows)


def check(t: Texts, dossier: Dossier) -> Screen:
    """Check-your-answers: every part with its answer, each one tap from being changed."""
    returned = dossier.status is ApplicationStatus.RETURNED
    if not (returned or dossier.campaign.open):
        return answers(t, dossier)
    ready = dossier.ready
    text = paragraphs(
        t("applications.check"),
        answers_text(t, dossier),
        "" if returned and ready.complete == len(dossier.criteria) else screens_parts.meter(t, dossier),
        "" if ready.sendable else t("applications.not_sendable"),
    )
    numbers = [
        Button(str(row.number), CriterionTap(application=dossier.id, number=row.number))
        for row in dossier.criteria
        if row.open
    ]
    rows: list[Row] = []
    if ready.sendable:
        label = "applications.send_again" if returned else "applications.send"
        rows.append([Button(t.plain(label), SendTap(application=dossier.id), style="success")])
    rows.append(numbers)
    if dossier.direction_open:
        rows.append([Button(t.plain("applications.change_direction"), DirectionsTap(application=dossier.id))])
    rows.append([Button(t.plain("applications.all"), OverviewTap(application=dossier.id)), *menu_row(t)])
    return Screen(text, rows)


def warnings(t: Texts, dossier: Dossier) -> Screen:
    """What the commission might refuse for, said before sending; sending as it is stays possible."""
    listed = [t("applications.warning", text=risk.warning) for risk in dossier.ready.warnings]
    numbers = sorted({number for risk in dossier.ready.warnings for number in risk.criteria})
    opened = {row.number: row.short for row in dossier.criteria if row.open}
    rows: list[Row] = [
        [
            Button(
                short(t.plain("applications.numbered", number=number, name=opened[number])),
                CriterionTap(application=dossier.id, number=number),
            )
        ]
        for number in numbers
        if number in opened
    ]
    rows.append([Button(t.plain("applications.send_anyway"), SendTap(application=dossier.id, sure=True))])
    rows.append([Button(t.plain("applications.back"), CheckApplicationTap(application=dossier.id)), *menu_row(t)])
    return Screen(paragraphs(t("applications.warnings"), *listed), rows)


def answers(t: Texts, dossier: Dossier) -> Screen:
    """What was sent, or can't be sent any more, to read."""
    over = dossier.status is ApplicationStatus.DRAFT and not dossier.campaign.open
    head = t("applications.over") if over else t("applications.answers", number=dossier.number or "")
    return Screen(
        paragraphs(head, answers_text(t, dossier)),
        [[Button(t.plain("applications.back"), OpenApplicationTap())], menu_row(t)],
    )


def answers_text(t: Texts, dossier: Dossier) -> Markup:
    """Direction, category and the answers, a line each."""
    direction = dossier.direction.short if dossier.direction else t.plain("applications.not_chosen")
    category = dossier.category.short if dossier.category else t.plain("applications.not_chosen")
    lines = [t("applications.choices", direction=direction, category=category)]
    for row in dossier.criteria:
        answer = short(" ".join(screens_parts.answer_text(t, row).split()), CHECKED) or t.plain(
            "applications.lack.answer"
        )
        count = t.plain("applications.documents_count", n=len(row.documents)) if row.documents else ""
        if Lack.DOCUMENT in row.missing:
            count = f" — {t.plain('applications.lack.document')}"
        if Lack.LONG in row.missing:
            count = f" — {t.plain('applications.lack.long')}"
        lines.append(
            t("applications.checked", number=row.number, name=short(row.short, NAMED), answer=answer, documents=count)
        )
    return Markup("\n").join(lines)


def sent(t: Texts, dossier: Dossier, zone: ZoneInfo) -> Screen:
    """The receipt of a sending: a message of its own."""
    text = t(
        "applications.sent",
        number=dossier.number or "",
        date=_day(t, (dossier.submitted_at or dossier.campaign.opens_at).astimezone(zone)),
    )
    return Screen(text, [[Button(t.plain("applications.open"), OpenApplicationTap(), below=True)]])


def withdraw_sure(t: Texts, dossier: Dossier) -> Screen:
    """Asked once before an application is taken back."""
    return Screen(
        t("applications.withdraw_sure"),
        [
            [Button(t.plain("applications.withdraw_no"), OpenApplicationTap(), style="primary")],
            [Button(t.plain("applications.withdraw_yes"), WithdrawTap(application=dossier.id, sure=True))],
            menu_row(t),
        ],
    )


def _returned(t: Texts, dossier: Dossier) -> str:
    remarks = []
    if dossier.direction_remark:
        cut = short(dossier.direction_remark, REMARKS_SHOWN)
        remarks.append(t("applications.notice.remark_direction", text=cut))
    for row in dossier.criteria:
        if row.remark:
            cut = short(row.remark, REMARKS_SHOWN)
            remarks.append(t("applications.notice.remark", number=row.number, part=row.short, text=cut))
    comment = dossier.decision.comment if dossier.decision else None
    return paragraphs(
        t(
            "applications.returned" if screens_parts.some_closed(dossier) else "applications.returned_all",
            number=dossier.number or "",
        ),
        *remarks,
        t("applications.notice.comment", text=short(comment, 160)) if comment else "",
    )


def _go_on(dossier: Dossier) -> DirectionsTap | CategoriesTap | OverviewTap:
    if dossier.direction is None:
        return DirectionsTap(application=dossier.id)
    if dossier.category is None:
        return CategoriesTap(application=dossier.id)
    return OverviewTap(application=dossier.id)


def _last_day(t: Texts, campaign: CampaignCard, zone: ZoneInfo) -> str:
    """The closing moment is the midnight after the last day."""
    return _day(t, (campaign.closes_at - timedelta(seconds=1)).astimezone(zone))


def _day(t: Texts, day: date) -> str:
    text: str = format_date(day, "d MMMM y", locale=t.formats)  # "long" ends with a dot in Russian
    return text
