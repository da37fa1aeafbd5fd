"""What a person is owed for what was just done comes exactly once, whatever befalls its first sending."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bot.applications.callbacks import SendTap
from bot.diagnostics.callbacks import FinishTap
from bot.events.callbacks import AcceptTap, CertificateTap, RegisterTap
from bot.sandbox.client import Message, SandboxPerson
from db.diagnostics import services as diagnostics
from db.events import seats
from db.events.models import Registration
from tests.applications.support import World
from tests.diagnostics.walking import questionnaire
from tests.events.support import heard, make_event, make_people
from tests.support import callers
from tests.support.town import Town, person_of, until


def ticket(town: Town, person_id: int) -> tuple[str, str]:
    return RegisterTap(event_id=town.write(make_event, now=town.clock.now())).pack(), "Вы записаны"


def offer(town: Town, person_id: int) -> tuple[str, str]:
    now = town.clock.now()
    event_id = town.write(make_event, now=now, capacity=1)
    (other,) = town.write(make_people, count=1, now=now)
    for one in (other, person_id):
        town.write(seats.register, callers.person(one, now), event_id=event_id)
    town.write(seats.cancel, callers.person(other, now), event_id=event_id)
    return AcceptTap(event_id=event_id).pack(), "Вы записаны"


def certificate(town: Town, person_id: int) -> tuple[str, str]:
    now = town.clock.now()
    event_id = town.write(make_event, now=now)
    town.write(seats.register, callers.person(person_id, now), event_id=event_id)

    def attend(session: Session) -> None:
        session.query(Registration).filter_by(person_id=person_id).one().attended_at = now + timedelta(days=3)

    town.write(attend)
    town.move(days=4)
    return CertificateTap(event_id=event_id).pack(), "Ваш сертификат"


def application(town: Town, person_id: int) -> tuple[str, str]:
    dossier = World(town.database, town.clock.now()).complete(person_id)
    return SendTap(application=dossier.id, sure=True).pack(), "Заявка № 1 отправлена"


def result(town: Town, person_id: int) -> tuple[str, str]:
    caller = callers.person(person_id, town.clock.now())
    attempt_id = town.write(diagnostics.start_or_resume, caller).attempt_id
    for item in questionnaire().items:
        town.write(diagnostics.answer, caller, attempt_id=attempt_id, item=item.code, value=2)
    return FinishTap(attempt=attempt_id).pack(), "не оценка, а подсказка"


def is_receipt(message: Message, words: str) -> bool:
    """A card says some of the words too, but no file goes with it."""
    with_file = message.document is not None or message.kind == "photo"
    return words in message.text and (with_file or "Заявка" in words)


Owed = Callable[[Town, int], tuple[str, str]]
OWED = [ticket, offer, certificate, application, result]


async def tapped(town: Town, owed: Owed, trouble: str, **fields: object) -> tuple[SandboxPerson, str]:
    """Somebody does what a receipt is owed for while the messenger takes no messages of theirs."""
    vera = await town.teacher()
    data, words = owed(town, town.read(person_of, external_id=vera.id))
    town.write(heard, now=town.clock.now())
    await (await vera.send("/help")).settle()
    await town.client.fault(trouble, methods=["sendDocument", "sendMessage", "sendPhoto"], chat_id=vera.id, **fields)
    await vera.forge(data, (await vera.last()).id)
    return vera, words


@pytest.mark.parametrize("owed", OWED)
@pytest.mark.parametrize(
    ("trouble", "fields"),
    [("error", {"status": 502}), ("retry_after", {"seconds": 1}), ("drop_request", {})],
    ids=["502", "429", "drop"],
)
async def test_what_is_owed_comes_once_though_the_first_sending_failed(
    town: Town, owed: Owed, trouble: str, fields: dict[str, object]
) -> None:
    """A seat was taken, sendDocument answered 502, the retry saw that nothing changed and sent no ticket."""
    vera, words = await tapped(town, owed, trouble, times=1, **fields)
    await until(lambda: bool(town.bot.delivery._backoff.failing or town.bot.delivery._refused))
    town.move(hours=1)  # tried again later
    town.bot.delivery.wake()
    await vera.wait_for(lambda message: is_receipt(message, words))
    await vera.settle()
    assert sum(is_receipt(one, words) for one in await vera.messages()) == 1


@pytest.mark.parametrize("owed", OWED)
async def test_what_is_owed_comes_once_though_the_bot_was_killed(town: Town, owed: Owed) -> None:
    vera, words = await tapped(town, owed, "drop_request")
    await until(lambda: town.bot.delivery._backoff.failing)
    await town.bot.kill()
    await town.client.clear_faults()
    town.move(minutes=1)  # the dead process's lease runs out
    await town.start_bot()
    await vera.wait_for(lambda message: is_receipt(message, words))
    await vera.settle()
    assert sum(is_receipt(one, words) for one in await vera.messages()) == 1
