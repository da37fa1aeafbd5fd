"""A Redis for tests over TCP, from a package: the same commands and scripts, no service to install, may go away."""

import threading
from types import TracebackType
from typing import Self

from fakeredis import TcpFakeServer


class RedisServer:
    """Listens on a free port of this machine; `stop` and `start` are an outage in which nothing stored is lost."""

    def __init__(self) -> None:
        self._server: TcpFakeServer | None = None
        self._address = ("127.0.0.1", 0)
        self.start()
        self._kept = self._running.fake_server

    @property
    def url(self) -> str:
        """As REDIS_URL."""
        return f"redis://127.0.0.1:{self._address[1]}/0"

    @property
    def _running(self) -> TcpFakeServer:
        assert self._server is not None, "stopped"
        return self._server

    def start(self) -> None:
        """Listens, where it listened before."""
        again = self._address[1] != 0
        self._server = TcpFakeServer(self._address)
        if again:
            self._server.fake_server = self._kept
        self._address = ("127.0.0.1", self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Ends every connection and refuses new ones."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def keys(self) -> list[str]:
        """The names of everything that is stored, locks left out."""
        from redis import Redis

        with Redis.from_url(self.url) as client:
            return sorted(key.decode() for key in client.scan_iter() if not key.endswith(b":lock"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
