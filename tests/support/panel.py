"""The panel for tests: the real application over a real database, a client that keeps CSRF tokens, staff accounts."""

import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from waitress import wasyncore
from waitress.server import create_server
from werkzeug.test import TestResponse

from db.accounts.models import Staff, StaffMunicipality
from db.clock import Clock
from db.database import Database
from db.dictionaries.models import Municipality
from db.scope import StaffRole

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"


@cache
def hash_of(password: str) -> str:
    """A hash that is quick to check: a real one is slow on purpose, and every test signs in."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


def add_staff(
    session: Session,
    *,
    login: str,
    role: StaffRole,
    now: Any,
    municipalities: Sequence[str] = (),
    name: str = "",
    **more: Any,
) -> int:
    """An account whose password is PASSWORD; returns the id."""
    ids = session.scalars(select(Municipality.id).where(Municipality.code.in_(municipalities))).all()
    row = Staff(
        login=login,
        name=name or login.title(),
        role=role,
        active=True,
        password_hash=hash_of(PASSWORD),
        created_at=now,
        municipalities=[StaffMunicipality(municipality_id=number) for number in ids],
        **more,
    )
    session.add(row)
    session.flush()
    return row.id


def make_panel(database: Database, clock: Clock, folder: Path, **settings: Any) -> Flask:
    """The application as `python -m admin` makes it, with settings of the test's own."""
    from admin.app import create_app
    from admin.settings import AdminSettings

    url = database.engine.url.render_as_string(hide_password=False)
    return create_app(AdminSettings(_env_file=None, database_url=url, data_dir=folder, **settings), database, clock)


def start_panel(url: str, folder: Path, **settings: str) -> "subprocess.Popen[str]":
    """The panel as a process that knows nothing but what is set here."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "DATA_DIR": str(folder), **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "admin"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )


def wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    """Waits until it answers; fails when it ends before."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the panel did not start")


class Visitor:
    """Somebody at a browser. `post` sends the CSRF token that a page of this visitor's session holds."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.address = address

    def get(self, url: str, **options: Any) -> TestResponse:
        """Opens a page."""
        return self.client.get(url, buffered=True, environ_base={"REMOTE_ADDR": self.address}, **options)

    def text(self, url: str) -> str:
        """The text of a page that must open."""
        answer = self.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, url: str, data: dict[str, Any] | None = None, *, token: bool = True, **options: Any) -> TestResponse:
        """Sends a form."""
        form = dict(data or {})
        if token:
            form["csrf_token"] = self.token()
        return self.client.post(url, data=form, environ_base={"REMOTE_ADDR": self.address}, **options)

    def save(self, url: str, data: dict[str, Any]) -> TestResponse:
        """Opens a form that changes what is there, and sends it: with what it saw."""
        found = re.search(r'name="version" value="([^"]+)"', self.text(url))
        assert found, url
        return self.post(url, {**data, "version": found[1]})

    def token(self) -> str:
        """A token of this session."""
        for page in ("/password", "/login"):
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).get_data(as_text=True))
            if found:
                return found[1]
        raise AssertionError("no page holds a token")

    def sign_in(self, login: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Signs in by password; the answer as it came."""
        return self.post("/login", {"login": login, "password": password, **form})


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The panel over HTTP in a thread, as waitress serves it."""
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    closing = False

    def serve() -> None:
        try:
            server.run()
        except OSError:  # it may be about to look at the very socket that is being closed
            if not closing:
                raise

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"  # type: ignore[union-attr]
    finally:
        closing = True
        server.close()
        wasyncore.close_all(server._map, ignore_all=True)  # type: ignore[union-attr]  # the browser keeps its connections open
        thread.join()
