"""Photos, documents and albums from the bot, and files for it to fetch."""

from typing import Any

from bot.sandbox.api.outgoing import call_caption, caption_of, markup_of, post, reply_target
from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call, Upload
from bot.sandbox.files import StoredFile
from bot.sandbox.refusals import WRONG_FILE_ID, Json, bad_request

_ATTACH = "attach://"


@method("sendPhoto")
async def send_photo(call: Call) -> Json:
    """A picture."""
    return _send(call, "photo")


@method("sendDocument")
async def send_document(call: Call) -> Json:
    """Any file."""
    return _send(call, "document")


@method("sendMediaGroup")
async def send_media_group(call: Call) -> list[Json]:
    """An album of 2–10 photos or documents."""
    chat = call.chat()
    items = call.struct("media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad_request("media group must include 2-10 items")
    kinds = {item.get("type") for item in items}
    if not kinds <= {"photo", "video", "document"} or ("document" in kinds and len(kinds) > 1):
        raise bad_request("document can't be mixed with other media types")
    contents = [media_content(call, item) for item in items]
    extra = reply_target(call, chat)
    extra["media_group_id"] = str(call.bot.next_message_id + 13_000_000_000)
    return [post(call, chat, content, None, extra) for content in contents]


@method("getFile")
async def get_file(call: Call) -> Json:
    """Where to fetch a file from."""
    return call.bot.world.files.describe(call.text("file_id"))


def media_content(call: Call, item: Json) -> Json:
    """The content for one InputMedia object. :raises RefusedError: for a bad file or caption."""
    kind = item.get("type")
    if kind not in ("photo", "document"):
        raise bad_request(f"type {kind} of the media is unknown to the sandbox")
    content = file_content(call, kind, item.get("media"))
    return content | caption_of(item.get("caption"), item.get("parse_mode"), item.get("caption_entities"))


def file_content(call: Call, kind: str, value: Any) -> Json:
    """A photo or document by upload, `attach://` or file id. :raises RefusedError: otherwise."""
    store = call.bot.world.files
    file = _uploaded(call, kind, value)
    if file is None:
        identifier = str(value or "")
        if identifier.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        if not identifier:
            raise bad_request(f"there is no {kind} in the request")
        file = store.get(identifier)
        if file.photo != (kind == "photo"):
            of = "Photo" if file.photo else "Document"
            raise bad_request(f"can't use file of type {of} as {kind.capitalize()}")
    return {"photo": store.photo_sizes(file)} if kind == "photo" else {"document": file.as_document()}


def _uploaded(call: Call, kind: str, value: Any) -> StoredFile | None:
    upload: Upload | None = call.uploads.get(kind) if value is None else None
    if isinstance(value, str) and value.startswith(_ATTACH):
        upload = call.uploads.get(value.removeprefix(_ATTACH))
        if upload is None:
            raise bad_request(WRONG_FILE_ID)
    if upload is None:
        return None
    if not upload.data:
        raise bad_request("file must be non-empty")
    store = call.bot.world.files
    mime = "image/jpeg" if kind == "photo" else upload.mime
    return store.add(upload.name, upload.data, mime, photo=kind == "photo")


def _send(call: Call, kind: str) -> Json:
    chat = call.chat()
    content = file_content(call, kind, call.fields.get(kind)) | call_caption(call)
    return post(call, chat, content, markup_of(call), reply_target(call, chat))
