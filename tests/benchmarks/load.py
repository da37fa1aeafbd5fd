"""A load for one bot: a Bot API server so light that the bot is what is measured, and taps from many people.

Each person has one tap in hand; the next one is sent when the last was answered and the message edited. Run on a
core of its own: `python -m tests.benchmarks.load PORT PEOPLE SECONDS TAPS.json`; prints a JSON line with the result.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

OK = b'{"ok":true,"result":true}'
ME = json.dumps(
    {"ok": True, "result": {"id": 1000000, "is_bot": True, "first_name": "Opora", "username": "opora_bot"}}
).encode()
WARM_UP = 3.0


class Load:
    """Hands out taps and takes the bot's answers; times each tap from its delivery to the later of edit and answer."""

    def __init__(self, people: int, taps: Sequence[Sequence[str]], seconds: float) -> None:
        self.people = people
        self.taps = taps
        self.seconds = seconds
        self.ready: deque[int] = deque(range(people))
        self.step = [0] * people
        self.sent: dict[int, tuple[int, float, int]] = {}
        self.update_id = int(time.time()) * 1000
        self.latencies: list[float] = []
        self.all = 0
        self.first = 0.0
        self.counted_from = 0.0
        self.wake = asyncio.Event()
        self.done = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Any method: only updates, edits and answers matter."""
        method = request.path.rsplit("/", 1)[-1].lower()
        if method == "getupdates":
            return await self._updates()
        if method not in ("editmessagetext", "answercallbackquery", "getme"):
            return web.Response(body=OK, content_type="application/json")
        form = await request.json() if request.content_type == "application/json" else await request.post()
        if method == "editmessagetext":
            self._part(int(str(form["chat_id"])) - 1)
        elif method == "answercallbackquery":
            self._part(int(str(form["callback_query_id"]).split("-")[0]))
        elif method == "getme":
            return web.Response(body=ME, content_type="application/json")
        return web.Response(body=OK, content_type="application/json")

    async def _updates(self) -> web.Response:
        if not self.first:
            self.first = time.perf_counter()
            asyncio.get_running_loop().call_later(WARM_UP, self._begin)
            asyncio.get_running_loop().call_later(WARM_UP + self.seconds, self.done.set)
        if not self.ready:
            self.wake.clear()
            await self.wake.wait()
        now = time.perf_counter()
        batch = [self._tap(self.ready.popleft(), now) for _ in range(min(100, len(self.ready)))]
        return web.Response(body=json.dumps({"ok": True, "result": batch}).encode(), content_type="application/json")

    def _begin(self) -> None:
        self.latencies.clear()
        self.counted_from = time.perf_counter()

    def _tap(self, index: int, now: float) -> dict[str, Any]:
        self.update_id += 1
        self.sent[index] = (self.step[index], now, 2)
        data = self.taps[index][self.step[index] % len(self.taps[index])]
        user = {"id": index + 1, "is_bot": False, "first_name": "P", "language_code": "ru"}
        chat = {"id": index + 1, "type": "private", "first_name": "P"}
        message = {
            "message_id": 10,
            "date": 1,
            "chat": chat,
            "text": "q",
            "from": {**user, "id": 1000000, "is_bot": True},
        }
        query = {
            "id": f"{index}-{self.step[index]}",
            "from": user,
            "message": message,
            "chat_instance": "1",
            "data": data,
        }
        return {"update_id": self.update_id, "callback_query": query}

    def _part(self, index: int) -> None:
        step, sent_at, missing = self.sent.get(index, (0, 0.0, 0))
        if missing != 1:
            self.sent[index] = (step, sent_at, missing - 1)
            return
        self.latencies.append(time.perf_counter() - sent_at)
        self.step[index] += 1
        self.all += 1
        self.ready.append(index)
        self.wake.set()

    def result(self) -> dict[str, float]:
        """Taps a second and latencies in milliseconds, warm-up left out."""
        times = sorted(self.latencies)
        count = len(times)
        elapsed = time.perf_counter() - self.counted_from
        at = lambda share: round(times[min(count - 1, int(count * share))] * 1000, 2) if count else 0.0  # noqa: E731
        return {
            "taps": count,
            "all": self.all,
            "per_second": round(count / elapsed, 1),
            "p50_ms": at(0.5),
            "p99_ms": at(0.99),
        }


async def serve(port: int, people: int, seconds: float, taps: Sequence[Sequence[str]]) -> dict[str, float]:
    """Listens until the time is over; gives up a minute after the bot should have come."""
    load = Load(people, taps, seconds)
    runner = web.ServerRunner(web.Server(load.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        await asyncio.wait_for(load.done.wait(), seconds + 60)
        return load.result()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    import uvloop

    uvloop.install()
    number, count, length, file = sys.argv[1:5]
    print(json.dumps(asyncio.run(serve(int(number), int(count), float(length), json.loads(Path(file).read_text())))))
