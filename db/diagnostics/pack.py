"""Publishes the pack's instruments."""

from typing import Any

from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.content import InstrumentError
from db.diagnostics.models import InstrumentKind
from db.diagnostics.staff_services import publish
from db.packs.entries import Loading


def load(loading: Loading) -> None:
    """Publishes a pack's questionnaires; versions that are there already stay as they are.

    Raises ValueError that says where an instrument is wrong.
    """
    for content in loading.pack.instruments():
        if content.get("kind", InstrumentKind.DIAGNOSIS) == InstrumentKind.SURVEY:
            continue  # its own noun reads it
        _publish(loading.session, loading.caller, content)


def _publish(session: Session, caller: Caller, content: dict[str, Any]) -> None:
    try:
        publish(session, caller, content=content)
    except InstrumentError as error:
        problems = "; ".join(f"{problem.where} {problem.code}".strip() for problem in error.problems)
        raise ValueError(problems) from error


SECTIONS = {"instruments": load}
