"""Putting the panel together."""

from flask import Flask, request
from flask_admin import Admin
from flask_admin.theme import Theme
from flask_babel import Babel
from flask_login import current_user
from werkzeug.routing import Rule

from admin import acts, auth, failures, formats, health, navigation, security
from admin.addresses import LazyRule
from admin.base import Page, trouble, version
from admin.imports.views import LARGEST as LARGEST_LIST
from admin.nouns import VIEWS
from admin.panel import Panel
from admin.scans import LARGEST as LARGEST_SCAN
from admin.settings import AdminSettings
from admin.today.views import Today
from db.accounts.staff_queries import SignedIn
from db.applications import campaigns
from db.clock import Clock
from db.database import Database
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.dictionaries.queries import organisation_name
from db.nouns import parts

LARGEST_FORM = 1024 * 1024  # methodists send forms, not files
TAKES_SCANS = {"documents.scan", "agreements.scan", "products.scan", "events.add_material", "upload.receive"}


def create_app(settings: AdminSettings, database: Database, clock: Clock | None = None) -> Flask:
    """The panel as a WSGI application over an open database."""
    panel = Panel(settings, database, clock or Clock())
    app = Flask(__name__)
    app.url_rule_class = LazyRule
    app.config.update(
        SECRET_KEY=settings.signing_key(),
        SESSION_COOKIE_NAME="opora",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure,
        PERMANENT_SESSION_LIFETIME=auth.SESSION_LASTS,
        SESSION_REFRESH_EACH_REQUEST=False,  # a slow document would bring back the session of before the decision
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open as long as its session
        WTF_CSRF_SSL_STRICT=False,  # a proxy ends https; the token and SameSite do the work
        BABEL_DEFAULT_LOCALE="ru",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["opora"] = panel
    Babel(app, default_timezone=str(panel.zone))  # Flask-Admin insists on it once flask-babel is installed

    @app.before_request
    def _room_for_a_list() -> None:
        if request.endpoint == "imports.index":
            request.max_content_length = LARGEST_LIST
        elif request.endpoint in TAKES_SCANS:
            request.max_content_length = LARGEST_SCAN

    security.install(app, panel)
    acts.install(app)
    formats.install(app, panel)
    failures.install(app, panel)
    auth.install(app, panel)
    health.install(app, panel)
    pages = _register(app, panel)
    navigation.install(app, pages)

    @app.context_processor
    def everywhere() -> dict[str, object]:
        account = current_user.account if current_user.is_authenticated else None
        return {
            "t": panel.t,
            "panel": panel,
            "account": account,
            "scope": account.scope if account else None,
            "reach": lambda: _reach(panel, account),
            "trouble": trouble,
            "version_of": version,
        }

    return app


def _reach(panel: Panel, account: SignedIn | None) -> str:
    """What whoever is signed in sees: one selection, some directions, these municipalities or the whole region."""
    if account is None:
        return ""
    scope = account.scope
    if scope.campaign_id is not None:
        return panel.database.read(campaigns.title, campaign_id=scope.campaign_id)
    if scope.direction_ids is not None:
        known = panel.database.read(dictionaries.terms, kind=TermKind.DIRECTION)
        codes = ", ".join(one.code for one in known if one.id in scope.direction_ids)
        return panel.t.plain("panel.reach.directions", codes=codes)
    if scope.is_regional:
        return panel.t.plain("panel.reach.region")
    if scope.organisation_id is not None:
        return panel.database.read(organisation_name, organisation_id=scope.organisation_id)
    places = panel.database.read(dictionaries.municipalities)
    return ", ".join(place.name for place in places if scope.sees(place.id))


def _register(app: Flask, panel: Panel) -> list[Page]:
    today = Today(panel)
    shown = Admin(
        app,
        name=panel.t.plain("panel.name"),
        index_view=today,
        theme=Theme(folder="bootstrap4", base_template="base.html"),
    )
    views = [make(panel) for part in parts(VIEWS).values() for make in part.VIEWS]
    shown.add_views(*views)
    pages = [view for view in (today, *views) if isinstance(view, Page)]
    known = {rule.rule for rule in app.url_map.iter_rules()}
    for page in pages:  # a list and its files: /people/ and /people.xlsx, /plan.docx
        for ending, view in (("xlsx", "export"), ("docx", "printed")):
            if f"{page.path}/list.{ending}" in known:
                app.url_map.add(Rule(f"{page.path}.{ending}", endpoint=f"{page.endpoint}.{view}", methods=["GET"]))
    return pages
