"""What a use case may refuse, in a form that bot and panel turn into kind words."""

from typing import Any


class DomainError(Exception):
    """A rule of the domain says no.

    `code` names a text `errors.<code>` in the catalogues; `params` fill it. Never put personal data in `code`.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotFoundError(DomainError):
    """There is no such thing, or it is not this person's to see: the answer is the same on purpose."""

    def __init__(self, code: str = "not_found", **params: Any) -> None:
        super().__init__(code, **params)


class ForbiddenError(DomainError):
    """The person may see this but not do that."""

    def __init__(self, code: str = "forbidden", **params: Any) -> None:
        super().__init__(code, **params)


class ConflictError(DomainError):
    """Somebody was quicker, or the state has moved on; nothing was changed."""

    def __init__(self, code: str = "conflict", **params: Any) -> None:
        super().__init__(code, **params)


class StaleError(DomainError):
    """What the button stands under is no longer so; nothing was changed, and a fresh screen is shown."""

    def __init__(self, code: str = "stale_button", **params: Any) -> None:
        super().__init__(code, **params)


class StorageError(DomainError):
    """The database could not take the change (a full disk, a lock that lasted); nothing was changed."""

    def __init__(self, code: str = "storage", **params: Any) -> None:
        super().__init__(code, **params)


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and says what is expected."""
