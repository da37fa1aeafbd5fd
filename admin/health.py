"""`/health` and `/ready`: whether the panel can do its work, for whoever watches over it."""

from flask import Blueprint, Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin.access import public
from admin.panel import Panel
from db.errors import DomainError
from db.migrate import is_current_here


def _ask(session: Session) -> None:
    session.execute(text("SELECT 1 FROM staff LIMIT 1"))


def _is_current(session: Session) -> bool:
    return is_current_here(session.connection())


def install(app: Flask, panel: Panel) -> None:
    """Answers 200 when the database answers, else 503; tells nothing else."""
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    @public
    def health() -> tuple[dict[str, str], int]:
        try:
            panel.database.read(_ask)
        except (SQLAlchemyError, DomainError):
            return {"status": "failed", "database": "failed"}, 503
        return {"status": "ok", "database": "ok"}, 200

    @pages.get("/ready")
    @public
    def ready() -> tuple[dict[str, str], int]:
        """A balancer sends people only to a panel whose tables are this version's."""
        try:
            current = panel.database.read(_is_current)
        except (SQLAlchemyError, DomainError):
            return {"status": "failed", "database": "failed", "migrations": "failed"}, 503
        word = "ok" if current else "failed"
        return {"status": word, "database": "ok", "migrations": word}, 200 if current else 503

    app.register_blueprint(pages)
