"""What is left behind by use: nothing of people in the journal's details, nothing of their words in the inbox."""

from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.context import Context
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates.receiver import Receiver
from bot.updates.webhook import HEADER, PATH, webhook_app
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.inbox import services as inbox
from db.inbox import sweeps
from db.inbox.models import IncomingUpdate
from db.inbox.queries import Received
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel

WORD = "Кварцитова"


def test_an_address_cannot_put_words_into_the_journal(database: Database, clock: FrozenClock, tmp_path: Path) -> None:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    visitor = Visitor(make_panel(database, clock, tmp_path))
    visitor.sign_in("region")
    answer = visitor.get(f"/reports/events.xlsx?q={WORD}&by={WORD}&since=2026-01-01&{WORD}=1")
    assert answer.status_code == 200
    details = database.read(
        lambda session: session.scalars(select(AuditEntry.details).where(AuditEntry.action == "reports.export")).one()
    )
    assert details["asked"] == {"since": "2026-01-01"}


def test_the_words_of_a_quarantined_update_do_not_stay_for_ever(database: Database, clock: FrozenClock) -> None:
    now = clock.now()
    database.write(inbox.receive, platform="telegram", updates=[Received(1, 7, WORD), Received(2, 7, WORD)], now=now)
    database.write(inbox.quarantine, platform="telegram", update_id=1, now=now)

    def numbers() -> list[int]:
        return list(
            database.read(
                lambda session: session.scalars(
                    select(IncomingUpdate.update_id).order_by(IncomingUpdate.update_id)
                ).all()
            )
        )

    database.write(sweeps.forget_old, callers.clock(now + timedelta(days=29)))
    assert numbers() == [1, 2]
    database.write(sweeps.forget_old, callers.clock(now + timedelta(days=31)))
    assert numbers() == [2], "what waits to be handled is never dropped"


async def test_a_strange_secret_is_only_a_wrong_one(sqlite_url: str, clock: FrozenClock) -> None:
    settings = BotSettings(_env_file=None, bot_token="1000000:test", database_url=sqlite_url)
    context, bot = Context.open(settings, clock), make_bot(settings)
    app = webhook_app(Receiver(bot, None, context), "right")  # type: ignore[arg-type]
    async with TestClient(TestServer(app)) as client:
        for secret in ("wrong", "Ключ", "", "right\u00a0"):
            answer = await client.post(PATH, json={"update_id": 1}, headers={HEADER: secret})
            assert answer.status == 403, secret
    await bot.session.close()
    await context.database.close()
