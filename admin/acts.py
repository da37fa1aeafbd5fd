"""One act, one object: pages that may act only when they were looked at, and the tray that takes back what was done.

A key held down or a second click would act on whatever comes next. So a page seals its act to the object it shows and
to the moment from which a person can have seen it; scripts keep the buttons still until then, and without scripts the
server says no. What was done in the last ten seconds can be taken back on every page.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app, request, session
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from admin.panel import Panel
from db.errors import ConflictError

DWELL = 700
"""Nobody has seen a page that stands for less. All lengths here are milliseconds."""
AFTER = 1200
"""A second click of the same hand comes at most so long after the first."""
UNDO = 10_000
MOST = 9
"""More decisions than these don't go into ten seconds, nor into a cookie."""


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the tray: its text, the address that takes it back, and the seconds that are left for it."""

    key: str
    params: Mapping[str, object]
    undo: str
    seconds: int


def install(app: Flask) -> None:
    """Gives templates `seal(what)`, `dwell()` in milliseconds and `tray()`."""
    app.jinja_env.globals.update(seal=seal, dwell=dwell, tray=tray)


def seal(what: str) -> str:
    """Returns what a form sends along: who looks at which object, and since when it may act."""
    return _serializer().dumps([current_user.get_id(), what, _now() + dwell()])


def check_seal(sealed: str, what: str) -> None:
    """Raises ConflictError `act_unseen` unless the form's page showed this object to this account for long enough."""
    try:
        who, shown, since = _serializer().loads(sealed)
    except BadSignature:
        raise ConflictError("act_unseen") from None
    if (who, shown) != (current_user.get_id(), what) or _now() < since:
        raise ConflictError("act_unseen")


def remember(key: str, params: Mapping[str, object], undo: str) -> None:
    """Puts what was just done into the tray."""
    session["acts"] = [[_now() + UNDO, key, dict(params), undo], *session.get("acts", [])][:MOST]


def forget() -> None:
    """Takes what this request undoes out of the tray."""
    session["acts"] = [act for act in session.get("acts", []) if act[3].partition("?")[0] != request.path]


def tray() -> list[Act]:
    """What can still be taken back, the newest first."""
    now = _now()
    return [
        Act(key, params, undo, -(-(until - now) // 1000))
        for until, key, params, undo in session.get("acts", [])
        if until > now
    ]


def dwell() -> int:
    """How long from now this page may not act yet: longer where it follows an act."""
    acts = session.get("acts", [])
    return max(DWELL, acts[0][0] - UNDO + AFTER - _now()) if acts else DWELL


def _now() -> int:
    panel: Panel = current_app.extensions["opora"]
    return int(panel.now().timestamp() * 1000)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="act")
