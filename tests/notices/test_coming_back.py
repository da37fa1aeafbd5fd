"""Whoever blocked the bot and comes back hears once of what was lost meanwhile, and nothing old as if it were new."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.clock import FrozenClock
from db.database import Database
from db.events import seats, staff_services
from db.mentoring import notices as mentoring
from db.notices import services
from db.notices.models import BLOCKED, Notice, NoticeStatus
from db.people.models import MessengerAccount
from tests.events.support import REGION, heard, make_event
from tests.support import callers
from tests.support.town import Town, add_teacher, block, person_of, until


def fates(session: Session) -> dict[str, str]:
    """What became of each kind of notice."""
    return {row.kind: row.status.value for row in session.scalars(select(Notice).order_by(Notice.id))}


async def test_who_blocked_the_bot_and_comes_back_hears_once_what_was_lost(town: Town) -> None:
    """A seminar was called off while a teacher had the bot blocked; she came back and nobody ever told her."""
    vera = await town.teacher()
    vera_id, now = town.read(person_of, external_id=vera.id), town.clock.now()
    gone, kept = (town.write(make_event, now=now, title=title) for title in ("Урок чтения", "Урок письма"))
    for event_id in (gone, kept):
        town.write(seats.register, callers.person(vera_id, now), event_id=event_id)
    town.write(heard, now=now)
    await vera.block()
    await until(lambda: town.read(lambda session: session.scalar(select(MessengerAccount.blocked_at))))
    town.write(staff_services.call_off, callers.staff(REGION, now), event_id=gone, reason="Болезнь")
    told = {"person_id": vera_id, "params": {"pair": 1, "side": "mentor", "name": "Орлова", "text": "Про оценивание"}}
    town.write(services.enqueue, callers.clock(now), key="a", kind=mentoring.ABOUT, **told)
    soon = now + timedelta(hours=1)  # a reminder that is of no use when she is back
    town.write(services.enqueue, callers.clock(now), key="b", kind=mentoring.SILENT, expires_at=soon, **told)
    town.bot.delivery.wake()
    await until(lambda: list(town.read(fates).values()).count("dead") == 3)
    town.move(hours=2)
    before = len(await vera.messages())
    for _ in range(2):
        await vera.block(False)
        await vera.wait_for("С возвращением!")
        await vera.settle()
        await vera.block()
        await until(lambda: town.read(lambda session: session.scalar(select(MessengerAccount.blocked_at))))
    (word,) = (await vera.messages())[before:]
    assert "до вас не дошли 2 сообщения" in word.text
    assert "пн, 2 марта: Событие отменено · Урок чтения" in word.text
    assert "пн, 2 марта: Орлова — к просьбе о встрече: «Про оценивание»" in word.text
    assert "Ближайшая запись: «Урок письма»" in word.text
    assert "на связи" not in word.text
    assert word.buttons == ["События", "Мои записи", "Хочу наставника", "В меню"], "no pair is hers any more"
    assert town.read(fates)["events.cancelled"] == "cancelled"


async def test_who_comes_back_while_the_bot_cannot_hear_of_it_is_known_to_be_back_by_what_they_say(town: Town) -> None:
    """The messenger tells of a return for a day: a bot that stood longer took the person for lost for ever."""
    vera = await town.teacher()
    vera_id, now = town.read(person_of, external_id=vera.id), town.clock.now()
    town.write(block, person_id=vera_id, at=now)
    town.write(
        services.enqueue,
        callers.clock(now),
        key="a",
        person_id=vera_id,
        kind="people.role_given",
        params={"role": "mentor"},
    )
    town.bot.delivery.wake()
    await until(lambda: town.read(fates)["people.role_given"] == "dead")
    await vera.send("/menu")
    word = await vera.wait_for("С возвращением!")
    assert "Вы теперь наставник" in word.text
    again = {"kind": "diagnostics.retest", "params": {"attempt_id": 1}}
    town.write(services.enqueue, callers.clock(now), key="b", person_id=vera_id, **again)
    town.bot.delivery.wake()
    await vera.wait_for("Прошло полгода")


def test_what_was_lost_is_told_though_the_word_itself_was_lost(database: Database, clock: FrozenClock) -> None:
    """Blocked again before the word arrived: the next return tells of all."""
    now = clock.now()
    vera = database.write(add_teacher, external_id=7, name="Тестова Вера", now=now)

    def lose(session: Session, key: str) -> int:
        services.enqueue(session, callers.clock(now), key=key, person_id=vera, kind="people.role_given")
        row = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
        assert row is not None
        row.status, row.error = NoticeStatus.DEAD, BLOCKED
        return row.id

    def owed(session: Session) -> list[Notice]:
        waiting = select(Notice).where(Notice.kind == services.MISSED, Notice.status == NoticeStatus.PENDING)
        return list(session.scalars(waiting))

    def lose_word(session: Session) -> None:
        (word,) = owed(session)
        word.status, word.error = NoticeStatus.DEAD, BLOCKED

    first = database.write(lose, "a")
    for _ in range(2):
        database.write(services.come_back, callers.clock(now), platform="telegram", external_id=7)
    assert [word.params["notices"] for word in database.read(owed)] == [[first]]
    database.write(lose_word)
    second = database.write(lose, "b")
    database.write(services.come_back, callers.clock(now), platform="telegram", external_id=7)
    assert [word.params["notices"] for word in database.read(owed)] == [[first, second]]
