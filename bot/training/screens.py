"""What the bot says of one's own training elsewhere: pure, texts and data -> screen."""

from collections.abc import Sequence

from markupsafe import Markup

from bot.training.callbacks import (
    OpenTrainingTap,
    TrainingAddTap,
    TrainingCardTap,
    TrainingDropTap,
    TrainingHoursTap,
    TrainingPart,
    TrainingPartTap,
    TrainingProjectTap,
    TrainingSendTap,
)
from bot.ui.moments import long_date
from bot.ui.screens import Button, Row, Screen, menu_row, page_of, pager, paragraphs, short
from bot.uploads.callbacks import RecordLinkTap
from db.training.models import TrainingRecord, TrainingStatus
from db.training.rules import EDITABLE, missing
from locales import Texts

PAGE, TITLE, WORDS = 6, 60, 120
HOURS = (16, 18, 24, 36, 72, 108)
ASKED = {
    TrainingPart.TITLE: "training.ask.title",
    TrainingPart.ORGANISATION: "training.ask.organisation",
    TrainingPart.HOURS: "training.ask.hours",
    TrainingPart.DAY: "training.ask.day",
    TrainingPart.PROJECT: "training.ask.project",
    TrainingPart.DOCUMENT: "training.ask.document",
    TrainingPart.FILE: "training.ask.file",
}
PARTS = {
    TrainingPart.TITLE: "training.part.title",
    TrainingPart.ORGANISATION: "training.part.organisation",
    TrainingPart.HOURS: "training.part.hours",
    TrainingPart.DAY: "training.part.day",
    TrainingPart.PROJECT: "training.part.project",
    TrainingPart.DOCUMENT: "training.part.document",
    TrainingPart.FILE: "training.part.file",
}
STATUSES = {
    TrainingStatus.DRAFT: "training.status.draft",
    TrainingStatus.SENT: "training.status.sent",
    TrainingStatus.CONFIRMED: "training.status.confirmed",
    TrainingStatus.RETURNED: "training.status.returned",
}


def home(t: Texts, rows: Sequence[TrainingRecord], page: int, *, lead: Markup | None = None) -> Screen:
    """One's own records, and a way to add one."""
    shown, page, pages = page_of(rows, page, PAGE)
    buttons: list[Row] = [
        [Button(short(t.plain("training.line", title=_name(t, one))), TrainingCardTap(record_id=one.id))]
        for one in shown
    ]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: OpenTrainingTap(page=number)))
    draft = any(one.status is TrainingStatus.DRAFT for one in rows)
    add = Button(t.plain("training.go_on" if draft else "training.add"), TrainingAddTap(), style="primary")
    hours = sum(one.hours or 0 for one in rows if one.status is TrainingStatus.CONFIRMED)
    text = paragraphs(
        lead,
        t("training.title"),
        t("training.confirmed_hours", hours) if hours else None,
        None if rows else t("training.empty"),
    )
    return Screen(text, [*buttons, [add], menu_row(t)])


def ask(
    t: Texts, record: TrainingRecord, part: TrainingPart, *, lead: Markup | None = None, by_link: bool = False
) -> Screen:
    """Asks for one part; `lead` says what was wrong with what was sent; `by_link`: it may come by the panel too."""
    rows: list[Row] = []
    if part is TrainingPart.FILE and by_link:
        rows.append([Button(t.plain("uploads.ask"), RecordLinkTap(record_id=record.id))])
    if part is TrainingPart.HOURS:
        buttons = [Button(str(one), TrainingHoursTap(record_id=record.id, hours=one)) for one in HOURS]
        rows += [buttons[:3], buttons[3:]]
    if part is TrainingPart.PROJECT:
        rows.append(
            [
                Button(
                    t.plain("training.yes" if value else "training.no"),
                    TrainingProjectTap(record_id=record.id, of_project=value),
                )
                for value in (True, False)
            ]
        )
    rows.append([Button(t.plain("training.later"), OpenTrainingTap()), *menu_row(t)])
    return Screen(paragraphs(lead, t(ASKED[part])), rows)


def card(t: Texts, record: TrainingRecord, *, lead: Markup | None = None) -> Screen:
    """One record: its parts, each to be changed while it is the teacher's own."""
    said = [
        t("training.said.title", text=short(record.title, WORDS)) if record.title else None,
        t("training.said.organisation", text=short(record.organisation, WORDS)) if record.organisation else None,
        t("training.said.hours", record.hours) if record.hours else None,
        t("training.said.day", day=long_date(t, record.issued_on)) if record.issued_on else None,
        t("training.said.document", text=short(record.document, TITLE)) if record.document else None,
        t("training.said.project" if record.of_project else "training.said.not_project")
        if record.of_project is not None
        else None,
        t("training.said.file", name=short(record.scan.file_name, TITLE)) if record.scan else None,
    ]
    remark = t("training.remark", text=short(record.remark, WORDS)) if record.remark else None
    text = paragraphs(
        lead,
        t("training.card", status=t.plain(STATUSES[record.status])),
        remark,
        Markup("\n").join(one for one in said if one),
        t("training.check") if record.status in EDITABLE else None,
    )
    rows: list[Row] = []
    if record.status in EDITABLE:
        if missing(record) is None:
            rows.append([Button(t.plain("training.send"), TrainingSendTap(record_id=record.id), style="primary")])
        parts = [Button(t.plain(key), TrainingPartTap(record_id=record.id, part=part)) for part, key in PARTS.items()]
        rows += [parts[:2], parts[2:5], parts[5:]]
        rows.append([Button(t.plain("training.drop"), TrainingDropTap(record_id=record.id))])
    rows.append([Button(t.plain("training.back"), OpenTrainingTap()), *menu_row(t)])
    return Screen(text, rows)


def dropping(t: Texts, record: TrainingRecord) -> Screen:
    """Whether it is meant."""
    return Screen(
        t("training.drop.ask", title=short(_name(t, record), WORDS)),
        [
            [Button(t.plain("training.drop.yes"), TrainingDropTap(record_id=record.id, sure=True), style="danger")],
            [Button(t.plain("training.drop.no"), TrainingCardTap(record_id=record.id))],
            menu_row(t),
        ],
    )


def _name(t: Texts, record: TrainingRecord) -> str:
    return record.title or t.plain("training.nameless")
