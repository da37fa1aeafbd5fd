"""What a database can be asked for at all: anybody may send any number and any sign."""

LARGEST = 2**31 - 1
"""What a whole number of the database holds; nothing of ours has a larger one, or one below zero."""


def storable(value: object) -> bool:
    """Whether a database can be asked for this value."""
    if isinstance(value, str):
        return "\x00" not in value
    return not isinstance(value, int) or 0 <= value <= LARGEST


def whole(text: str) -> int | None:
    """The number that a text is, if a database can be asked for it."""
    value = int(text) if text.isdecimal() and len(text) <= len(str(LARGEST)) else -1
    return value if storable(value) else None
