"""`/health`: whether the panel can do its work, for whoever watches over it."""

from flask import Blueprint, Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from admin.access import public
from admin.panel import Panel
from db.errors import DomainError


def _ask(session: Session) -> None:
    session.execute(text("SELECT 1 FROM staff LIMIT 1"))


def install(app: Flask, house: Panel) -> None:
    """Answers 200 when the database answers, else 503; tells nothing else."""
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    @public
    def health() -> tuple[dict[str, str], int]:
        try:
            house.database.read(_ask)
        except (SQLAlchemyError, DomainError):
            return {"status": "failed", "database": "failed"}, 503
        return {"status": "ok", "database": "ok"}, 200

    app.register_blueprint(pages)
