"""The profile: one question a screen, then «check, is everything right»."""

import sys
from collections.abc import Sequence

from markupsafe import Markup

from bot.people.callbacks import (
    CheckProfileTap,
    CorrectedTap,
    FieldTap,
    LeaveTap,
    NotListedTap,
    OwnOrganisationTap,
    PickTap,
    SaveTap,
    SkipBirthTap,
)
from bot.ui.screens import Button, NothingTap, Row, Screen, columns, menu_row, page_of, paragraphs, short
from db.people import rules
from db.people.queries import Form, Profile
from db.people.rules import Option
from locales import Texts

LETTERED = ("municipality", "subject")
LETTERS_IN_ROW = 6
LABEL = 30
LISTED = 50
SHOWN = 90


def step(t: Texts, form: Form, *, page: int = 0, letter: int = 0, lead: object = "", corrected: str = "") -> Screen:
    """The question for the form's field; the check page when no field is left. `corrected` is offered first."""
    if form.field is None:
        return check(t, form.profile, lead=lead)
    field = form.field
    text = paragraphs(
        lead or _noted(t, form),
        _where(t, form.profile, field),
        _question(t, form),
    )
    listed, rows = _choices(t, form, page, letter)
    if corrected:
        rows.insert(0, [Button(short(corrected, LABEL), CorrectedTap(field=field), style="primary")])
    return Screen(paragraphs(text, listed), [*rows, _ways_out(t, form, letter)])


def check(t: Texts, profile: Profile, lead: object = "") -> Screen:
    """«Check, please»: every field, each with its button; saving is the last tap."""
    lines = "\n".join(
        t("people.line", name=t(f"people.field.{field}"), value=short(value_of(t, profile, field), SHOWN))
        for field in profile.asked
    )
    text = paragraphs(lead, t("people.check_saved" if profile.saved_at else "people.check"), lines)
    edits = columns(
        (Button(t.plain(f"people.edit.{field}"), FieldTap(field=field)) for field in profile.asked), width=2
    )
    if profile.saved_at:
        return Screen(text, [*edits, menu_row(t)])
    return Screen(
        text,
        [
            [Button(t.plain("people.save"), SaveTap(), style="success")],
            *edits,
            [Button(t.plain("people.leave"), LeaveTap())],
        ],
    )


def ask_birth(t: Texts, lead: object = "") -> Screen:
    """The one question by which a record of the same name is told; nothing of the record is shown."""
    text = paragraphs(lead, t("people.ask_birth"))
    return Screen(text, [[Button(t.plain("people.skip_birth"), SkipBirthTap())]])


def value_of(t: Texts, profile: Profile, field: str) -> str:
    """A field's value in words."""
    value = getattr(profile, field)
    if value is None:
        return t.plain("people.empty")
    if field == "experience":
        about = value in {rules.range_years(lower, upper) for lower, upper in rules.EXPERIENCE}
        key = "people.years_about" if about else "people.years"
        return t.plain(key, n=value) if value else t.plain("people.first_year")
    return str(value)


def _where(t: Texts, profile: Profile, field: str) -> Markup:
    """Which step this is; one field that is corrected alone is no step of anything."""
    name = t(f"people.field.{field}")
    if profile.gap is None:
        return t("people.step_alone", name=name)
    return t("people.step", number=profile.asked.index(field) + 1, count=len(profile.asked), name=name)


def _noted(t: Texts, form: Form) -> str:
    if form.saved is None:
        return ""
    noted = t("people.noted", value=value_of(t, form.profile, form.saved))
    return noted if form.left is None else paragraphs(noted, t("people.left_behind", name=short(form.left, SHOWN)))


def _question(t: Texts, form: Form) -> str:
    unlisted = form.field == "organisation" and not form.options
    if form.matches is None:
        return t("people.ask.unlisted" if unlisted else f"people.ask.{form.field}")
    if unlisted:
        key = "people.unlisted"
    elif form.field == "organisation":
        key = "people.alike_organisation" if form.matches else "people.new_organisation"
    else:
        key = "people.alike" if form.matches else "people.nothing_alike"
    return t(key, typed=short(form.typed or "", 80))


def _choices(t: Texts, form: Form, page: int, letter: int) -> tuple[str, list[Row]]:
    field = form.field or ""
    if field == "experience":
        return "", list(columns((_years(t, lower, upper) for lower, upper in rules.EXPERIENCE), width=2))
    if form.matches is not None:
        listed, rows = _options(t, field, form.matches)
        if field == "organisation":
            rows.append([Button(t.plain("people.as_typed"), OwnOrganisationTap())])
            back = "people.from_list" if form.options else "people.write_anew"
            rows.append([Button(t.plain(back), FieldTap(field=field))])
        elif not form.matches:
            rows += _keyboard(form)
        return listed, rows
    if field in LETTERED and not letter:
        listed, rows = _options(t, field, form.suggested)
        return listed, [*rows, *_keyboard(form)]
    known = 0 < letter <= sys.maxunicode  # a forged button may hold any number
    options = rules.beginning_with(chr(letter), form.options) if known else form.options
    shown, page, count = page_of(options, page)
    listed, rows = _options(t, field, shown)
    if count > 1:
        rows.append(_pager(t, field, page, count, letter))
    if field == "organisation" and shown:
        rows.append([Button(t.plain("people.not_listed"), NotListedTap())])
    return listed, rows


def _options(t: Texts, field: str, options: Sequence[Option]) -> tuple[str, list[Row]]:
    """Buttons of options; names that no button can hold stand in the text, numbered."""
    buttons = [Button(option.label, PickTap(field=field, value=option.id)) for option in options]
    if all(len(button.text) <= LABEL for button in buttons):
        return "", list(columns(buttons, width=2 if all(len(button.text) <= 15 for button in buttons) else 1))
    names = "\n".join(
        t("people.numbered", number=number, name=short(one.name, LISTED)) for number, one in enumerate(options, 1)
    )
    numbered = [Button(short(f"{number}. {one.text}", LABEL), one.tap) for number, one in enumerate(buttons, 1)]
    return names, [[button] for button in numbered]


def _keyboard(form: Form) -> list[Row]:
    field = form.field or ""
    return list(
        columns(
            (Button(one, FieldTap(field=field, letter=ord(one))) for one in rules.letters(form.options)),
            width=LETTERS_IN_ROW,
        )
    )


def _pager(t: Texts, field: str, page: int, count: int, letter: int) -> Row:
    def turn(to: int, text: str) -> Button:
        return Button(text, FieldTap(field=field, page=to % count, letter=letter))

    middle = Button(t.plain("people.page", page=page + 1, pages=count), NothingTap())
    return [turn(page - 1, "‹"), middle, turn(page + 1, "›")]


def _years(t: Texts, lower: int, upper: int | None) -> Button:
    if upper is None:
        text = t.plain("people.years_over", years=lower - 1)
    elif upper == 0:
        text = t.plain("people.first_year")
    else:
        text = t.plain("people.years_range", n=upper, lower=lower)
    return Button(text, PickTap(field="experience", value=rules.range_years(lower, upper)))


def _ways_out(t: Texts, form: Form, letter: int) -> Row:
    field = form.field or ""
    leave = Button(t.plain("people.leave"), LeaveTap())
    back = t.plain("people.back")
    if letter:
        return [Button(back, FieldTap(field=field)), leave]
    if form.profile.gap is None:
        return [Button(back, CheckProfileTap())]
    asked = form.profile.asked
    before = asked.index(field) - 1
    return [Button(back, FieldTap(field=asked[before])), leave] if before >= 0 else [leave]
