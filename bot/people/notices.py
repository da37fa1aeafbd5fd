"""What the bot says unasked about people, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.screens import Screen, menu_row
from locales import Texts


def role_given(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A methodist has given the person a role."""
    return Screen(t(f"people.notice.role_given.{params['role']}"), [menu_row(t)])


def claim_accepted(t: Texts, _params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """A methodist has confirmed that a record of a list is of this person."""
    return Screen(t("people.notice.claim_accepted"), [menu_row(t)])


def merged(t: Texts, _params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """Two records of the person are one now."""
    return Screen(t("people.notice.merged"), [menu_row(t)])


def parted(t: Texts, _params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """Two records that were made one by mistake are two again."""
    return Screen(t("people.notice.parted"), [menu_row(t)])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {
    "people.role_given": role_given,
    "people.claim_accepted": claim_accepted,
    "people.merged": merged,
    "people.parted": parted,
}
