"""What the bot says of difficulties that were seen: pure, texts and data -> screen."""

from markupsafe import Markup

from bot.diary.callbacks import DiaryLineTap
from bot.expertise.callbacks import DifficultiesTap, DifficultyPeopleTap, DifficultyTap
from bot.ui.screens import Button, Row, Screen, columns, menu_row, paragraphs, short
from db.expertise.difficulties import Noted
from locales import Texts

NUMBERS = (1, 2, 3, 4, 5, 6, 8, 10)


def home(t: Texts, view: Noted, *, lead: object = "") -> Screen:
    """The components, and what is noted of each; who learns of it stands here."""
    told = [
        t("difficulty.line", name=name, n=view.people[code]) for code, name in view.names.items() if code in view.people
    ]
    rows: list[Row] = [
        [Button(_name(t, name, view.people.get(code)), DifficultyTap(diary_id=view.line.id, component=code))]
        for code, name in view.names.items()
    ]
    text = paragraphs(lead, t("difficulty.title"), Markup("\n").join(told))
    return Screen(text, [*rows, [_back(t, view)], menu_row(t)])


def people(t: Texts, view: Noted, component: str, *, lead: object = "") -> Screen:
    """How many of a component."""
    buttons = [
        Button(str(number), DifficultyPeopleTap(diary_id=view.line.id, component=component, people=number))
        for number in NUMBERS
    ]
    rows: list[Row] = [*columns(buttons, 4)]
    if component in view.people:
        none = DifficultyPeopleTap(diary_id=view.line.id, component=component, people=0)
        rows.append([Button(t.plain("difficulty.none"), none)])
    back = Button(t.plain("diary.later"), DifficultiesTap(diary_id=view.line.id))
    return Screen(
        paragraphs(lead, t("difficulty.people", name=view.names.get(component, component))),
        [*rows, [back, *menu_row(t)]],
    )


def _back(t: Texts, view: Noted) -> Button:
    return Button(t.plain("difficulty.back"), DiaryLineTap(diary_id=view.line.id))


def _name(t: Texts, name: str, number: int | None) -> str:
    return short(t.plain("difficulty.button", name=short(name, 24), n=number) if number else name)
