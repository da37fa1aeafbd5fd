"""Server-sent events for the open chat pages."""

import asyncio
import json

from aiohttp import web

from bot.sandbox.refusals import Json
from bot.sandbox.render import chat_view, message_view
from bot.sandbox.state import World

_QUEUED = 2_000
_KEEP_ALIVE = 15.0


def _content(content: Json) -> Json:
    result = {key: value for key, value in content.items() if key not in ("chat", "message", "bot")}
    chat = content.get("chat")
    if chat is not None:
        result["chat"] = chat_view(chat, messages=False)
        result["person"] = chat.person.id
    if "message" in content:
        result["message"] = message_view(content["message"])
    return result


async def stream(request: web.BaseRequest, world: World, stopping: asyncio.Event) -> web.StreamResponse:
    """Tell one page of everything that happens until it goes away or the server stops."""
    queue: asyncio.Queue[str] = asyncio.Queue(_QUEUED)

    def listen(kind: str, content: Json) -> None:
        if queue.full():
            # A page that can't keep up reads everything anew instead.
            while not queue.empty():
                queue.get_nowait()
            kind, content = "reload", {}
        queue.put_nowait(f"event: {kind}\ndata: {json.dumps(_content(content))}\n\n")

    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    await response.write(b"retry: 1000\nevent: hello\ndata: {}\n\n")
    world.listeners.append(listen)
    stopped = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            item = asyncio.create_task(queue.get())
            await asyncio.wait((item, stopped), timeout=_KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
            if item.done():
                await response.write(item.result().encode())
            else:
                item.cancel()
                await response.write(b": still here\n\n")
    except (ConnectionError, OSError):
        pass
    finally:
        stopped.cancel()
        world.listeners.remove(listen)
    return response
