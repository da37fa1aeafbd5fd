"""A tap is answered in time, whatever it has set off."""

import asyncio
from typing import Any

import pytest

from tests.support.town import Town


async def test_a_tap_is_answered_while_its_handler_is_still_at_work(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.dispatch.visits.ANSWER_WITHIN", 0.1)
    work = asyncio.Event()

    async def slowly(handler: Any, event: Any, data: dict[str, Any]) -> Any:
        await work.wait()
        return await handler(event, data)

    town.bot.dispatcher.callback_query.outer_middleware(slowly)
    teacher = await town.teacher()
    await (await teacher.send("/diagnostics")).settle()
    before = (await teacher.last()).text
    await teacher.tap("Начать")
    async with asyncio.timeout(90):
        while not await town.client.calls(method="answerCallbackQuery"):
            pass
    assert (await teacher.last()).text == before
    work.set()
    await teacher.settle()
    assert "Раздел 1 из 6" in (await teacher.last()).text
    assert len(await town.client.calls(method="answerCallbackQuery")) == 1
