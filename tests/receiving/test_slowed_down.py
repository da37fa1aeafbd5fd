"""Telegram slows some chats down, or the bot as a whole: nobody else waits for that."""

from bot.updates.handling import AT_ONCE
from tests.support.town import Town, until

LONG = 90


async def test_chats_that_are_slowed_down_leave_their_places_to_a_bystander(town: Town) -> None:
    """64 chats refused with `retry_after` held all places, and a bystander's tap waited 85.6 seconds."""
    slowed = range(7000, 7000 + AT_ONCE)
    for number in slowed:
        await town.person(number)
        await town.client.fault("retry_after", seconds=LONG, chat_id=number)
    await town.client.bulk([{"person": number, "text": "/start"} for number in slowed])
    walks = town.bot.receiver.handling.walks
    await until(lambda: len(walks) == AT_ONCE)
    bystander = await town.person(6999)
    await bystander.send("/start")
    await bystander.wait_for("Здравствуйте")
    assert len(walks) >= AT_ONCE  # they wait still


async def test_a_poll_that_is_slowed_down_is_repeated_soon(town: Town) -> None:
    """The pause that Telegram named for getUpdates was kept to the end: the bot was deaf as long."""
    await town.client.fault("retry_after", seconds=LONG, methods=["getUpdates"], times=1)
    bystander = await town.person(6999)
    await bystander.send("/start")  # the poll in hand brings it; the next is refused
    await bystander.settle()
    await bystander.send("/help")
    await bystander.wait_for("Как здесь всё устроено")
