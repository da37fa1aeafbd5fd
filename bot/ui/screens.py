"""What every screen is made of: a text and buttons, as plain data. Sending is `bot.ui.visit`'s business."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup

from locales import Texts

PAGE = 8
PIECE = 560
"""Letters of a long text on one screen, beside what stands around it."""
NO_PREVIEW = {"is_disabled": True}
MESSAGE, CAPTION = 4096, 1024  # what the messenger takes, as `length` counts
BELOW = "!"
"""What a button's data begins with where the message that has it must stay as it is."""
Item = TypeVar("Item")
_TAG = re.compile(r"<[^>]*>")
_PIECE = re.compile(r"<(?P<ends>/?)(?P<tag>[\w-]+)[^>]*>|&\w+;|&#\w+;|[\s\S]")


class MenuTap(CallbackData, prefix="menu"):
    """«В меню», from anywhere."""


class NothingTap(CallbackData, prefix="nop"):
    """A button that only shows something («2 из 7»)."""


@dataclass(frozen=True, slots=True)
class Button:
    """Holds one button: a verb or a name, ≤ 30 characters.

    Exactly one of `tap`, `url` is set. A tap on one that is `below` leaves its message as it is: what it leads to is a
    message of its own.
    """

    text: str
    tap: CallbackData | None = None
    url: str | None = None
    style: str | None = None
    below: bool = False

    def to_payload(self) -> dict[str, str]:
        """As Telegram takes it."""
        data = (BELOW if self.below else "") + self.tap.pack() if self.tap else None
        parts = {"callback_data": data, "url": self.url, "style": self.style}
        return {"text": self.text, **{name: value for name, value in parts.items() if value is not None}}


Row = Sequence[Button]


@dataclass(frozen=True, slots=True)
class Screen:
    """A text (safe HTML, made by `Texts`) and rows of buttons."""

    text: str
    rows: Sequence[Row] = field(default_factory=tuple)

    def to_payload(self) -> dict[str, Any]:
        """The parameters of a message with this text and keyboard, as they go over the wire."""
        text = within(str(self.text), MESSAGE)
        message: dict[str, Any] = {"text": text, "parse_mode": "HTML", "link_preview_options": NO_PREVIEW}
        if self.rows:
            message["reply_markup"] = {
                "inline_keyboard": [[button.to_payload() for button in row] for row in self.rows if row]
            }
        return message

    def markup(self) -> InlineKeyboardMarkup | None:
        """The keyboard for a call that goes through aiogram's models, or none."""
        return InlineKeyboardMarkup.model_validate(self.to_payload()["reply_markup"]) if self.rows else None


def as_receipt(screen: Screen) -> Screen:
    """The screen as a message that is never overwritten: its way to the menu leads to a new message."""
    return replace(
        screen,
        rows=[
            [replace(button, below=True) if isinstance(button.tap, MenuTap) else button for button in row]
            for row in screen.rows
        ],
    )


def captioned(screen: Screen) -> Screen:
    """The screen as it goes under a picture or a file."""
    return replace(screen, text=within(screen.text, CAPTION))


def menu_row(t: Texts) -> list[Button]:
    """The way out that every screen has."""
    return [Button(t.plain("menu.back"), MenuTap())]


def page_of(items: Sequence[Item], page: int, size: int = PAGE) -> tuple[Sequence[Item], int, int]:
    """The items of a page (from 0), the page corrected to what exists, and how many pages there are."""
    count = max(1, -(-len(items) // size))
    page = min(max(page, 0), count - 1)
    return items[page * size : (page + 1) * size], page, count


def pager(t: Texts, page: int, pages: int, to: Callable[[int], CallbackData]) -> Row:
    """The row that turns pages (from 0), round and round."""
    return [
        Button("‹", to((page - 1) % pages)),
        Button(t.plain("events.page", page=page + 1, pages=pages), NothingTap()),
        Button("›", to((page + 1) % pages)),
    ]


def short(text: str, limit: int = 30) -> str:
    """A name cut to fit a button."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def pieces(text: str, size: int = PIECE) -> list[str]:
    """A long text in pieces that fit a screen, parted between words."""
    found, left = list[str](), text.strip()
    while len(left) > size:
        cut = max(left.rfind(sign, size // 2, size) for sign in ("\n", ". ", " "))
        cut = cut + 1 if cut > 0 else size
        found.append(left[:cut].strip())
        left = left[cut:].strip()
    return [*found, left]


def plain(text: str) -> str:
    """Returns what is read of a text in safe HTML."""
    return unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """How long the messenger finds a text: without its tags, in units of UTF-16."""
    return utf16(plain(text))


def utf16(text: str) -> int:
    """How many units of UTF-16 a text has: what lies beyond the first plane, such as an emoji, is two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def within(text: str, most: int) -> str:
    """A text (safe HTML) that is not refused for its length: its end is cut off, its tags are closed.

    The last resort, for what nobody thought of: what must be said to the end is `fitted`.
    """
    if 2 * len(text) <= most or length(text) <= most:
        return text
    kept: list[str] = []
    opened: list[str] = []
    left = most - 1
    for piece in _PIECE.finditer(text):
        if piece["tag"] is None:
            left -= utf16(unescape(piece[0]))
            if left < 0:
                break
        elif piece["ends"]:
            opened.pop()
        else:
            opened.append(piece["tag"])
        kept.append(piece[0])
    return "".join([*kept, "…", *(f"</{tag}>" for tag in reversed(opened))])


def fitted(say: Callable[..., str], most: int, **parts: str) -> str:
    """What `say` makes of the parts, in the messenger's length: the longest part is cut as far as it takes."""
    while (over := length(said := say(**parts)) - most) > 0:
        name = max(parts, key=lambda one: len(parts[one]))
        if len(parts[name]) <= 1:
            break
        parts[name] = short(parts[name], max(1, len(parts[name]) - over))
    return said


def paragraphs(*parts: object) -> str:
    """Texts joined by empty lines; empty ones are left out."""
    return "\n\n".join(str(part) for part in parts if part)


def columns(buttons: Iterable[Button], width: int) -> list[list[Button]]:
    """Buttons in rows of a width."""
    row: list[Button] = []
    rows: list[list[Button]] = []
    for button in buttons:
        row.append(button)
        if len(row) == width:
            rows.append(row)
            row = []
    return [*rows, row] if row else rows
