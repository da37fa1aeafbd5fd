"""The panel's process beside callers that say nothing, a database that is locked, a file that is gone."""

import http.client
import os
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from db.clock import Clock
from db.database import Database
from db.engine import BUSY_SECONDS
from db.scope import StaffRole
from tests.support.panel import PASSWORD, add_staff

SILENT = 150


def health(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=60) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.usefixtures("running")
def test_callers_that_send_half_a_request_shut_nobody_out(port: int) -> None:
    with ExitStack() as silent:
        for _ in range(SILENT):
            caller = silent.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=60)))
            caller.sendall(b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert health(port) == 200


@pytest.mark.usefixtures("running")
def test_pages_open_while_many_wait_for_a_lock(sqlite_url: str, port: int) -> None:
    """Ten sign-ins (each writes into the journal) while something holds the write lock took all threads."""
    path = sqlite_url.removeprefix("sqlite:///")
    door = Database.connect(sqlite_url)
    door.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=Clock().now())
    door.close()
    statuses: list[int] = []

    def sign_in() -> None:
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        caller.request("GET", "/login")
        answer = caller.getresponse()
        cookie, page = answer.headers["Set-Cookie"].split(";")[0], answer.read().decode()
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        ready.wait()
        caller.request(
            "POST", "/login", f"login=admin&password={PASSWORD.replace(' ', '+')}&csrf_token={token}", headers
        )
        statuses.append(caller.getresponse().status)
        caller.close()

    ready = threading.Barrier(13)
    callers = [threading.Thread(target=sign_in) for _ in range(12)]
    for caller in callers:
        caller.start()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        ready.wait()
        begun = time.monotonic()
        while not statuses:  # until one is refused, for the others wait before it
            assert health(port) == 200
        assert time.monotonic() - begun < BUSY_SECONDS, "every thread waited for the lock until it gave up"
        holder.execute("ROLLBACK")
    for caller in callers:
        caller.join()
    assert set(statuses) == {302, 503}


@pytest.mark.usefixtures("running")
def test_a_database_file_that_was_moved_away_is_no_health(sqlite_url: str, port: int) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    aside = path.with_suffix(".aside")
    os.rename(path, aside)
    assert health(port) == 503
    assert not path.exists(), "an empty file in its place would hide that it is gone"
    os.rename(aside, path)
    assert health(port) == 200
