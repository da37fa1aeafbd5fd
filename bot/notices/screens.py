"""What is said about notices themselves."""

from bot.notices.callbacks import RemindersTap
from bot.ui.screens import Button, MenuTap, Screen, menu_row
from locales import Texts


def fewer(t: Texts) -> Screen:
    """Offers to turn unasked reminders off."""
    return Screen(
        t("notices.fewer.ask"),
        [
            [Button(t.plain("notices.fewer.off"), RemindersTap(on=False))],
            [Button(t.plain("notices.fewer.keep"), MenuTap())],
        ],
    )


def reminders(t: Texts, *, on: bool, a_week: int) -> Screen:
    """How it stands now; at most so many unasked messages come in a week."""
    if on:
        return Screen(t("notices.on", most=a_week), [menu_row(t)])
    return Screen(t("notices.off"), [[Button(t.plain("notices.turn_on"), RemindersTap(on=True))], menu_row(t)])
