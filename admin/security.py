"""The guard at the door: known hosts, the one gate of access, CSRF, headers on every answer."""

import ipaddress
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from flask import Flask, Request, abort, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf import CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items
from werkzeug.wrappers import Response

from admin.access import Access, of_endpoint
from admin.panel import Panel
from db.limits import storable
from db.texts import clean

log = structlog.get_logger(__name__)

POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
}
# The page that shows a teacher's document as pictures; only the panel's own pages may frame it.
FRAMED = "default-src 'none'; img-src 'self'; style-src 'self'; frame-ancestors 'self'"
# The document itself, opened or taken: it may do nothing.
SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
PART = 256 * 1024
PASSWORDS = frozenset({"password", "again", "current"})
csrf = CSRFProtect()


class Typed(ImmutableMultiDict[str, Any]):
    """The values of a form or an address, every text in its one form. Passwords stay as they were typed."""

    def __init__(self, values: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(
            (name, clean(value) if isinstance(value, str) and name not in PASSWORDS else value)
            for name, value in iter_multi_items(values)
        )


class TypedRequest(Request):
    """A request whose texts are clean wherever a page reads them."""

    parameter_storage_class = Typed


def install(app: Flask, panel: Panel) -> None:
    """Puts the guard before every request and the headers after it."""
    app.request_class = TypedRequest
    csrf.init_app(app)

    @app.before_request
    def known_host() -> None:
        if not panel.settings.answers_to(_host_name(request.host)):
            abort(400)

    @app.before_request
    def gate() -> Response | None:
        if request.endpoint is None:  # an unknown address: 404 follows, for strangers too
            return None
        access = of_endpoint(app, request.endpoint)
        if access is None:
            log.error("route_without_declaration", endpoint=request.endpoint)
            abort(403)
        return _judge(access)

    @app.before_request
    def sense() -> None:
        if not all(storable(value) for value in (request.view_args or {}).values()):
            abort(404)

    @app.after_request
    def headers(response: Response) -> Response:
        policy = "; ".join(f"{name} {value}" for name, value in POLICY.items()) + "; frame-ancestors 'none'"
        response.headers["Content-Security-Policy"] = g.get("policy", policy)
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if g.get("policy") == FRAMED else "DENY"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = g.get("referrer", "same-origin")
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if panel.settings.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if not (request.endpoint or "").endswith("static"):
            # Personal data stay out of caches and of the back button.
            response.headers["Cache-Control"] = "private, no-cache" if g.get("kept", False) else "no-store"
        return response


def allow_framing() -> None:
    """Lets this answer, a page of the panel's own, be shown inside another (`<iframe src=…>`)."""
    g.policy = FRAMED


def uploaded(content: bytes | Path, media_type: str, file_name: str, *, inline: bool) -> Response:
    """Returns what somebody uploaded, kept from doing anything in a browser; `inline` shows it instead.

    A file goes out as it is read: eight of 20 MB at once would fill a small machine.
    """
    g.policy = SEALED
    response = Response(content if isinstance(content, bytes) else _parts(content), mimetype=media_type)
    if isinstance(content, Path):
        response.content_length = content.stat().st_size
    plain = file_name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "") or "document"
    way = "inline" if inline else "attachment"
    named = f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    response.headers["Content-Disposition"] = named
    return response


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART):
            yield part


def allow_keeping() -> None:
    """Lets a browser keep this answer and ask, by its ETag, whether it still holds: only for what has nobody in it."""
    g.kept = True


def client_address() -> str:
    """Returns the address of whoever calls, for throttling.

    A proxy on this machine is believed about whom it passes on; nobody else is, and of what it passes on only what it
    has added itself.
    """
    peer = request.remote_addr or ""
    passed_on = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        if passed_on and ipaddress.ip_address(peer).is_loopback:
            return str(ipaddress.ip_address(passed_on))
    except ValueError:
        pass
    return peer


def _judge(access: Access) -> Response | None:
    if access.allowed is None:
        return None
    if not current_user.is_authenticated:
        if request.method != "GET":  # back to the form: what was typed there is kept by the browser
            page = urlsplit(request.referrer or "")
            return redirect(url_for("auth.login", next=page.path if page.netloc == request.host else None))
        return redirect(url_for("auth.login", next=request.full_path.rstrip("?") if request.path != "/" else None))
    scope = current_user.account.scope
    if not access.permits(scope.role, can_write=scope.can_write, method=request.method):
        abort(403)
    return None


def _host_name(host: str) -> str:
    return (host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host).lower()
