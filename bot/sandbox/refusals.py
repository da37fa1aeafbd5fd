"""What the stand-in says no with: Telegram's own codes and words."""

from typing import Any

Json = dict[str, Any]

MESSAGE_EMPTY = "message text is empty"
MESSAGE_TOO_LONG = "message is too long"
CAPTION_TOO_LONG = "message caption is too long"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
CHAT_NOT_FOUND = "chat not found"
EDIT_NOT_FOUND = "message to edit not found"
CANNOT_EDIT = "message can't be edited"
DELETE_NOT_FOUND = "message to delete not found"
CANNOT_DELETE = "message can't be deleted for everyone"
REPLY_NOT_FOUND = "message to be replied not found"
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NO_TEXT_TO_EDIT = "there is no text in the message to edit"
NO_CAPTION_TO_EDIT = "there is no caption in the message to edit"
WRONG_FILE_ID = "wrong file identifier/HTTP URL specified"
FILE_TOO_BIG = "file is too big"
IMAGE_FAILED = "IMAGE_PROCESS_FAILED"
BUTTON_DATA_INVALID = "BUTTON_DATA_INVALID"
POLL_REPLACED = "terminated by other getUpdates request; make sure that only one bot instance is running"
POLL_WEBHOOK = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
POLL_SET_WEBHOOK = "terminated by setWebhook request"


class RefusedError(Exception):
    """The Bot API call is refused: HTTP status, description, optional `parameters`."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> Json:
        """The body of the answer, as Telegram shapes it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(words: str) -> RefusedError:
    """400 with Telegram's prefix."""
    return RefusedError(400, f"Bad Request: {words}")


def forbidden(words: str) -> RefusedError:
    """403 with Telegram's prefix."""
    return RefusedError(403, f"Forbidden: {words}")


def conflict(words: str) -> RefusedError:
    """409 with Telegram's prefix."""
    return RefusedError(409, f"Conflict: {words}")


def too_many_requests(seconds: int) -> RefusedError:
    """429 with `retry_after`."""
    return RefusedError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
