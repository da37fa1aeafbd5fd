"""`python -m admin`: the panel under a production WSGI server, until SIGTERM or Ctrl-C."""

import gc

gc.disable()  # as in the bot: what is imported lives for good, and looking through it is a sixth of the start

import signal
import sys
import threading
import time
from typing import Any

import structlog
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server

from admin.app import create_app
from admin.scans import LARGEST as LARGEST_SCAN
from admin.settings import AdminSettings
from db import leftovers
from db.clock import Clock
from db.database import Database
from db.demo import fill
from db.errors import SettingsError, StorageError
from db.logs import configure_logging
from db.packs import load_pack
from db.packs.marks import check_region
from db.settings import keep_private

gc.freeze()
gc.enable()
log = structlog.get_logger(__name__)

LARGEST = 3 * LARGEST_SCAN  # bytes of anybody's request; what is over a form's own limit is told in words up to here
THREADS = 8
WRITERS = 4  # threads that may wait for the database's lock; the others go on showing pages
CONNECTIONS = 800  # at once, most of them idle between two pages; fewer than the files that a process may open
SILENT_SECONDS = 20  # then a connection that says nothing is closed
GRACE_SECONDS = 8
POLL_SECONDS = 0.3


def run(settings: AdminSettings) -> None:
    """Serves until a signal; then takes nothing new and finishes what is in hand."""
    database = Database.connect(settings.database_url, at_once=WRITERS)
    database.write(fill.claim, sandbox=settings.sandbox)
    database.read(check_region, pack=load_pack(settings.region_pack))
    app = create_app(settings, database, Clock())
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            listen=settings.admin_listen,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            max_request_body_size=LARGEST,  # what is longer is refused before it fills the disk
            channel_timeout=SILENT_SECONDS,
            cleanup_interval=SILENT_SECONDS // 4,
            url_scheme="https" if settings.secure else "http",
            ident=None,
            clear_untrusted_proxy_headers=False,  # `client_address` judges for itself whom it believes
        )
    except OSError as error:
        raise SettingsError(f"ADMIN_LISTEN: cannot listen at {settings.admin_listen} ({error.strerror})") from None
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(f"opora: panel: {settings.public_url}", file=sys.stderr, flush=True)
    log.info("panel_started", sandbox=settings.sandbox)
    _serve(sockets, stop)
    server.task_dispatcher.shutdown(timeout=1)
    wasyncore.close_all(sockets)
    database.close()
    log.info("panel_stopped")


def _serve(sockets: dict[int, Any], stop: threading.Event) -> None:
    """Waitress's own loop drops half-sent answers when it is told to stop; this one sends them first."""
    while not stop.is_set():
        wasyncore.loop(timeout=POLL_SECONDS, use_poll=True, map=sockets, count=1)
    for listening in [item for item in sockets.values() if isinstance(item, BaseWSGIServer)]:
        wasyncore.dispatcher.close(listening)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(
        channel.requests or channel.total_outbufs_len
        for channel in sockets.values()
        if isinstance(channel, HTTPChannel)
    ):
        wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)


def main() -> int:
    """Reads the settings and runs. Exit code 1 with one line for a wrong setting."""
    keep_private()
    try:
        settings = AdminSettings.load()
        configure_logging(settings.log_level, settings.log_format)
        for line in leftovers.go_on(settings.database_url, settings.data_dir):
            print(f"opora: {line}", file=sys.stderr)
        run(settings)
    except SettingsError as error:
        print(f"opora: {error}", file=sys.stderr)
        return 1
    except StorageError as error:
        print(f"opora: DATABASE_URL: {getattr(error.__cause__, 'orig', error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
