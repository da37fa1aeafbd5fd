"""A broadcast as people hear it in the chat."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.broadcasts import staff_services
from db.broadcasts.staff_queries import BroadcastAudience
from db.notices.models import Notice, NoticeStatus
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.panel import add_staff
from tests.support.town import Town, until


async def test_everybody_hears_it_once_in_their_own_frame_and_may_ask_for_less(town: Town) -> None:
    vera = await town.teacher(2001)
    john = await town.teacher(2002, locale="en")
    now = town.clock.now()
    staff = town.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=now)
    scope = Scope(staff_id=staff, role=StaffRole.REGIONAL_METHODIST, municipality_ids=None)
    words = "Школа <весна> & лето: https://example.org/a?b=1"
    broadcast = town.write(staff_services.create, callers.staff(scope, now), text=words, audience=BroadcastAudience())
    town.write(staff_services.start, callers.staff(scope, now), broadcast_id=broadcast, revision=0, typed=2)
    for _ in range(2):
        await town.sweep()
        await until(lambda: not town.read(unsent))
    got = {person: [message for message in await person.messages() if message.outgoing] for person in (vera, john)}
    assert {person: len(messages) for person, messages in got.items()} == {vera: 1, john: 1}
    assert got[vera][0].text.endswith(words)
    assert "Методическая служба" in got[vera][0].text
    assert "Methodical service" in got[john][0].text
    for button in ("Писать реже", "Выключить"):
        await vera.tap(button)
        await vera.settle()
    # Who asked for less is no longer counted.
    again = town.write(staff_services.create, callers.staff(scope, now), text="Ещё", audience=BroadcastAudience())
    town.write(staff_services.start, callers.staff(scope, now), broadcast_id=again, revision=0, typed=1)


def unsent(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Notice.status == NoticeStatus.PENDING))))
