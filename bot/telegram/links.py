"""Telegram's own addresses: the only place that knows how they look."""

from urllib.parse import quote

PAYLOAD = "{payload}"


def start_pattern(username: str) -> str:
    """The address that opens the bot with a payload; `{payload}` stands for it. The panel makes its links from this."""
    return f"https://t.me/{username}?start={PAYLOAD}"


def start_link(username: str | None, payload: str) -> str:
    """The address that opens the bot with this payload."""
    return start_pattern(username or "").replace(PAYLOAD, payload)


def share_link(link: str, text: str) -> str:
    """The address by which a person sends a link with a word to somebody in a chat."""
    return f"https://t.me/share/url?url={quote(link)}&text={quote(text)}"
