"""A load for one bot: a Bot API server so light that the bot is what is measured, and taps from many people.

Each person has one tap in hand; the next one is sent when the last was answered and the message edited: at once, which
saturates the bot, or at RATE taps a second in all. With FLOOD one more person sends so many taps a second and waits for
nothing. With BOTS so many bots get the taps by webhook, in turn as from a balancer, once all have registered; 0 is one
bot that polls. Run on a core of its own: `python -m tests.benchmarks.load PORT PEOPLE SECONDS TAPS.json [RATE [FLOOD
[BOTS]]]`; says `listening` when bots may come, `counting` when the warm-up is over, and the result as a JSON line.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, web

OK = b'{"ok":true,"result":true}'
ME = json.dumps(
    {"ok": True, "result": {"id": 1000000, "is_bot": True, "first_name": "Opora", "username": "opora_bot"}}
).encode()
WARM_UP = 3.0


class Load:
    """Hands out taps and takes the bot's answers; times each tap from its delivery to the later of edit and answer."""

    def __init__(
        self, people: int, taps: Sequence[Sequence[str]], seconds: float, rate: float = 0.0, flood: float = 0.0
    ) -> None:
        self.rate, self.flood = rate, flood
        self.people = people
        self.taps = taps
        self.seconds = seconds
        self.ready: deque[int] = deque(range(people))
        self.due: deque[int] = deque() if rate else self.ready
        self.step = [0] * people
        self.sent: dict[int, tuple[int, float, int]] = {}
        self.update_id = int(time.time()) * 1000
        self.drops = 0
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
            self.start()
        if not self.due:
            self.wake.clear()
            await self.wake.wait()
        now = time.perf_counter()
        batch = [self._tap(self.due.popleft(), now) for _ in range(min(100, len(self.due)))]
        return web.Response(body=json.dumps({"ok": True, "result": batch}).encode(), content_type="application/json")

    def start(self) -> None:
        """The bots are there."""
        self.first = time.perf_counter()
        asyncio.get_running_loop().call_later(WARM_UP, self._begin)
        asyncio.get_running_loop().call_later(WARM_UP + self.seconds, self.done.set)
        self.pacers = [
            asyncio.create_task(self._pace(rate, take))
            for rate, take in ((self.rate, self._next), (self.flood, self._flooding))
            if rate
        ]

    async def _pace(self, rate: float, take: Callable[[], None]) -> None:
        begun, count = time.perf_counter(), 0
        while True:
            await asyncio.sleep(0.002)
            while count < (time.perf_counter() - begun) * rate:
                take()
                count += 1
            if self.due:
                self.wake.set()

    def _next(self) -> None:
        if self.ready:
            self.due.append(self.ready.popleft())

    def _flooding(self) -> None:
        self.due.append(self.people)

    def _begin(self) -> None:
        print("counting", flush=True)
        self.latencies.clear()
        self.counted_from = time.perf_counter()

    def _tap(self, index: int, now: float) -> dict[str, Any]:
        self.update_id += 1
        if index == self.people:  # the one who floods
            self.drops += 1
            data = self.taps[index][0]
        else:
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
            "id": f"{index}-{self.update_id}",
            "from": user,
            "message": message,
            "chat_instance": "1",
            "data": data,
        }
        return {"update_id": self.update_id, "callback_query": query}

    def _part(self, index: int) -> None:
        if index == self.people:
            return
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
            "p95_ms": at(0.95),
            "p99_ms": at(0.99),
        }


class Pushing(Load):
    """The same load by webhook: each tap goes to the next of the bots that registered."""

    def __init__(self, *plan: Any, bots: int) -> None:
        super().__init__(*plan)
        self.bots = bots
        self.targets: list[tuple[str, dict[str, str]]] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Notes who registers; everything else as in polling."""
        if not request.path.lower().endswith("/setwebhook"):
            return await super().handle(request)
        form = await request.post()
        self.targets.append((str(form["url"]), {"X-Telegram-Bot-Api-Secret-Token": str(form["secret_token"])}))
        if len(self.targets) == self.bots:
            self.start()
            self._keep(self._push_all())
        return web.Response(body=OK, content_type="application/json")

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _push_all(self) -> None:
        turns = itertools.cycle(self.targets)
        async with ClientSession() as http:
            while not self.done.is_set():
                while self.due:
                    self._keep(self._push(http, *next(turns), self._tap(self.due.popleft(), time.perf_counter())))
                self.wake.clear()
                await self.wake.wait()

    async def _push(self, http: ClientSession, url: str, headers: dict[str, str], update: dict[str, Any]) -> None:
        try:
            async with http.post(url, json=update, headers=headers) as answer:
                answer.raise_for_status()
        except ClientConnectionError:
            if not self.done.is_set():  # else the bots were ended
                raise


async def serve(
    port: int,
    people: int,
    seconds: float,
    taps: Sequence[Sequence[str]],
    rate: float = 0.0,
    flood: float = 0.0,
    bots: float = 0,
) -> dict[str, float]:
    """Listens until the time is over; gives up a minute after the bots should have come."""
    plan = (people, taps, seconds, rate, flood)
    load = Pushing(*plan, bots=int(bots)) if bots else Load(*plan)
    runner = web.ServerRunner(web.Server(load.handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("listening", flush=True)
    try:
        await asyncio.wait_for(load.done.wait(), seconds + 60)
        return load.result()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    import uvloop

    uvloop.install()
    number, count, length, file, *pace = sys.argv[1:]
    plan = json.loads(Path(file).read_text())
    print(json.dumps(asyncio.run(serve(int(number), int(count), float(length), plan, *map(float, pace)))))
