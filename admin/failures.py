"""Kind pages for what went wrong, and the same words for programs; what exactly stays in the log."""

import json

import structlog
from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from admin.panel import Panel
from db.errors import ForbiddenError, NotFoundError, StorageError

log = structlog.get_logger(__name__)

KNOWN = (400, 403, 404, 405, 413, 429)
FOR_PROGRAMS = "/api/"
SAID = (403, 404, 405, 429, 503)
PROBLEM = "application/problem+json"
WAIT = "60"


def install(app: Flask, panel: Panel) -> None:
    """Pages for refusals and failures."""

    def shown(code: int, text: str) -> tuple[str, int] | Response:
        if request.path.startswith(FOR_PROGRAMS):
            told = code if code in SAID else 500 if code >= 500 else 400
            return problem(code, panel.t.plain(f"api.failure.{told}.title"), panel.t.plain(f"api.failure.{told}.text"))
        return render_template("failure.html", code=code, key=f"panel.failure.{text}"), code

    @app.errorhandler(CSRFError)
    def stale_form(_: CSRFError) -> tuple[str, int] | Response:
        return shown(400, "form")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int] | Response:
        code = error.code or 500
        return shown(code, str(code) if code in KNOWN else "500" if code >= 500 else "400")

    @app.errorhandler(NotFoundError)
    def not_found(_: NotFoundError) -> tuple[str, int] | Response:
        return shown(404, "404")

    @app.errorhandler(ForbiddenError)
    def forbidden(_: ForbiddenError) -> tuple[str, int] | Response:
        return shown(403, "403")

    @app.errorhandler(StorageError)
    @app.errorhandler(OperationalError)
    def storage(error: Exception) -> tuple[str, int] | Response:
        log.error("storage_failed", endpoint=request.endpoint, error=type(error.__cause__ or error).__name__)
        return shown(503, "503")

    @app.errorhandler(Exception)
    def unexpected(_: Exception) -> tuple[str, int] | Response:
        log.exception("page_failed", endpoint=request.endpoint, method=request.method)
        return shown(500, "500")


def problem(code: int, title: str, detail: str) -> Response:
    """Returns a refusal for a program (RFC 9457): the same words that a page would say."""
    told = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    answer = Response(json.dumps(told, ensure_ascii=False), status=code, content_type=PROBLEM)
    if code in (429, 503):
        answer.headers["Retry-After"] = WAIT
    return answer
