"""A panel in this process for tests: real application, real sign-in, and a server for the browser."""

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from admin.app import create_app
from admin.settings import AdminSettings
from db.accounts.models import Staff
from db.clock import FrozenClock
from db.database import Database
from db.scope import Scope
from tests.support.panel import hash_of

PASSWORD = "verno-loshad-skoba"


def panel(database: Database, clock: FrozenClock, data_dir: Path) -> Flask:
    """The panel over an open database."""
    settings = AdminSettings(_env_file=None, data_dir=data_dir, secret_key="k" * 40)
    app = create_app(settings, database, clock)
    app.testing = True
    return app


def give_password(database: Database, scope: Scope) -> str:
    """Lets the account sign in; returns its login."""

    def change(session: object) -> str:
        staff = session.get_one(Staff, scope.staff_id)  # type: ignore[attr-defined]
        staff.password_hash = hash_of(PASSWORD)
        return str(staff.login)

    return database.write(change)


def token(html: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, html[:500]
    return found[1]


class Desk:
    """Somebody signed in, without a browser."""

    def __init__(self, app: Flask, login: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.clock: FrozenClock = app.extensions["opora"].clock
        page = self.client.get("/login").get_data(as_text=True)
        answer = self.client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token(page)})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        self.token = token(self.client.get("/applications/").get_data(as_text=True))

    def get(self, path: str) -> tuple[int, str]:
        """A page: its status and text."""
        answer = self.client.get(path)
        return answer.status_code, answer.get_data(as_text=True)

    def post(self, path: str, **data: object) -> tuple[int, str]:
        """A form; follows to the page it leads to."""
        answer = self.client.post(path, data={"csrf_token": self.token, **data}, follow_redirects=True)
        return answer.status_code, answer.get_data(as_text=True)

    def look(self, application_id: int) -> str:
        """Opens an application and looks at it for long enough; the seal that its form sends along."""
        found = re.search(r'name="seal" value="([^"]+)"', self.get(f"/applications/{application_id}")[1])
        assert found
        self.clock.moment += timedelta(seconds=1.2)
        return found[1]

    def decide(self, application_id: int, **data: object) -> tuple[int, str]:
        """Looks at an application and decides."""
        seal = data.pop("seal", None) or self.look(application_id)
        return self.post(f"/applications/{application_id}/decide", seal=seal, **data)
