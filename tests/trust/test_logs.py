"""Logs hold neither names nor words of people, nor the bot's token, whatever a library writes into its errors."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.applications.callbacks import CriterionTap
from db.applications import services
from db.applications.models import Document
from db.people.queries import visitor
from tests.applications.support import PDF, campaign_id
from tests.support import callers
from tests.support.town import Town

ROOT = Path(__file__).parents[2]
TOKEN = "7123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawq"
FAILING = f"""
import bot.telegram.lazy_models  # as in the bot: else aiogram takes seconds
import structlog
from aiohttp import ClientResponseError, RequestInfo
from aiogram.types import Update
from multidict import CIMultiDict
from yarl import URL
from db.logs import configure_logging

configure_logging("INFO", "{{format}}")
log = structlog.get_logger("x")
url = URL("https://api.telegram.org/file/bot{TOKEN}/documents/file_1.pdf")
def lost():
    raise ClientResponseError(RequestInfo(url, "GET", CIMultiDict(), url), (), status=404, message="Not Found")
def strange():
    Update.model_validate({{{{"update_id": 1, "message": {{{{"text": "Кварцитова Вера", "date": "Ivanova"}}}}}}}})
def typed():
    int("Кварцитова")
for fail in (lost, strange, typed):
    try:
        fail()
    except Exception as error:
        log.error("update_failed", exc_info=error, update_id=5)
log.warning("set up", bot_token="{TOKEN}", note="{TOKEN}")
"""


@pytest.mark.parametrize("format", ["console", "json"])
def test_an_errors_own_text_gives_nothing_away(format: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING.format(format=format)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = done.stderr
    assert said.count("update_failed") == 3
    assert "ClientResponseError" in said and "ValidationError" in said and "ValueError" in said
    assert "documents/file_1.pdf" in said, "what it was about may be said"
    for secret in (TOKEN, TOKEN.partition(":")[2], "Кварцитова", "Вера", "Ivanova"):
        assert secret not in said, said


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address holds the token: the error used to reach the log with it, and the update the quarantine."""
    teacher = await town.teacher(2001)
    who = town.read(visitor, platform="telegram", external_id=2001)
    assert who is not None
    dossier = town.write(
        services.start, callers.person(who.person_id, town.clock.now()), campaign_id=town.read(campaign_id)
    )
    await teacher.send("/menu")
    await teacher.settle()
    message = await teacher.last()
    await teacher.forge(CriterionTap(application=dossier.id, number=4).pack(), message.id)
    await teacher.settle()
    monkeypatch.setattr(town.server.world.files, "by_path", lambda path: None)  # the messenger knows it, gives it not
    await teacher.send_file("справка.pdf", PDF)
    await teacher.wait_for("не удалось скачать")
    assert town.read(lambda session: session.scalars(select(Document.id)).all()) == []
