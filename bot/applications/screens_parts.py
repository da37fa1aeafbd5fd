"""Screens on which an application is filled in: direction, category, the six criteria, documents."""

from collections.abc import Sequence

from babel.numbers import format_decimal
from markupsafe import Markup

from bot.applications.callbacks import (
    CategoriesTap,
    CategoryTap,
    CheckApplicationTap,
    ChoiceTap,
    CriterionTap,
    DirectionsTap,
    DirectionTap,
    DocumentsTap,
    JoinTap,
    OpenApplicationTap,
    OverviewTap,
    PlaceTap,
    RemoveTap,
    SwapTap,
)
from bot.people.callbacks import HelpTap
from bot.ui.screens import Button, MenuTap, NothingTap, Row, Screen, columns, menu_row, page_of, paragraphs, short
from bot.uploads.callbacks import UploadLinkTap
from db.applications.models import AnswerKind, ApplicationStatus, FilesRule
from db.applications.queries import Choice, CriterionRow, DocumentRow, Dossier
from db.applications.rules import ANSWER_LIMIT, Lack
from locales import Texts

DIRECTIONS = 5
QUOTED = 140
KILOBYTE = 1024


def directions(t: Texts, dossier: Dossier, options: Sequence[Choice], page: int, lead: Markup | None = None) -> Screen:
    """A page of directions: whole names in the text, short ones on the buttons; `options` may be what was found."""
    shown, page, pages = page_of(options, page, DIRECTIONS)
    listed = Markup("\n").join(t("applications.numbered", number=item.code, name=item.name) for item in shown)
    text = paragraphs(
        t("applications.direction"),
        lead or (t("applications.direction_now", name=dossier.direction.short) if dossier.direction else ""),
        Markup("<blockquote expandable>{}</blockquote>").format(listed),
    )
    rows: list[Row] = [
        [
            Button(
                short(t.plain("applications.numbered", number=item.code, name=item.short)),
                DirectionTap(application=dossier.id, term=item.id),
            )
        ]
        for item in shown
    ]
    if pages > 1:
        rows.append(
            [
                Button("‹", DirectionsTap(application=dossier.id, page=(page - 1) % pages)),
                Button(t.plain("applications.page", page=page + 1, pages=pages), NothingTap()),
                Button("›", DirectionsTap(application=dossier.id, page=(page + 1) % pages)),
            ]
        )
    return Screen(text, [*rows, _back(t, dossier), menu_row(t)])


def categories(t: Texts, dossier: Dossier, options: Sequence[Choice], page: int, lead: Markup | None = None) -> Screen:
    """Whom the teacher would accompany; `options` may be what was found."""
    shown, page, pages = page_of(options, page)
    text = paragraphs(
        t("applications.category"),
        lead or (t("applications.category_now", name=dossier.category.name) if dossier.category else ""),
    )
    buttons = [Button(short(item.short), CategoryTap(application=dossier.id, term=item.id)) for item in shown]
    rows: list[Row] = [*columns(buttons, 1)]
    if pages > 1:
        rows.append(
            [
                Button("‹", CategoriesTap(application=dossier.id, page=(page - 1) % pages)),
                Button(t.plain("applications.page", page=page + 1, pages=pages), NothingTap()),
                Button("›", CategoriesTap(application=dossier.id, page=(page + 1) % pages)),
            ]
        )
    back = [Button(t.plain("applications.to_direction"), DirectionsTap(application=dossier.id))]
    return Screen(text, [*rows, back, menu_row(t)])


def overview(t: Texts, dossier: Dossier) -> Screen:
    """All criteria with their state in words, and the readiness meter."""
    returned = dossier.status is ApplicationStatus.RETURNED
    lines = Markup("\n").join(
        t("applications.line", number=row.number, name=row.short, state=state(t, row, returned=returned))
        for row in dossier.criteria
    )
    text = paragraphs(
        t("applications.mending" if some_closed(dossier) else "applications.mending_all")
        if returned
        else t("applications.overview", n=len(dossier.criteria)),
        _choices(t, dossier),
        lines,
        # «All is ready» beside a remark would invite to send the same again.
        "" if returned and dossier.ready.complete == len(dossier.criteria) else meter(t, dossier),
    )
    rows: list[Row] = [
        [
            Button(
                short(t.plain("applications.numbered", number=row.number, name=row.short)),
                CriterionTap(application=dossier.id, number=row.number),
            )
        ]
        for row in dossier.criteria
        if row.open
    ]
    if dossier.direction_open:
        rows.append(
            [
                Button(t.plain("applications.to_direction"), DirectionsTap(application=dossier.id)),
                Button(t.plain("applications.to_category"), CategoriesTap(application=dossier.id)),
            ]
        )
    rows.append(
        [Button(t.plain("applications.check_button"), CheckApplicationTap(application=dossier.id), style="primary")]
    )
    rows.append([Button(t.plain("applications.more"), OpenApplicationTap()), *menu_row(t)] if returned else menu_row(t))
    return Screen(text, rows)


def some_closed(dossier: Dossier) -> bool:
    """Whether some part was accepted and is closed: a return by a comment alone opens all of them."""
    return not dossier.direction_open or not all(row.open for row in dossier.criteria)


def meter(t: Texts, dossier: Dossier) -> Markup:
    """How many criteria lack nothing, as a bar and in words."""
    done, total = dossier.ready.complete, len(dossier.criteria)
    return t("applications.meter", bar="▰" * done + "▱" * (total - done), done=done, total=total)


def state(t: Texts, row: CriterionRow, *, returned: bool = False) -> str:
    """A criterion's state in words: colour or a sign alone never carry it."""
    if returned and not row.open:
        return t.plain("applications.state.accepted")
    if returned and row.remark and not row.missing:
        return t.plain("applications.state.remarked")
    if not row.missing:
        return t.plain("applications.state.ready")
    return ", ".join(t.plain(f"applications.lack.{lack.value}") for lack in row.missing)


def places(
    t: Texts, dossier: Dossier, rows: Sequence[CriterionRow], *, files: int, words: str, lead: Markup | None = None
) -> Screen:
    """Asks to which criterion goes what came unasked: files, or words."""
    said = t("applications.place.words", text=short(words, QUOTED)) if words else ""
    asked = paragraphs(said, t("applications.place.files", files) if files else "")
    buttons = [
        [
            Button(
                short(t.plain("applications.numbered", number=row.number, name=row.short)),
                PlaceTap(application=dossier.id, number=row.number),
            )
        ]
        for row in rows
    ]
    human = [] if files else [[Button(t.plain("menu.to_human"), HelpTap())]]
    return Screen(
        paragraphs(lead, asked), [*buttons, *human, [Button(t.plain("applications.place.nowhere"), MenuTap())]]
    )


def criterion(
    t: Texts, dossier: Dossier, number: int, problems: Sequence[Markup] = (), *, by_link: bool = False
) -> Screen:
    """One criterion: what is asked, what was given, what is missing; the ways on.

    `problems` of what was just sent; `by_link`: files may come through the panel too.
    """
    row = dossier.criterion(number)
    text = paragraphs(
        t("applications.criterion", number=number, total=len(dossier.criteria), name=row.short),
        t("applications.remark", text=row.remark) if row.remark else "",
        t("applications.asked_before", text=short(row.asked_before, QUOTED))
        if row.asked_before and dossier.status is ApplicationStatus.DRAFT
        else "",
        Markup("{}\n<i>{}</i>").format(row.question, row.hint) if not given(row) else Markup("{}").format(row.question),
        _given(t, row),
        *problems,
        _advice(t, row) if row.files is not FilesRule.NONE and not row.documents else "",
    )
    link: list[Row] = []
    if by_link and row.open and row.files is not FilesRule.NONE:
        link = [[Button(t.plain("uploads.ask"), UploadLinkTap(application=dossier.id, number=number))]]
    return Screen(text, [*_choice_rows(t, dossier, row), *_text_rows(t, dossier, row), *link, *_ways(t, dossier, row)])


def given(row: CriterionRow) -> bool:
    """Whether anything was given to the criterion."""
    return bool(row.text or row.choice or row.documents)


def documents(t: Texts, dossier: Dossier, number: int, page: int) -> Screen:
    """The documents of a criterion, each to be taken away by a tap."""
    row = dossier.criterion(number)
    shown, page, pages = page_of(row.documents, page)
    first = page * 8
    lines = Markup("\n").join(
        t("applications.document", number=first + place, name=short(item.file_name, 40), size=size(t, item.size))
        for place, item in enumerate(shown, 1)
    )
    text = paragraphs(
        t("applications.documents", number=number, name=row.short), lines or t("applications.documents_none")
    )
    buttons = [
        Button(
            short(t.plain("applications.remove", number=first + place, name=item.file_name)),
            RemoveTap(application=dossier.id, number=number, document=item.id),
        )
        for place, item in enumerate(shown, 1)
    ]
    rows: list[Row] = [[button] for button in buttons] if row.open else []
    if pages > 1:
        rows.append(
            [
                Button(
                    t.plain("applications.page", page=page + 1, pages=pages),
                    DocumentsTap(application=dossier.id, number=number, page=(page + 1) % pages),
                )
            ]
        )
    back = [Button(t.plain("applications.to_criterion"), CriterionTap(application=dossier.id, number=number))]
    return Screen(text, [*rows, back, menu_row(t)])


def documents_summary(t: Texts, items: Sequence[DocumentRow]) -> str:
    """«2 файла, 3,4 МБ»."""
    return t.plain("applications.files", n=len(items), size=size(t, sum(item.size for item in items)))


def size(t: Texts, value: int) -> str:
    """A size in bytes as people read it."""
    kilobytes = value / KILOBYTE
    if kilobytes < KILOBYTE:
        return t.plain("applications.kilobytes", size=max(1, round(kilobytes)))
    return t.plain("applications.megabytes", size=format_decimal(kilobytes / KILOBYTE, "0.#", locale=t.formats))


def answer_text(t: Texts, row: CriterionRow) -> str:
    """The answer in one piece of text."""
    if row.kind is AnswerKind.TEXT:
        return row.text
    if row.kind is AnswerKind.YES_NO:
        return t.plain(f"applications.choice.{row.choice}") if row.choice else ""
    return row.choice_name or ""


def _choices(t: Texts, dossier: Dossier) -> Markup:
    direction = (
        t.plain("applications.numbered", number=dossier.direction.code, name=dossier.direction.short)
        if dossier.direction
        else t.plain("applications.not_chosen")
    )
    category = dossier.category.name if dossier.category else t.plain("applications.not_chosen")
    return t("applications.choices", direction=direction, category=category)


def _given(t: Texts, row: CriterionRow) -> Markup:
    parts = []
    answer = answer_text(t, row)
    if answer:
        parts.append(t("applications.answer", text=short(" ".join(answer.split()), QUOTED)))
    if Lack.LONG in row.missing:
        parts.append(t("applications.long", len(row.text), limit=ANSWER_LIMIT))
    if row.documents:
        parts.append(t("applications.attached", summary=documents_summary(t, row.documents)))
    others = [lack for lack in row.missing if lack is not Lack.LONG]
    if others and parts:
        lacks = ", ".join(t.plain(f"applications.lack.{lack.value}") for lack in others)
        parts.append(t("applications.still", lacks=lacks))
    return Markup("\n").join(parts)


def _advice(t: Texts, row: CriterionRow) -> Markup:
    if row.kind is not AnswerKind.TEXT:
        return t("applications.advice_files")
    return t("applications.advice_required" if row.files is FilesRule.REQUIRED else "applications.advice")


def _choice_rows(t: Texts, dossier: Dossier, row: CriterionRow) -> list[Row]:
    if not row.open:
        return []
    if row.kind is AnswerKind.YES_NO:
        return [
            [
                Button(
                    t.plain(f"applications.choice.{choice}"),
                    ChoiceTap(application=dossier.id, number=row.number, choice=choice),
                )
                for choice in ("yes", "no")
            ]
        ]
    if row.kind is AnswerKind.CATEGORY:
        buttons = [
            Button(
                short(("✓ " if item.code == row.choice else "") + item.short),
                ChoiceTap(application=dossier.id, number=row.number, choice=item.code),
            )
            for item in row.options
        ]
        return [*columns(buttons, 2)]
    return []


def _text_rows(t: Texts, dossier: Dossier, row: CriterionRow) -> list[Row]:
    rows: list[Row] = []
    if row.open and row.previous_text:
        rows.append(
            [
                Button(t.plain("applications.join"), JoinTap(application=dossier.id, number=row.number)),
                Button(t.plain("applications.swap"), SwapTap(application=dossier.id, number=row.number)),
            ]
        )
    if row.documents:
        rows.append(
            [
                Button(
                    t.plain("applications.documents_button", n=len(row.documents)),
                    DocumentsTap(application=dossier.id, number=row.number),
                )
            ]
        )
    return rows


def _ways(t: Texts, dossier: Dossier, row: CriterionRow) -> list[Row]:
    """Back to the previous open part, on to the next one; after the last comes the check."""
    opened = [item.number for item in dossier.criteria if item.open]
    before = [number for number in opened if number < row.number]
    after = [number for number in opened if number > row.number]
    back = CriterionTap(application=dossier.id, number=before[-1]) if before else OverviewTap(application=dossier.id)
    on = CriterionTap(application=dossier.id, number=after[0]) if after else CheckApplicationTap(application=dossier.id)
    check = Button(t.plain("applications.to_check"), CheckApplicationTap(application=dossier.id))
    # Whoever came back to mend one part need not walk through the others to send.
    corrected: list[Row] = [[check]] if after and dossier.ready.sendable and not row.missing else []
    return [
        [
            Button(t.plain("applications.back"), back),
            Button(
                t.plain("applications.next" if after else "applications.to_check"),
                on,
                style="primary" if not row.missing else None,
            ),
        ],
        *corrected,
        [Button(t.plain("applications.all"), OverviewTap(application=dossier.id)), *menu_row(t)],
    ]


def _back(t: Texts, dossier: Dossier) -> Row:
    if dossier.direction and dossier.category:
        return [Button(t.plain("applications.all"), OverviewTap(application=dossier.id))]
    return [Button(t.plain("applications.back"), OpenApplicationTap())]
