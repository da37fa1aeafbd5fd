"""What Telegram refuses oddly: a screen comes anew, and a refused token is told as such."""

import pytest
from structlog.testing import capture_logs

from db.inbox.models import IncomingUpdate, UpdateStatus
from tests.support.town import Town, until

ODD = {
    "a message it can't find": (400, "Bad Request: message to edit not found"),
    "words of its own": (400, "Bad Request: MESSAGE_ID_INVALID"),
    "a reply markup": (400, "Bad Request: inline keyboard expected"),
    "a chat": (400, "Bad Request: chat not found"),
    "not found": (404, "Not Found"),
    "a conflict": (409, "Conflict: terminated by other request"),
}


@pytest.mark.parametrize("odd", ODD)
async def test_an_edit_that_is_refused_whatever_for_becomes_a_new_message(town: Town, odd: str) -> None:
    """The tap was tried three times and set aside, with an apology instead of the screen."""
    status, description = ODD[odd]
    vera = await town.teacher()
    await (await vera.send("/menu")).settle()
    menu = await vera.last()
    await town.client.fault("error", status=status, description=description, methods=["editMessageText"])
    await vera.tap("Ещё…", message_id=menu.id)
    await vera.settle()
    messages = await vera.messages()
    assert messages[-1].id > menu.id and messages[-1].button("Настройки")
    assert not [one for one in messages if "пошло не так" in one.text]
    aside = town.read(lambda session: session.query(IncomingUpdate).filter_by(status=UpdateStatus.QUARANTINED).count())
    assert aside == 0


async def test_a_token_that_is_refused_is_told_in_one_line_and_nothing_is_lost(town: Town) -> None:
    """It looked like a lost connection, and a tap in hand was set aside with a traceback."""
    vera = await town.teacher()
    with capture_logs() as logs:
        await town.client.fault("error", status=401, description="Unauthorized", methods=["getUpdates", "sendMessage"])
        await vera.send("/menu")  # the poll in hand brings it
        await until(lambda: any(line["event"] == "token_refused" for line in logs))
        await town.client.clear_faults()
        await vera.wait_for("чем помочь")
    lines = [line for line in logs if line["log_level"] in ("error", "warning")]
    assert [line["event"] for line in lines] == ["token_refused"]
    assert lines[0]["setting"] == "BOT_TOKEN"
