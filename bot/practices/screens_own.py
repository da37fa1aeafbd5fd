"""What the bot says of one's own practices and of those that one is to look at: pure, texts and data -> screen."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.practices.callbacks import (
    OpenPracticesTap,
    PracticeCardTap,
    PracticeDraftTap,
    PracticeFilesTap,
    PracticePartTap,
    PracticeResumeTap,
    PracticeSendTap,
    PracticeServesTap,
    PracticesOwnTap,
    PracticeStillTap,
    PracticeTasksTap,
    PracticeTaskTap,
    PracticeUploadsTap,
    PracticeVerdictTap,
    PracticeWithdrawTap,
)
from bot.practices.screens import LINE, NAME, PAGE, applied, back, told
from bot.ui.screens import Button, Row, Screen, columns, menu_row, page_of, pager, paragraphs, pieces, short
from db.practices.experts import ExpertTask
from db.practices.models import Practice, PracticeExpert, PracticeStatus, PracticeVerdict
from db.practices.queries import PracticeCard, PracticeLine
from db.practices.rules import EDITABLE, FOUND, LIMITS, MOST_COMPONENTS, MOST_FILES, PracticePart, lacking
from locales import Texts

SAID = 150
STATUSES = {
    PracticeStatus.DRAFT: "practices.status.draft",
    PracticeStatus.SENT: "practices.status.sent",
    PracticeStatus.EXPERTISE: "practices.status.expertise",
    PracticeStatus.RETURNED: "practices.status.returned",
    PracticeStatus.PUBLISHED: "practices.status.published",
    PracticeStatus.SUNK: "practices.status.sunk",
    PracticeStatus.WITHDRAWN: "practices.status.withdrawn",
}
ASKED = {
    PracticePart.TITLE: "practices.ask.title",
    PracticePart.AUDIENCE: "practices.ask.audience",
    PracticePart.LESSON: "practices.ask.lesson",
    PracticePart.RESULT: "practices.ask.result",
    PracticePart.AUTHORS: "practices.ask.authors",
}
CALLED = {
    PracticePart.TITLE: "practices.part.title",
    PracticePart.AUDIENCE: "practices.part.audience",
    PracticePart.LESSON: "practices.part.lesson",
    PracticePart.RESULT: "practices.part.result",
    PracticePart.AUTHORS: "practices.part.authors",
}
SHOWN = {PracticePart.TITLE: 100, PracticePart.AUDIENCE: 80, PracticePart.LESSON: 130, PracticePart.RESULT: 80}


def own(t: Texts, rows: Sequence[PracticeLine], page: int, *, lead: object = "") -> Screen:
    """One's own practices with where each is."""
    shown, page, pages = page_of(rows, page, PAGE)
    lines = [
        t("practices.own.line", title=named(t, one.title, 60), status=t.plain(STATUSES[one.status])) for one in shown
    ]
    buttons: list[Row] = [[Button(named(t, one.title, 30), PracticeDraftTap(practice_id=one.id))] for one in shown]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: PracticesOwnTap(page=number)))
    body = Markup("\n").join(lines) if lines else t("practices.own.none")
    return Screen(paragraphs(lead, t("practices.own"), body), [*buttons, back(t)])


def named(t: Texts, title: str, limit: int) -> str:
    """The name of a practice, or that it has none yet."""
    return short(title, limit) if title else t.plain("practices.nameless")


def part(t: Texts, row: Practice, one: PracticePart, *, lead: object = "") -> Screen:
    """Asks for a part; what was told of it before stands there."""
    value = ", ".join(author.name for author in row.authors if author.name)
    before = value if one is PracticePart.AUTHORS else getattr(row, one.value)
    text = paragraphs(
        lead,
        t(ASKED[one], limit=LIMITS[one]),
        t("practices.before", text=short(before, 250)) if before else None,
    )
    return Screen(text, [[Button(t.plain("practices.draft.back"), PracticeDraftTap(practice_id=row.id)), *menu_row(t)]])


def draft(t: Texts, found: PracticeCard, names: Mapping[str, str], *, lead: object = "") -> Screen:
    """The check page: all that was told, each part to be told anew, and the way on."""
    row = found.row
    lines = [
        t("practices.draft.line", part=t.plain(CALLED[one]), text=short(getattr(row, one.value), limit))
        for one, limit in SHOWN.items()
        if getattr(row, one.value)
    ]
    missing = [t.plain(CALLED[one]).lower() for one in lacking(row)]
    if not row.components:
        missing.append(t.plain("practices.part.components").lower())
    serves = ", ".join(names[code] for code in row.component_codes if code in names)
    text = paragraphs(
        lead,
        t("practices.draft", status=t.plain(STATUSES[row.status])),
        remarks(t, row) if row.status is PracticeStatus.RETURNED else None,
        Markup("\n").join(lines),
        t("practices.draft.serves", names=short(serves, LINE)) if serves else None,
        t("practices.draft.missing", parts=", ".join(missing)) if missing else t("practices.draft.ready"),
    )
    return Screen(text, [*_parts(t, row), *([] if missing else [_send(t, row)]), _leave(t, row)])


def _parts(t: Texts, row: Practice) -> list[list[Button]]:
    parts = [Button(t.plain(CALLED[one]), PracticePartTap(practice_id=row.id, part=one)) for one in PracticePart]
    serves = Button(t.plain("practices.part.components"), PracticeServesTap(practice_id=row.id))
    files = t.plain("practices.part.files", count=len(row.files))
    return columns([*parts[:4], serves, parts[4], Button(files, PracticeUploadsTap(practice_id=row.id))], 2)


def _send(t: Texts, row: Practice) -> Row:
    return [Button(t.plain("practices.send"), PracticeSendTap(practice_id=row.id), style="primary")]


def _leave(t: Texts, row: Practice) -> Row:
    withdraw = Button(t.plain("practices.withdraw"), PracticeWithdrawTap(practice_id=row.id))
    return [withdraw, Button(t.plain("practices.own.back"), PracticesOwnTap()), *menu_row(t)]


def remarks(t: Texts, row: Practice) -> str:
    """What both experts and the methodist said."""
    said = [t("practices.remark", number=number, text=short(one.remark, SAID)) for number, one in _answered(row)]
    return paragraphs(*said, t("practices.said", text=short(row.said, SAID)) if row.said else None)


def _answered(row: Practice) -> list[tuple[int, PracticeExpert]]:
    return [(number, one) for number, one in enumerate(row.now_experts, 1) if one.remark]


def standing(t: Texts, found: PracticeCard, names: Mapping[str, str], zone: ZoneInfo, *, lead: object = "") -> Screen:
    """An own practice that is not being written now: where it is and what may be done."""
    row = found.row
    decided = row.status in FOUND
    text = paragraphs(
        lead,
        told(t, row, names),
        t("practices.standing", status=t.plain(STATUSES[row.status])),
        remarks(t, row) if decided else None,
        applied(t, found, zone) if decided else None,
    )
    rows: list[Row] = []
    if decided:
        rows.append([Button(t.plain("practices.as_seen"), PracticeCardTap(practice_id=row.id))])
    if row.status is PracticeStatus.SUNK:
        rows.append([Button(t.plain("practices.still.yes"), PracticeStillTap(practice_id=row.id, still=True))])
    if row.status is PracticeStatus.WITHDRAWN:
        rows.append([Button(t.plain("practices.resume"), PracticeResumeTap(practice_id=row.id))])
        return Screen(text, [*rows, [Button(t.plain("practices.own.back"), PracticesOwnTap()), *menu_row(t)]])
    return Screen(text, [*rows, _leave(t, row)])


def mine(t: Texts, found: PracticeCard, names: Mapping[str, str], zone: ZoneInfo, *, lead: object = "") -> Screen:
    """An own practice: the check page while it may be written, else where it is."""
    if found.row.status in EDITABLE:
        return draft(t, found, names, lead=lead)
    return standing(t, found, names, zone, lead=lead)


def serves(t: Texts, row: Practice, names: Mapping[str, str], *, lead: object = "") -> Screen:
    """For which components it is."""
    chosen = set(row.component_codes)
    rows: list[Row] = [
        [
            Button(
                short(t.plain("practices.chosen", name=name) if code in chosen else name),
                PracticeServesTap(practice_id=row.id, component=code),
            )
        ]
        for code, name in list(names.items())[:8]
    ]
    go_on = Button(t.plain("practices.go_on"), PracticeDraftTap(practice_id=row.id), style="primary")
    text = paragraphs(lead, t("practices.ask.components", most=MOST_COMPONENTS))
    return Screen(text, [*rows, [go_on] if chosen else [], menu_row(t)])


def uploads(t: Texts, row: Practice, *, lead: object = "") -> Screen:
    """The files of an own practice: another one may be sent, one may be taken out."""
    rows: list[Row] = [
        [
            Button(
                short(t.plain("practices.drop_file", name=one.scan.file_name)),
                PracticeUploadsTap(practice_id=row.id, file_id=one.id),
            )
        ]
        for one in row.files
    ]
    text = paragraphs(lead, t("practices.ask.files", most=MOST_FILES), t("practices.ask.files.clean"))
    done = Button(t.plain("practices.draft.back"), PracticeDraftTap(practice_id=row.id))
    return Screen(text, [*rows, [done, *menu_row(t)]])


def withdrawing(t: Texts, row: Practice) -> Screen:
    """Asks whether it is meant."""
    text = t("practices.withdraw.ask", title=named(t, row.title, NAME))
    yes = Button(t.plain("practices.withdraw.yes"), PracticeWithdrawTap(practice_id=row.id, sure=True))
    return Screen(
        text, [[yes, Button(t.plain("practices.withdraw.no"), PracticeDraftTap(practice_id=row.id))], back(t)]
    )


def tasks(t: Texts, rows: Sequence[ExpertTask], page: int, *, lead: object = "") -> Screen:
    """What one is to look at."""
    shown, page, pages = page_of(rows, page, PAGE)
    buttons: list[Row] = [[Button(short(one.practice.title), PracticeTaskTap(expert_id=one.id))] for one in shown]
    if pages > 1:
        buttons.append(pager(t, page, pages, lambda number: PracticeTasksTap(page=number)))
    body = t("practices.tasks.lead") if rows else t("practices.tasks.none")
    return Screen(paragraphs(lead, t("practices.tasks"), body), [*buttons, back(t)])


def task(t: Texts, one: ExpertTask, names: Mapping[str, str], page: int) -> Screen:
    """A practice to look at: what it is, then its words page by page."""
    row = one.practice
    whole = [
        paragraphs(told(t, row, names), t("practices.task.lead")),
        *(t("practices.task.lesson", text=piece) for piece in pieces(row.lesson)),
        *(t("practices.task.result", text=piece) for piece in pieces(row.result)),
    ]
    (text, *_), page, pages = page_of(whole, page, 1)
    rows: list[Row] = [pager(t, page, pages, lambda number: PracticeTaskTap(expert_id=one.id, page=number))]
    if one.verdict is None:
        rows.append(
            [
                Button(
                    t.plain(f"practices.verdict.{verdict.value}"),
                    PracticeVerdictTap(expert_id=one.id, verdict=verdict),
                )
                for verdict in PracticeVerdict
            ]
        )
    if row.files:
        files = t.plain("practices.files.count", count=len(row.files))
        rows.append([Button(files, PracticeFilesTap(practice_id=row.id))])
    return Screen(text, [*rows, [Button(t.plain("practices.tasks.back"), PracticeTasksTap()), *menu_row(t)]])


def remark(t: Texts, one: ExpertTask, verdict: PracticeVerdict, *, lead: object = "") -> Screen:
    """Asks for the remark beside a verdict."""
    text = paragraphs(
        lead,
        t("practices.ask.remark", title=short(one.practice.title, NAME)),
        t(f"practices.ask.remark.{verdict.value}"),
    )
    return Screen(text, [[Button(t.plain("practices.task.back"), PracticeTaskTap(expert_id=one.id)), *menu_row(t)]])


def thanked(t: Texts) -> Screen:
    """The expert's word is kept."""
    more = Button(t.plain("practices.tasks.back"), PracticeTasksTap())
    return Screen(
        t("practices.task.thanks"), [[more, Button(t.plain("practices.back"), OpenPracticesTap())], menu_row(t)]
    )
