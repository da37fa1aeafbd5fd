"""Signing in by password or by a one-time link from the bot, and out again."""

import secrets
from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, Flask, abort, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.access import EVERY_ACCOUNT, harmless, only, public
from admin.base import safe_next, say, say_refusal
from admin.panel import Panel
from admin.security import client_address
from db.accounts import services, sessions, staff_queries
from db.accounts.staff_queries import SignedIn
from db.caller import Caller
from db.demo import fill
from db.errors import DomainError

log = structlog.get_logger(__name__)

SESSION_LASTS = timedelta(hours=12)
BY_ADDRESS = "30 per 15 minutes"
BY_LINK = "60 per 15 minutes"


class User(UserMixin):
    """What Flask-Login carries through a request."""

    def __init__(self, account: SignedIn) -> None:
        self.account = account

    def get_id(self) -> str:
        """The account's id, as Flask-Login keeps it."""
        return str(self.account.staff_id)


def install(app: Flask, panel: Panel) -> None:
    """Adds the pages of signing in; every request reloads the account."""
    manager = LoginManager(app)
    manager.session_protection = None  # a phone changes its address all day; the epoch below ends old sessions
    limiter = _limiter(app, panel)
    app.extensions["opora_limiter"] = limiter

    @manager.user_loader
    def load(staff_id: str) -> User | None:
        account = panel.database.read(_who, panel.stranger, staff_id=int(staff_id), nonce=str(session.get("nonce")))
        if account is None or session.get("epoch") != account.epoch or not _is_young(panel):
            return None
        return User(account)

    pages = Blueprint("auth", __name__)
    demo = _demo_login(panel)

    def failed(response: Response) -> bool:
        return response.status_code == 401

    @pages.route("/login", methods=["GET", "POST"])
    @public
    @limiter.limit(BY_ADDRESS, methods=["POST"], deduct_when=failed)
    def login() -> Response | tuple[str, int] | str:
        target = safe_next(request.values.get("next"))
        if current_user.is_authenticated:
            return redirect(target or url_for("today.index"))
        if request.method == "GET":
            return render_template("login.html", next=target, demo=demo)
        name, password = request.form.get("login", ""), request.form.get("password", "")
        account = name.strip().lower()[:64]
        _count_try(panel, account)
        known = panel.database.read(services.authenticate, login=name, password=password)
        if known is None or not panel.database.write(services.sign_in, panel.stranger, account=known, way="password"):
            log.warning("sign_in_failed")
            return render_template("login.html", next=target, login=name[:64], wrong=True, demo=demo), 401
        panel.database.write(sessions.return_try, account=account)
        _begin(panel, known)
        return redirect(target or url_for("today.index"))

    @pages.route("/session")
    @public
    def here() -> dict[str, str | None]:
        """Whether the session still lasts, and its token: a page asks before it sends what somebody typed."""
        who = current_user.get_id() if current_user.is_authenticated else None
        return {"account": who, "csrf": generate_csrf()}

    @pages.route("/logout", methods=["POST"])
    @only(EVERY_ACCOUNT)
    @harmless
    def logout() -> Response:
        panel.database.write(sessions.end, nonce=str(session.get("nonce")), until=panel.now() + SESSION_LASTS)
        return _leave("panel.login.bye")

    @pages.route("/logout/everywhere", methods=["POST"])
    @only(EVERY_ACCOUNT)
    @harmless
    def logout_everywhere() -> Response:
        panel.database.write(services.sign_out_everywhere, panel.caller(current_user.account.scope))
        return _leave("panel.login.bye_everywhere")

    @pages.route("/link/<token>", methods=["GET", "POST"])
    @public
    @limiter.limit(BY_LINK, methods=["POST"])
    def link(token: str) -> Response | tuple[str, int] | str:
        # A preview in a messenger opens links by GET: only the button spends the token.
        if request.method == "GET":
            return render_template("link.html", token=token)
        try:
            known = panel.database.write(services.enter_by_link, panel.stranger, token=token)
        except DomainError as refusal:
            say_refusal(refusal)
            return redirect(url_for("auth.login"))
        _begin(panel, known)
        return redirect(url_for("today.index"))

    @pages.route("/password", methods=["GET", "POST"])
    @only(EVERY_ACCOUNT)
    @harmless
    def password() -> Response | str:
        if request.method == "GET":
            return render_template("password.html")
        account: SignedIn = current_user.account
        fresh = request.form.get("password", "")
        _count_try(panel, account.login)
        try:
            if fresh != request.form.get("again", ""):
                raise DomainError("staff_password_again")
            caller = panel.caller(account.scope)
            panel.database.write(
                services.change_password, caller, current=request.form.get("current", ""), password=fresh
            )
        except DomainError as refusal:
            if refusal.code != "staff_password_wrong":
                panel.database.write(sessions.return_try, account=account.login)
            say_refusal(refusal)
            return redirect(url_for("auth.password"))
        panel.database.write(sessions.return_try, account=account.login)
        _renew(panel, account.staff_id)
        say("panel.password.changed")
        return redirect(url_for("today.index"))

    app.register_blueprint(pages)


def _limiter(app: Flask, panel: Panel) -> Limiter:
    """Limits by address: of all panel processes together with REDIS_URL, of each alone without it or while it is away.

    What must hold across processes either way, guessing one account, is counted in the database.
    """
    redis_url = panel.settings.redis_url
    options: dict[str, Any] = {}
    if redis_url:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        # People wait for it: one more quick try, then this process counts alone for a while.
        options = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return Limiter(
        key_func=client_address,
        storage_uri=redis_url or "memory://",
        storage_options=options,
        key_prefix="opora-panel",
        strategy="moving-window",
        in_memory_fallback_enabled=redis_url is not None,
        swallow_errors=redis_url is not None,
        app=app,
    )


def _demo_login(panel: Panel) -> tuple[str, str] | None:
    """The demo's login for the sandbox's sign-in page; never where a real bot runs."""
    return (fill.DEMO_LOGIN, fill.DEMO_PASSWORD) if panel.settings.sandbox else None


def _leave(key: str) -> Response:
    logout_user()
    session.clear()
    say(key)
    return redirect(url_for("auth.login"))


def end_other_sessions_but_mine(panel: Panel, staff_id: int) -> None:
    """After an administrator ended the sessions of the very account that is signed in here, this session goes on."""
    if current_user.is_authenticated and current_user.account.staff_id == staff_id:
        _renew(panel, staff_id)


def _renew(panel: Panel, staff_id: int) -> None:
    account = panel.database.read(staff_queries.signed_in, panel.stranger, staff_id=staff_id)
    if account is None:
        session.clear()
    else:
        _begin(panel, account)


def _begin(panel: Panel, account: SignedIn) -> None:
    """Opens a session of its own: nothing of what the browser held before goes on."""
    session.clear()
    session.permanent = True
    session["epoch"], session["nonce"] = account.epoch, secrets.token_hex(16)
    session["since"] = int(panel.now().timestamp())
    login_user(User(account))


def _who(db: Session, caller: Caller, *, staff_id: int, nonce: str) -> SignedIn | None:
    """The account behind a cookie; nothing when this session was signed out of."""
    return None if sessions.has_ended(db, nonce=nonce) else staff_queries.signed_in(db, caller, staff_id=staff_id)


def _is_young(panel: Panel) -> bool:
    """Whether the session is not too old, however busy it has been."""
    since = session.get("since")
    return isinstance(since, int) and since > (panel.now() - SESSION_LASTS).timestamp()


def _count_try(panel: Panel, login: str) -> None:
    """Answers 429 when this account's password was guessed at too often, at whichever panel."""
    if not panel.database.write(sessions.take_try, panel.stranger, account=login):
        abort(429)
